package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/** One record of a transcript or a trajectory, in a line or in a column. */
final class RecordReader {

  /** Kept of an error's text. */
  private static final int ERROR_MAX = Text.NOTE_MAX;

  static final JsonFactory JSON = new JsonFactory();

  private static final Set<String> TRANSCRIPT =
      Set.of("type", "id", "timestamp", "parentSession", "reason", "tokensBefore", "tokensAfter");
  private static final Set<String> TRAJECTORY =
      Set.of("type", "ts", "sessionId", "sessionKey", "runId");
  private static final Set<String> DATA =
      Set.of("status", "aborted", "externalAbort", "timedOut", "promptError", "terminalError");

  /** A trajectory's record: who ran where. */
  record Traced(@Nullable SessionKey key, RunEvent event) {}

  private RecordReader() {}

  /** The scalars of a transcript's record; null when it is no object. */
  static @Nullable Scalars transcript(byte[] bytes, int length) throws IOException {
    try (JsonParser json = JSON.createParser(bytes, 0, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      Scalars record = Scalars.read(json, TRANSCRIPT);
      return json.currentToken() == JsonToken.END_OBJECT ? record : null;
    }
  }

  /**
   * A trajectory's record.
   *
   * @return null when it says nothing of a run
   * @throws InvalidField when an id is none
   */
  static @Nullable Traced trajectory(byte[] bytes, int length, Where where) throws IOException {
    Scalars record = new Scalars();
    Scalars data = new Scalars();
    try (JsonParser json = JSON.createParser(bytes, 0, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("data") && value == JsonToken.START_OBJECT) {
          if (isOther(record)) {
            break; // A model's texts, which can be long; what is wanted was before them.
          }
          data = Scalars.read(json, DATA);
        } else {
          record.take(name, json, TRAJECTORY);
        }
      }
    }
    SessionId sessionId = record.identifier("sessionId", SessionId::new);
    RunId runId = record.identifier("runId", RunId::new);
    if (sessionId == null || runId == null) {
      return null;
    }
    RunEvent.Kind kind = kind(record.text("type"));
    RunEvent event =
        new RunEvent(
            sessionId,
            runId,
            kind,
            Words.millis(record.text("ts")),
            kind == RunEvent.Kind.END ? outcome(data) : null,
            kind == RunEvent.Kind.END ? error(data) : null,
            where);
    return new Traced(record.identifier("sessionKey", SessionKey::new), event);
  }

  private static boolean isOther(Scalars record) {
    String type = record.text("type");
    return type != null
        && kind(type) == RunEvent.Kind.SIGN
        && record.text("sessionId") != null
        && record.text("runId") != null
        && record.text("ts") != null;
  }

  private static RunEvent.Kind kind(@Nullable String type) {
    if ("session.started".equals(type)) {
      return RunEvent.Kind.START;
    }
    return "session.ended".equals(type) ? RunEvent.Kind.END : RunEvent.Kind.SIGN;
  }

  private static @Nullable Outcome outcome(Scalars data) {
    return data.isTrue("aborted") || data.isTrue("externalAbort") || data.isTrue("timedOut")
        ? Outcome.ABORTED
        : Outcome.ofTrajectory(data.text("status"));
  }

  private static @Nullable String error(Scalars data) {
    String prompt = data.note("promptError", ERROR_MAX);
    return prompt == null ? data.note("terminalError", ERROR_MAX) : prompt;
  }
}

package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** A session's row, as every version writes it: the JSON object of its entry. */
final class RowReader {

  /** Ids and compactions of one row that are read; the gateway keeps far fewer. */
  private static final int LIST_MAX = 10_000;

  private static final Set<String> ROW =
      Set.of(
          "sessionId",
          "status",
          "startedAt",
          "endedAt",
          "sessionStartedAt",
          "abortedLastRun",
          "activeWriterRunId",
          "lastRunId",
          "forkedFromParent",
          "parentSessionKey");

  private static final Set<String> FORK = Set.of("sessionKey", "sessionId");
  private static final Set<String> CHECKPOINT =
      Set.of("sessionKey", "createdAt", "reason", "tokensBefore", "tokensAfter");
  private static final Set<String> SIDE = Set.of("sessionId");

  private RowReader() {}

  /**
   * Reads the object that the parser stands on, to its end.
   *
   * @return null when it names no session id
   * @throws InvalidField when an id is none; the object was read to its end all the same
   */
  static @Nullable StoredRow read(SessionKey key, JsonParser json, Where where) throws IOException {
    Scalars row = new Scalars();
    Scalars fork = new Scalars();
    List<SessionId> family = new ArrayList<>(0);
    List<StoredRow.Checkpoint> checkpoints = new ArrayList<>(0);
    InvalidField invalid = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (value == JsonToken.START_ARRAY && name.equals("usageFamilySessionIds")) {
        invalid = family(json, family, invalid);
      } else if (value == JsonToken.START_ARRAY && name.equals("compactionCheckpoints")) {
        invalid = checkpoints(key, json, checkpoints, invalid);
      } else if (value == JsonToken.START_OBJECT && name.equals("forkSource")) {
        fork = Scalars.read(json, FORK);
      } else {
        row.take(name, json, ROW);
      }
    }
    if (invalid != null) {
      throw invalid;
    }
    SessionId id = row.identifier("sessionId", SessionId::new);
    if (id == null) {
      return null;
    }
    String status = row.text("status");
    SessionKey parent =
        row.isTrue("forkedFromParent") ? row.identifier("parentSessionKey", SessionKey::new) : null;
    SessionKey source = fork.identifier("sessionKey", SessionKey::new);
    return new StoredRow(
        key,
        id,
        status,
        row.number("startedAt"),
        row.number("endedAt"),
        row.number("sessionStartedAt"),
        row.isTrue("abortedLastRun"),
        row.identifier("running".equals(status) ? "activeWriterRunId" : "lastRunId", RunId::new),
        family,
        checkpoints,
        source == null ? parent : source,
        fork.identifier("sessionId", SessionId::new),
        where);
  }

  private static @Nullable InvalidField family(
      JsonParser json, List<SessionId> family, @Nullable InvalidField before) throws IOException {
    InvalidField invalid = before;
    JsonToken value;
    while ((value = json.nextToken()) != JsonToken.END_ARRAY) {
      if (value == null) {
        return invalid;
      }
      if (value != JsonToken.VALUE_STRING || family.size() >= LIST_MAX) {
        json.skipChildren();
        continue;
      }
      try {
        family.add(new SessionId(json.getText()));
      } catch (InvalidField e) {
        invalid = e.in("usageFamilySessionIds");
      }
    }
    return invalid;
  }

  private static @Nullable InvalidField checkpoints(
      SessionKey key,
      JsonParser json,
      List<StoredRow.Checkpoint> checkpoints,
      @Nullable InvalidField before)
      throws IOException {
    InvalidField invalid = before;
    JsonToken value;
    while ((value = json.nextToken()) != JsonToken.END_ARRAY) {
      if (value == null) {
        return invalid;
      }
      if (value != JsonToken.START_OBJECT || checkpoints.size() >= LIST_MAX) {
        json.skipChildren();
        continue;
      }
      Scalars checkpoint = new Scalars();
      Scalars pre = new Scalars();
      Scalars post = new Scalars();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken inner = json.nextToken();
        if (inner == JsonToken.START_OBJECT && name.equals("preCompaction")) {
          pre = Scalars.read(json, SIDE);
        } else if (inner == JsonToken.START_OBJECT && name.equals("postCompaction")) {
          post = Scalars.read(json, SIDE);
        } else {
          checkpoint.take(name, json, CHECKPOINT);
        }
      }
      try {
        SessionId from = pre.identifier("sessionId", SessionId::new);
        SessionId to = post.identifier("sessionId", SessionId::new);
        String of = checkpoint.text("sessionKey");
        boolean own = of == null || of.equals(key.value()); // A branch keeps its source's.
        if (own && from != null && to != null) {
          checkpoints.add(
              new StoredRow.Checkpoint(
                  from,
                  to,
                  checkpoint.number("createdAt"),
                  checkpoint.text("reason"),
                  notNegative(checkpoint.number("tokensBefore")),
                  notNegative(checkpoint.number("tokensAfter"))));
        }
      } catch (InvalidField e) {
        invalid = e.in("compactionCheckpoints");
      }
    }
    return invalid;
  }

  static @Nullable Long notNegative(@Nullable Long tokens) {
    return tokens == null || tokens < 0 ? null : tokens;
  }
}

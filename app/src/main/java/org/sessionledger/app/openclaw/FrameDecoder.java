package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.GatewayFrame.BranchSeen;
import org.sessionledger.app.openclaw.GatewayFrame.Closed;
import org.sessionledger.app.openclaw.GatewayFrame.CompactionSeen;
import org.sessionledger.app.openclaw.GatewayFrame.CompactionSign;
import org.sessionledger.app.openclaw.GatewayFrame.DeleteSeen;
import org.sessionledger.app.openclaw.GatewayFrame.Hello;
import org.sessionledger.app.openclaw.GatewayFrame.Listing;
import org.sessionledger.app.openclaw.GatewayFrame.Projection;
import org.sessionledger.app.openclaw.GatewayFrame.ResetSeen;
import org.sessionledger.app.openclaw.GatewayFrame.RestoreSeen;
import org.sessionledger.app.openclaw.GatewayFrame.RowShown;
import org.sessionledger.app.openclaw.GatewayFrame.RunFacts;
import org.sessionledger.app.openclaw.GatewayFrame.RunReport;
import org.sessionledger.app.openclaw.GatewayFrame.ShuttingDown;
import org.sessionledger.app.openclaw.GatewayFrame.Silent;
import org.sessionledger.app.openclaw.GatewayFrame.Unaddressed;
import org.sessionledger.app.openclaw.Sight.Channel;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/** JSON to {@link GatewayFrame}. Remembers what was asked, since an answer does not repeat it. */
final class FrameDecoder {

  /** Open questions that are remembered; the eldest is forgotten first. */
  private static final int QUESTIONS_MAX = 1_024;

  /** Of what it asked, only the key is kept: a gateway may repeat anything, at any length. */
  private record Question(String method, @Nullable SessionKey key, Place asked) {}

  private final Map<String, Question> questions =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Question> eldest) {
          return size() > QUESTIONS_MAX;
        }
      };

  GatewayFrame decode(RecordedFrame recorded) throws MalformedFrame {
    Place place = recorded.place();
    Fields frame = Fields.of(recorded.frame());
    String type = frame.text("type");
    if (type == null) {
      return new Silent(place);
    }
    return switch (type) {
      case "req" -> question(place, frame);
      case "res" -> answer(recorded, frame);
      case "event" -> event(place, frame);
      case "_close" -> closed(recorded, frame);
      case OwnFrames.GAP -> OwnFrames.gap(place, frame);
      case OwnFrames.RESUME -> OwnFrames.resumed(place, frame);
      default -> new Silent(place);
    };
  }

  private GatewayFrame closed(RecordedFrame recorded, Fields frame) {
    questions.clear();
    Long code = frame.number("code");
    return new Closed(recorded.place(), recorded.at(), code == null ? 0 : code);
  }

  private GatewayFrame question(Place place, Fields frame) throws MalformedFrame {
    String id = frame.text("id");
    String method = frame.text("method");
    if (id != null && method != null && method.startsWith("sessions.")) {
      SessionKey key = frame.object("params").sessionKey("key");
      questions.put(id, new Question(method, key, place));
    }
    return new Silent(place);
  }

  private GatewayFrame answer(RecordedFrame recorded, Fields frame) throws MalformedFrame {
    Place place = recorded.place();
    String id = frame.text("id");
    Question question = id == null ? null : questions.remove(id);
    if (!frame.isTrue("ok")) {
      return new Silent(place);
    }
    Fields payload = frame.object("payload");
    if ("hello-ok".equals(payload.note("type", Text.ID_MAX))) {
      return hello(recorded, payload);
    }
    if (id == null || question == null) {
      return new Silent(place);
    }
    Sight sight = new Sight(Channel.ANSWER, place, question.asked(), null, id);
    SessionKey key = payload.sessionKey("key");
    if (key == null) {
      key = question.key();
    }
    return switch (question.method()) {
      case "sessions.list" -> listing(place, payload);
      case "sessions.describe" ->
          shown(place, payload.object("session").sessionKey("key"), payload);
      default ->
          key == null ? new Silent(place) : change(place, question.method(), key, payload, sight);
    };
  }

  private GatewayFrame change(
      Place place, String method, SessionKey key, Fields payload, Sight sight)
      throws MalformedFrame {
    Fields entry = payload.object("entry");
    boolean tells = entry.has("sessionId");
    SessionId from = payload.object("checkpoint").object("preCompaction").sessionId("sessionId");
    return switch (method) {
      case "sessions.reset" ->
          tells ? new ResetSeen(place, key, row(entry), method, sight) : new Silent(place);
      case "sessions.compact" -> compacted(place, key, payload, sight);
      case "sessions.delete" ->
          payload.isTrue("deleted") ? new DeleteSeen(place, key, sight) : new Silent(place);
      case "sessions.compaction.branch" ->
          tells
              ? new BranchSeen(place, key, payload.sessionKey("sourceKey"), row(entry), from)
              : new Silent(place);
      case "sessions.compaction.restore" ->
          tells ? new RestoreSeen(place, key, row(entry), from, sight) : new Silent(place);
      case "sessions.create", "sessions.patch" ->
          tells ? new RowShown(place, key, row(entry)) : new Silent(place);
      default -> new Silent(place);
    };
  }

  private static GatewayFrame compacted(Place place, SessionKey key, Fields payload, Sight sight)
      throws MalformedFrame {
    if (!payload.isTrue("compacted")) {
      return new Silent(place);
    }
    Fields result = payload.object("result");
    return new CompactionSeen(
        place,
        key,
        result.has("sessionId") ? row(result) : null,
        sight,
        notNegative(result.number("tokensBefore")),
        notNegative(result.number("tokensAfter")));
  }

  private GatewayFrame hello(RecordedFrame recorded, Fields payload) throws MalformedFrame {
    questions.clear();
    Fields server = payload.object("server");
    String host = null;
    for (JsonNode client : payload.object("snapshot").list("presence")) {
      if (client.isObject() && "gateway".equals(client.path("mode").asText())) {
        host = Fields.of(client).note("host", Text.ID_MAX);
      }
    }
    return new Hello(
        recorded.place(),
        recorded.at(),
        server.identifier("bootId", id -> Text.identifier("bootId", id, Text.ID_MAX)),
        server.identifier("version", id -> Text.identifier("version", id, Text.ID_MAX / 2)),
        payload.object("snapshot").number("uptimeMs"),
        host == null || host.isBlank() || host.codePoints().anyMatch(Character::isISOControl)
            ? null
            : host);
  }

  /** A row that is malformed takes nothing from the others. */
  private static GatewayFrame listing(Place place, Fields payload) throws MalformedFrame {
    Map<SessionKey, Row> rows = new LinkedHashMap<>();
    String problem = null;
    for (JsonNode session : payload.list("sessions")) {
      try {
        Fields row = Fields.of(session);
        SessionKey key = row.sessionKey("key");
        if (key != null) {
          rows.put(key, row(row));
        }
      } catch (MalformedFrame e) {
        problem = problem == null ? "a row of the listing is skipped: " + e.getMessage() : problem;
      }
    }
    return new Listing(place, rows, problem);
  }

  private GatewayFrame event(Place place, Fields frame) throws MalformedFrame {
    String event = frame.text("event");
    Fields payload = frame.object("payload");
    if (event == null) {
      return new Silent(place);
    }
    return switch (event) {
      case "agent" -> agent(place, payload);
      case "sessions.changed" -> changed(place, payload);
      case "session.message" -> shown(place, payload.sessionKey("sessionKey"), payload);
      case "session.operation" -> operation(place, payload);
      case "shutdown" -> new ShuttingDown(place);
      default -> new Silent(place);
    };
  }

  private static GatewayFrame agent(Place place, Fields payload) throws MalformedFrame {
    String stream = payload.text("stream");
    boolean compaction = "compaction".equals(stream);
    if (!compaction && !"lifecycle".equals(stream)) {
      return new Silent(place);
    }
    RunId runId = payload.runId("runId");
    SessionKey key = payload.sessionKey("sessionKey");
    Fields data = payload.object("data");
    String word = data.text("phase");
    if (compaction) {
      return key != null && "end".equals(word) && data.isTrue("completed")
          ? new CompactionSign(place, key, runId, null)
          : new Silent(place);
    }
    Phase phase = Phase.of(word);
    if (phase == null) {
      return new Silent(place);
    }
    if (runId == null) {
      throw payload.missing("runId");
    }
    RunFacts facts =
        new RunFacts(
            runId,
            phase,
            payload.sessionId("sessionId"),
            payload.number("seq"),
            payload.number("ts"),
            data.isTrue("aborted") || "cancelled".equals(data.note("status", Text.ID_MAX)),
            data.note("stopReason", Text.ID_MAX),
            errorKind(data),
            data.note("error", Integer.MAX_VALUE));
    return key == null ? new Unaddressed(place, facts) : new RunReport(place, key, facts);
  }

  private static @Nullable String errorKind(Fields data) {
    try {
      return data.object("errorObservation").note("failoverReason", Text.ID_MAX);
    } catch (MalformedFrame e) {
      return null; // An observation that is none takes nothing from the report itself.
    }
  }

  private GatewayFrame changed(Place place, Fields payload) throws MalformedFrame {
    SessionKey key = payload.sessionKey("sessionKey");
    if (key == null) {
      return new Silent(place);
    }
    Row row = rowOf(payload);
    Long ts = payload.number("ts");
    String word = payload.text("phase");
    if (word != null) {
      Phase phase = Phase.of(word);
      RunId runId = payload.runId("runId");
      if (phase == null || runId == null) {
        return shown(place, key, payload);
      }
      return new Projection(place, key, runId, phase, ts, row);
    }
    Sight sight = new Sight(Channel.EVENT, place, null, ts, null);
    String reason = payload.text("reason");
    String what = "sessions.changed " + (reason == null ? "" : Text.cut(reason, Text.ID_MAX));
    boolean tells = row.sessionId() != null;
    return switch (reason == null ? "" : reason) {
      case "reset", "new" ->
          tells ? new ResetSeen(place, key, row, what, sight) : new Silent(place);
      case "compact" ->
          payload.isTrue("compacted")
              ? new CompactionSeen(place, key, tells ? row : null, sight, null, null)
              : shown(place, key, payload);
      case "delete" -> new DeleteSeen(place, key, sight);
      case "checkpoint-branch" ->
          tells ? new BranchSeen(place, key, parent(payload), row, null) : new Silent(place);
      case "checkpoint-restore" ->
          tells ? new RestoreSeen(place, key, row, null, sight) : new Silent(place);
      default -> shown(place, key, payload);
    };
  }

  private static @Nullable SessionKey parent(Fields payload) throws MalformedFrame {
    SessionKey parent = payload.object("session").sessionKey("parentSessionKey");
    return parent == null ? payload.sessionKey("parentSessionKey") : parent;
  }

  private static GatewayFrame operation(Place place, Fields payload) throws MalformedFrame {
    SessionKey key = payload.sessionKey("sessionKey");
    boolean completed =
        "compact".equals(payload.text("operation"))
            && "end".equals(payload.text("phase"))
            && payload.isTrue("completed");
    return key == null || !completed
        ? new Silent(place)
        : new CompactionSign(
            place, key, null, payload.identifier("operationId", CompactionId::new));
  }

  private static GatewayFrame shown(Place place, @Nullable SessionKey key, Fields payload)
      throws MalformedFrame {
    Row row = rowOf(payload);
    return key == null || row.sessionId() == null
        ? new Silent(place)
        : new RowShown(place, key, row);
  }

  /** The row stands in {@code session}, beside it at the top, or in both. */
  private static Row rowOf(Fields payload) throws MalformedFrame {
    Fields session = payload.object("session");
    Fields from = session.has("sessionId") ? session : payload;
    Row row = row(from);
    return row.hasActiveRun() != null
        ? row
        : new Row(
            row.sessionId(),
            row.status(),
            payload.flag("hasActiveRun"),
            row.updatedAt(),
            row.lastRunId(),
            row.systemSent());
  }

  static Row row(Fields row) throws MalformedFrame {
    SessionId id = row.sessionId("sessionId");
    return new Row(
        id,
        row.text("status"),
        row.flag("hasActiveRun"),
        row.number("updatedAt"),
        lastRunId(row),
        row.flag("systemSent"));
  }

  private static @Nullable RunId lastRunId(Fields row) {
    try {
      return row.runId("lastRunId");
    } catch (MalformedFrame e) {
      return null; // What only helps takes nothing from the row itself.
    }
  }

  private static @Nullable Long notNegative(@Nullable Long number) {
    return number != null && number < 0 ? null : number;
  }
}

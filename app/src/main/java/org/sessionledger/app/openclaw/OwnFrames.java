package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.sessionledger.app.openclaw.GatewayFrame.GapEnded;
import org.sessionledger.app.openclaw.GatewayFrame.Resumed;
import org.sessionledger.app.openclaw.Missed.OpenRun;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/**
 * Frames that no gateway sends: whoever follows writes them into the recording, so that it is
 * decided again as it was decided. Their type begins with an underscore.
 */
final class OwnFrames {

  static final String GAP = "_gap";
  static final String RESUME = "_resume";

  private OwnFrames() {}

  static ObjectNode gap(Instant from, Instant to, String why, List<SessionKey> sessions) {
    ObjectNode frame = JsonNodeFactory.instance.objectNode().put("type", GAP);
    frame.put("from", from.toEpochMilli()).put("to", to.toEpochMilli()).put("reason", why);
    ArrayNode keys = frame.putArray("sessions");
    sessions.forEach(key -> keys.addObject().put("key", key.value()));
    return frame;
  }

  static GapEnded gap(Place place, Fields frame) throws MalformedFrame {
    Long from = frame.number("from");
    Long to = frame.number("to");
    if (from == null || to == null) {
      throw frame.missing(from == null ? "from" : "to");
    }
    List<SessionKey> sessions = new ArrayList<>();
    for (JsonNode session : frame.list("sessions")) {
      SessionKey key = Fields.of(session).sessionKey("key");
      if (key != null) {
        sessions.add(key);
      }
    }
    String why = frame.note("reason", Text.ID_MAX);
    return new GapEnded(
        place,
        Instant.ofEpochMilli(from),
        Instant.ofEpochMilli(Math.max(from, to)), // A clock may have been set back meanwhile.
        why == null ? "nothing was heard" : why,
        sessions);
  }

  static ObjectNode resume(Resumed from) {
    ObjectNode frame = JsonNodeFactory.instance.objectNode().put("type", RESUME);
    frame.put("instance", from.instance()).put("bootId", from.bootId());
    frame.put("heardAt", from.heardAt());
    ArrayNode runs = frame.putArray("sessions");
    for (OpenRun run : from.runs()) {
      runs.addObject()
          .put("key", run.sessionKey().value())
          .put("runId", run.runId().value())
          .put("attempt", run.attempt());
    }
    return frame;
  }

  static Resumed resumed(Place place, Fields frame) throws MalformedFrame {
    List<OpenRun> runs = new ArrayList<>();
    for (JsonNode open : frame.list("sessions")) {
      Fields run = Fields.of(open);
      SessionKey key = run.sessionKey("key");
      RunId runId = run.runId("runId");
      Long attempt = run.number("attempt");
      if (key != null && runId != null) {
        runs.add(new OpenRun(key, runId, attempt == null || attempt < 1 ? 1 : attempt));
      }
    }
    return new Resumed(
        place,
        frame.identifier("instance", id -> Text.identifier("instance", id, Text.ID_MAX)),
        frame.identifier("bootId", id -> Text.identifier("bootId", id, Text.ID_MAX)),
        frame.number("heardAt"),
        runs);
  }
}

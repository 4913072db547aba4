package org.sessionledger.app.openclaw.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sessionledger.core.identity.Text;

/** Frames of kinds that no gateway up to 2026.9.6 sends: they are counted, and change nothing. */
final class UnknownKinds {

  /** Kinds that are counted by name. */
  private static final int KINDS_MAX = 50;

  private static final String OTHERS = "others";

  private static final Set<String> EVENTS =
      Set.of(
          "agent",
          "chat",
          "chat.metadata.changed",
          "connect.challenge",
          "controlUi.sessionPullRequests.changed",
          "cron",
          "device.pair.changed",
          "device.pair.requested",
          "device.pair.resolved",
          "device.pair.setup.completed",
          "device.pair.setup.deliveryUncertain",
          "exec.approval.requested",
          "exec.approval.resolved",
          "gateway.suspension",
          "health",
          "heartbeat",
          "mentions.changed",
          "models.snapshot",
          "node.hostStats",
          "node.invoke.cancel",
          "node.invoke.input",
          "node.invoke.request",
          "node.pair.requested",
          "node.pair.resolved",
          "node.presence",
          "node.runnerInventory.changed",
          "openclaw.approval.requested",
          "openclaw.approval.resolved",
          "plugin.approval.requested",
          "plugin.approval.resolved",
          "plugins.changed",
          "plugins.controlUi.changed",
          "plugins.install.progress",
          "portal.changed",
          "presence",
          "progressCard.changed",
          "question.requested",
          "question.resolved",
          "session.approval",
          "session.message",
          "session.observer",
          "session.operation",
          "session.sharing",
          "session.sharing.evidence",
          "session.suggestion",
          "session.tool",
          "session.typing",
          "sessions.changed",
          "shutdown",
          "skills.changed",
          "talk.event",
          "talk.mode",
          "talk.voice.change",
          "task",
          "task.suggestion",
          "terminal.data",
          "terminal.exit",
          "tick",
          "ui.command",
          "update.available",
          "update.run.changed",
          "users.prefs.changed",
          "voicewake.changed",
          "voicewake.routing.changed");

  private final Map<String, Long> counts = new TreeMap<>();

  void note(JsonNode frame) {
    String type = frame.path("type").asText("");
    String kind =
        switch (type) {
          case "req", "res" -> null;
          case "event" -> {
            String event = frame.path("event").asText("");
            yield EVENTS.contains(event) ? null : "event " + event;
          }
          default -> "type " + type;
        };
    if (kind != null) {
      String name = Text.cut(kind, Text.ID_MAX);
      counts.merge(
          counts.size() < KINDS_MAX || counts.containsKey(name) ? name : OTHERS, 1L, Long::sum);
    }
  }

  Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }
}

package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.SupersededBy;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.projections.kit.RefusedCommand;

/** A decision as the API tells it; a rejection is a problem document (RFC 9457). */
public final class DecisionJson {

  private DecisionJson() {}

  /** The answer to one arrival. */
  public static ObjectNode of(Decision decision) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    Refusal refusal = decision.refusal();
    if (refusal == null) {
      node.put("verdict", decision.verdict().code());
      node.put("commandId", decision.commandId().value());
      put(node, "type", decision.commandType());
      put(node, "sessionKey", decision.sessionKey());
      if (decision.session() != null) {
        putStanding(node, decision.session());
      }
      if (decision.interrupted() != null) {
        node.put("sessions", decision.interrupted().sessions());
        node.put("runs", decision.interrupted().runs());
      }
    } else {
      putProblem(node, refusal);
      node.put("commandId", decision.commandId().value());
      put(node, "commandType", decision.commandType());
      put(node, "sessionKey", decision.sessionKey());
      putRefusal(node, refusal, decision.session());
    }
    node.put("recordedAt", decision.recordedAt().toString());
    if (decision.dryRun()) {
      node.put("dryRun", true);
    }
    return node;
  }

  /** One line of the decision log, in a list. */
  static ObjectNode listed(LoggedDecision logged) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("verdict", logged.verdict().code());
    put(node, "sessionKey", logged.sessionKey());
    if (logged.refusal() != null) {
      node.setAll((ObjectNode) Json.mapper().valueToTree(RefusedCommand.of(logged)));
      return node;
    }
    put(node, "commandType", logged.commandType());
    node.put("decisionId", logged.decisionId());
    node.put("count", logged.count());
    node.put("firstAt", logged.firstAt().toString());
    node.put("lastAt", logged.lastAt().toString());
    node.put("afterVersion", logged.afterVersion());
    node.set("presented", CommandJson.presented(logged.firstCommand()));
    if (logged.current() != null) {
      putStanding(node.putObject("current"), logged.current());
    }
    put(node, "commandId", logged.firstCommand().path("commandId").textValue());
    if (!logged.first().source().equals(Source.UNKNOWN)) {
      node.set("source", Json.mapper().valueToTree(logged.first().source()));
    }
    return node;
  }

  /** One line of the decision log, explained: the answer that its first arrival got, and more. */
  public static ObjectNode explained(LoggedDecision logged) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    Refusal refusal = logged.refusal();
    if (refusal == null) {
      node.put("verdict", logged.verdict().code());
      node.put("decisionId", logged.decisionId());
    } else {
      putProblem(node, refusal);
    }
    put(node, "commandId", logged.firstCommand().path("commandId").textValue());
    put(node, "commandType", logged.commandType());
    put(node, "sessionKey", logged.sessionKey());
    if (refusal != null) {
      putRefusal(node, refusal, logged.current());
    } else if (logged.current() != null) {
      putStanding(node.putObject("current"), logged.current());
    }
    node.put("recordedAt", logged.firstAt().toString());
    node.put("count", logged.count());
    node.put("firstAt", logged.firstAt().toString());
    node.put("lastAt", logged.lastAt().toString());
    node.put("afterVersion", logged.afterVersion());
    node.put("afterPosition", logged.afterPosition());
    node.set("firstCommand", logged.firstCommand());
    node.set("lastCommand", logged.lastCommand());
    return node;
  }

  private static void putProblem(ObjectNode node, Refusal refusal) {
    node.put("type", "urn:session-ledger:" + refusal.reason().code());
    node.put("title", refusal.reason().title());
    node.put("status", ReasonStatus.of(refusal.reason()));
    node.put("detail", refusal.detail());
    node.put("verdict", Verdict.REJECTED.code());
    node.put("reason", refusal.reason().code());
    put(node, "decisionId", refusal.decisionId());
  }

  private static void putRefusal(ObjectNode node, Refusal refusal, @Nullable Standing current) {
    put(node, "field", refusal.field());
    node.set("presented", refusal.presented());
    if (current != null) {
      putStanding(node.putObject("current"), current);
    }
    Generation ended = refusal.ended();
    if (ended != null) {
      node.putObject("ended")
          .put("sessionId", ended.sessionId().value())
          .put("generation", ended.number());
    }
    if (refusal.supersededBy() != null) {
      putSupersededBy(node.putObject("supersededBy"), refusal.supersededBy());
    }
    put(node, "movedTo", refusal.movedTo());
    node.put("next", refusal.next());
  }

  private static void putStanding(ObjectNode node, Standing standing) {
    node.put("sessionId", standing.generation().sessionId().value());
    node.put("generation", standing.generation().number());
    node.put("version", standing.version());
    node.put("status", standing.status().code());
    node.put("activeRuns", standing.activeRuns());
  }

  private static void putSupersededBy(ObjectNode node, SupersededBy by) {
    Instant at = by.at();
    node.put("type", by.type()).put("version", by.version()).put("at", at.toString());
    put(node, "actor", by.actor());
    put(node, "reason", by.reason());
  }

  private static void put(ObjectNode node, String field, @Nullable Object value) {
    if (value != null) {
      node.put(field, value.toString());
    }
  }
}

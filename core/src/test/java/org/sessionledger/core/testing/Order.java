package org.sessionledger.core.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Json;

/** One command in few words; it is sent as JSON, the way runtimes do. */
public final class Order {

  private final ObjectNode json;

  private Order(ObjectNode json) {
    this.json = json;
  }

  /** Any command for a key; null for none. */
  public static Order order(String type, String key) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("type", type);
    return new Order(key == null ? json : json.put("sessionKey", key));
  }

  /** A command as it stands. */
  public static Order of(ObjectNode json) {
    return new Order(json.deepCopy());
  }

  public static Order open(String key, String sessionId) {
    return order("OpenSession", key).with("sessionId", sessionId);
  }

  public static Order start(String key, String sessionId, String run) {
    return order("StartRun", key).with("sessionId", sessionId).with("runId", run);
  }

  public static Order progress(String key, String run) {
    return order("ReportProgress", key).with("runId", run);
  }

  public static Order complete(String key, String run) {
    return order("CompleteRun", key).with("runId", run);
  }

  public static Order fail(String key, String run, String message) {
    return order("FailRun", key).with("runId", run).with("errorMessage", message);
  }

  public static Order reset(String key, String newSessionId) {
    return order("ResetSession", key).with("newSessionId", newSessionId);
  }

  public Order with(String field, Object value) {
    ObjectNode changed = json.deepCopy();
    changed.set(field, Json.mapper().valueToTree(value));
    return new Order(changed);
  }

  public Order id(String commandId) {
    return with("commandId", commandId);
  }

  /** Sent by a process. */
  public Order from(String instance) {
    return with("source", Map.of("component", "gateway", "instance", instance));
  }

  public Order dryRun() {
    return with("dryRun", true);
  }

  public ObjectNode json() {
    return json;
  }

  public Incoming incoming() {
    return CommandJson.read(json, Ledger::newCommandId);
  }

  /** Hands it in. */
  public CompletableFuture<Decision> submitTo(Ledger ledger) {
    return ledger.submit(incoming());
  }

  /** Hands it in and waits for the decision. */
  public Decision to(Ledger ledger) {
    return submitTo(ledger).join();
  }
}

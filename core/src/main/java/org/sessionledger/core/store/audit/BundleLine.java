package org.sessionledger.core.store.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;

/**
 * One line of an incident bundle: a CloudEvent 1.0 in JSON.
 *
 * @param id unique within the ledger that {@code source} names
 * @param type what {@code data} is
 * @param time on the ledger's clock; null for the trailer
 */
record BundleLine(
    String id,
    String source,
    String type,
    @Nullable String subject,
    @Nullable String time,
    ObjectNode data) {

  static final String FORMAT = "session-ledger-bundle/1";
  static final String HEADER = "org.sessionledger.bundle.header";
  static final String TRAILER = "org.sessionledger.bundle.trailer";
  static final String EVENT = "org.sessionledger.event.";
  static final String DECISION = "org.sessionledger.decision.";
  static final String REPEATED = DECISION + "repeated";
  static final String SOURCE = "urn:session-ledger:ledger:";

  private static final Set<String> ATTRIBUTES =
      Set.of("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data");

  String text() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("specversion", "1.0").put("id", id).put("source", source).put("type", type);
    if (subject != null) {
      node.put("subject", subject);
    }
    if (time != null) {
      node.put("time", time);
    }
    node.put("datacontenttype", "application/json");
    node.set("data", data);
    return node.toString();
  }

  /** Reads a line; the exception's message says what is wrong with it. */
  static BundleLine read(String text) throws NoLine {
    JsonNode node;
    try {
      node = Json.tree(text);
    } catch (IllegalStateException e) {
      throw new NoLine("it is no JSON");
    }
    if (!node.isObject() || !"1.0".equals(node.path("specversion").textValue())) {
      throw new NoLine("it is no CloudEvent of version 1.0");
    }
    for (String name : (Iterable<String>) node::fieldNames) {
      if (!ATTRIBUTES.contains(name)) {
        throw new NoLine("it has '" + name + "', which no line of a bundle has");
      }
    }
    if (!(node.get("data") instanceof ObjectNode data)) {
      throw new NoLine("it has no data");
    }
    return new BundleLine(
        required(node, "id"),
        required(node, "source"),
        required(node, "type"),
        node.path("subject").textValue(),
        node.path("time").textValue(),
        data);
  }

  private static String required(JsonNode node, String name) throws NoLine {
    String value = node.path(name).textValue();
    if (value == null) {
      throw new NoLine("it has no " + name);
    }
    return value;
  }

  /** A line is none of a bundle. */
  static final class NoLine extends Exception {

    private static final long serialVersionUID = 1L;

    NoLine(String message) {
      super(message);
    }
  }

  /**
   * Puts JSON that is hashed as the text that it is. It stands there as JSON when that says the
   * same text again, and as a text otherwise.
   */
  static void putText(ObjectNode data, String name, @Nullable String json) {
    if (json == null) {
      return;
    }
    JsonNode tree = Json.tree(json);
    if (tree.toString().equals(json)) {
      data.set(name, tree);
    } else {
      data.put(name + "Text", json);
    }
  }

  /** Such a text again; null when there is none. */
  static @Nullable String text(ObjectNode data, String name) {
    JsonNode tree = data.get(name);
    return tree == null ? data.path(name + "Text").textValue() : tree.toString();
  }
}

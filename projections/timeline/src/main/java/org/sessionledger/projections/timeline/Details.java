package org.sessionledger.projections.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import org.sessionledger.core.identity.Text;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionEvent;

/** What an event says beyond its identities, short enough for one row whatever was sent. */
final class Details {

  /** Longest text, in code points; the runs view has error messages in full. */
  static final int TEXT_MAX = 4_096;

  /** Longest list; the lineage view has it in full. */
  static final int LIST_MAX = 100;

  private Details() {}

  static JsonNode of(SessionEvent event) {
    ObjectNode node = Json.mapper().valueToTree(event);
    node.remove(List.of("sessionKey", "generation", "attributes"));
    if (event instanceof SessionEvent.OfRun) {
      node.remove(List.of("runId", "attempt"));
    }
    for (Map.Entry<String, JsonNode> field : List.copyOf(node.properties())) {
      shorten(node, field.getKey(), field.getValue());
    }
    return node;
  }

  private static void shorten(ObjectNode node, String name, JsonNode value) {
    if (value instanceof TextNode text && Text.length(text.textValue()) > TEXT_MAX) {
      node.put(name, Text.cut(text.textValue(), TEXT_MAX) + "…");
    } else if (value instanceof ArrayNode list && list.size() > LIST_MAX) {
      node.put(name + "Count", list.size());
      while (list.size() > LIST_MAX) {
        list.remove(list.size() - 1);
      }
    } else if (value instanceof ObjectNode object) {
      nameGeneration(object);
      if (object.get("generation") instanceof ObjectNode inner) {
        nameGeneration(inner);
      }
    }
  }

  /** Documents call a generation's number {@code generation}. */
  private static void nameGeneration(ObjectNode object) {
    JsonNode number = object.remove("number");
    if (number != null) {
      object.set("generation", number);
    }
  }
}

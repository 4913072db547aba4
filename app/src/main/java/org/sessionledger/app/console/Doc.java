package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One of the API's documents, as templates read it: what is absent is null. */
final class Doc extends AbstractMap<String, @Nullable Object> {

  private final JsonNode node;

  Doc(JsonNode node) {
    this.node = node;
  }

  static List<Doc> list(JsonNode array) {
    List<Doc> docs = new ArrayList<>(array.size());
    array.forEach(item -> docs.add(new Doc(item)));
    return docs;
  }

  JsonNode node() {
    return node;
  }

  @Nullable String text(String field) {
    JsonNode value = node.path(field);
    return value.isValueNode() && !value.isNull() ? value.asText() : null;
  }

  long number(String field) {
    return node.path(field).asLong();
  }

  Doc at(String field) {
    return new Doc(node.path(field));
  }

  /** For people who want to see it whole. */
  public String pretty() {
    return node.toPrettyString();
  }

  /** Any name can be asked for. */
  @Override
  public boolean containsKey(@Nullable Object key) {
    return true;
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    return "pretty".equals(key) ? pretty() : value(node.path(String.valueOf(key)));
  }

  @Override
  public Set<Map.Entry<String, @Nullable Object>> entrySet() {
    Set<Map.Entry<String, @Nullable Object>> entries = new LinkedHashSet<>();
    node.properties()
        .forEach(field -> entries.add(new SimpleEntry<>(field.getKey(), value(field.getValue()))));
    return entries;
  }

  private static @Nullable Object value(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> new Doc(value);
      case ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>(value.size());
        value.forEach(item -> items.add(value(item)));
        yield items;
      }
      case STRING -> value.textValue();
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> value.isIntegralNumber() ? (Object) value.longValue() : value.numberValue();
      default -> null;
    };
  }
}

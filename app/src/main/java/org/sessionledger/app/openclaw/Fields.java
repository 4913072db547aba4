package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/** One object of a frame; {@code null} is absent, and a value of another type is malformed. */
final class Fields {

  private final JsonNode node;
  private final String path;

  private Fields(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  static Fields of(JsonNode object) {
    return new Fields(object, "");
  }

  boolean has(String field) {
    return node.hasNonNull(field);
  }

  /** An object that is absent has no fields. */
  Fields object(String field) throws MalformedFrame {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return new Fields(MissingNode.getInstance(), name(field));
    }
    if (!value.isObject()) {
      throw wrongType(field, value, "an object");
    }
    return new Fields(value, name(field));
  }

  Iterable<JsonNode> list(String field) throws MalformedFrame {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return MissingNode.getInstance();
    }
    if (!value.isArray()) {
      throw wrongType(field, value, "a list");
    }
    return value;
  }

  @Nullable String text(String field) throws MalformedFrame {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrongType(field, value, "a text");
    }
    return value.textValue();
  }

  /** A text that is only shown to people: cut, and never a reason to refuse the frame. */
  @Nullable String note(String field, int max) {
    JsonNode value = node.get(field);
    if (value == null || value.isNull() || value.isContainerNode()) {
      return null;
    }
    StringBuilder whole = new StringBuilder();
    value
        .asText()
        .codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '\uFFFD' : c)
        .forEach(whole::appendCodePoint);
    return Text.cut(whole.toString(), max);
  }

  /** Absent when it is no whole number: a stamp identifies a frame, and decides nothing. */
  @Nullable Long number(String field) {
    JsonNode value = node.get(field);
    return value == null || !value.isIntegralNumber() || !value.canConvertToLong()
        ? null
        : value.longValue();
  }

  boolean isTrue(String field) {
    JsonNode value = node.get(field);
    return value != null && value.isBoolean() && value.booleanValue();
  }

  @Nullable Boolean flag(String field) throws MalformedFrame {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrongType(field, value, "true or false");
    }
    return value.booleanValue();
  }

  @Nullable SessionKey sessionKey(String field) throws MalformedFrame {
    return identifier(field, SessionKey::new);
  }

  @Nullable SessionId sessionId(String field) throws MalformedFrame {
    return identifier(field, SessionId::new);
  }

  @Nullable RunId runId(String field) throws MalformedFrame {
    return identifier(field, RunId::new);
  }

  <T> @Nullable T identifier(String field, Function<String, T> as) throws MalformedFrame {
    String value = text(field);
    if (value == null) {
      return null;
    }
    try {
      return as.apply(value);
    } catch (InvalidField e) {
      throw new MalformedFrame(e.in(name(field)).getMessage());
    }
  }

  MalformedFrame missing(String field) {
    return new MalformedFrame("'" + name(field) + "' is missing");
  }

  private MalformedFrame wrongType(String field, JsonNode value, String wanted) {
    String type = value.getNodeType().name().toLowerCase(Locale.ROOT);
    return new MalformedFrame(
        "'" + name(field) + "' must be " + wanted + ", but is of type " + type);
  }

  private String name(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}

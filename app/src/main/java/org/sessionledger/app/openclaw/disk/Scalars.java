package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.Text;

/**
 * The scalars of one JSON object that somebody asked for; all else is skipped while it streams by,
 * so that a record's texts, which can be long, are never kept.
 */
final class Scalars {

  private final Map<String, Object> values = new HashMap<>();

  /** Reads the object that the parser stands on. */
  static Scalars read(JsonParser json, Set<String> wanted) throws IOException {
    Scalars scalars = new Scalars();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      scalars.take(name, json, wanted);
    }
    return scalars;
  }

  /** Takes the value that the parser stands on, or skips it. */
  void take(String name, JsonParser json, Set<String> wanted) throws IOException {
    JsonToken token = json.currentToken();
    if (!wanted.contains(name) || token.isStructStart()) {
      json.skipChildren();
    } else if (token == JsonToken.VALUE_STRING) {
      values.put(name, json.getText());
    } else if (token == JsonToken.VALUE_NUMBER_INT
        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      values.put(name, json.getLongValue());
    } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
      double value = json.getDoubleValue();
      if (Math.abs(value) < 1e15) {
        values.put(name, (long) value);
      }
    } else if (token.isBoolean()) {
      values.put(name, token == JsonToken.VALUE_TRUE);
    }
  }

  /** Null where it is absent or of another type. */
  @Nullable String text(String name) {
    return values.get(name) instanceof String text ? text : null;
  }

  @Nullable Long number(String name) {
    return values.get(name) instanceof Long number ? number : null;
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(values.get(name));
  }

  /** A text that is only shown to people. */
  @Nullable String note(String name, int max) {
    String text = text(name);
    return text == null ? null : Text.cut(Words.whole(text), max);
  }

  /**
   * An identifier; null where it is absent.
   *
   * @throws InvalidField when it is none
   */
  <T> @Nullable T identifier(String name, Function<String, T> as) {
    String text = text(name);
    try {
      return text == null ? null : as.apply(text);
    } catch (InvalidField e) {
      throw e.in(name);
    }
  }
}

package org.sessionledger.core.session;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/** The shape checks that several commands share. */
final class Shape {

  private Shape() {}

  static void fromOne(String field, @Nullable Long number) {
    if (number != null && number < 1) {
      throw new InvalidField(field, "counts from 1, not " + number);
    }
  }

  static void notNegative(String field, @Nullable Long number) {
    if (number != null && number < 0) {
      throw new InvalidField(field, "must not be negative, but is " + number);
    }
  }

  /** Jackson lets a null into a list; the types say it is none. */
  static void present(String field, @Nullable Object entry) {
    if (entry == null) {
      throw new InvalidField(field, "must not hold null");
    }
  }

  static void absent(String field, @Nullable Object value, String why) {
    if (value != null) {
      throw new InvalidField(field, why);
    }
  }

  static void elsewhere(SessionKey from, SessionKey to) {
    if (from.equals(to)) {
      throw new InvalidField("newSessionKey", "must differ from the session key");
    }
  }

  static Map<String, String> attributes(Map<String, String> attributes) {
    if (attributes.size() > SessionCommand.ATTRIBUTES_MAX) {
      throw new InvalidField(
          "attributes",
          "has "
              + attributes.size()
              + " entries, at most "
              + SessionCommand.ATTRIBUTES_MAX
              + " are allowed");
    }
    attributes.forEach(
        (name, value) -> {
          Text.identifier("attributes", name, SessionCommand.ATTRIBUTE_NAME_MAX);
          Text.free("attributes", value, SessionCommand.ATTRIBUTE_VALUE_MAX);
        });
    return Collections.unmodifiableMap(new TreeMap<>(attributes));
  }
}

package org.sessionledger.core.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Stored events back into what they were written from. */
public final class EventJson {

  private static final Map<String, ObjectReader> READERS =
      leaves(SessionEvent.class)
          .collect(
              Collectors.toUnmodifiableMap(
                  Class::getSimpleName, Function.<Class<?>>identity().andThen(EventJson::reader)));

  private EventJson() {}

  /**
   * @throws IllegalStateException when it is none: damage, or written by a newer version
   */
  public static SessionEvent read(String type, String json) {
    ObjectReader reader = READERS.get(type);
    if (reader == null) {
      throw new IllegalStateException("a stored event has the unknown type '" + type + "'");
    }
    try {
      return reader.readValue(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored JSON is not a " + type, e);
    }
  }

  private static ObjectReader reader(Class<?> type) {
    return Json.mapper().readerFor(type);
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(EventJson::leaves);
  }
}

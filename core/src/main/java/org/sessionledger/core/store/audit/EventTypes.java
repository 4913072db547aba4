package org.sessionledger.core.store.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionEvent;

/** Stored events by their names. */
final class EventTypes {

  private static final Map<String, ObjectReader> READERS =
      leaves(SessionEvent.class)
          .collect(
              Collectors.toUnmodifiableMap(
                  Class::getSimpleName, type -> Json.mapper().readerFor(type)));

  private EventTypes() {}

  /** Reads an event; the exception's message says what is wrong with it. */
  static SessionEvent read(String type, String json) throws Unreadable {
    ObjectReader reader = READERS.get(type);
    if (reader == null) {
      throw new Unreadable("an event of the unknown type '" + type + "'");
    }
    try {
      SessionEvent event = reader.readValue(json);
      if (isWhole(event)) {
        return event;
      }
      throw new Unreadable("no whole " + type + ": its session key or generation is missing");
    } catch (JsonProcessingException e) {
      throw new Unreadable("no " + type + ": " + e.getOriginalMessage());
    }
  }

  @SuppressWarnings("ConstantValue") // Jackson leaves null what is not there
  private static boolean isWhole(@Nullable SessionEvent event) {
    return event != null && event.sessionKey() != null && event.generation() != null;
  }

  /** What is stored is no event. */
  static final class Unreadable extends Exception {

    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(EventTypes::leaves);
  }
}

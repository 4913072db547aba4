package org.sessionledger.core.store.audit;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.EventJson;
import org.sessionledger.core.session.SessionEvent;

/** Stored events, which may be damaged. */
final class StoredEvent {

  private StoredEvent() {}

  /** Reads an event; the exception's message says what is wrong with it. */
  static SessionEvent read(String type, String json) throws Unreadable {
    try {
      SessionEvent event = EventJson.read(type, json);
      if (isWhole(event)) {
        return event;
      }
    } catch (IllegalStateException e) {
      throw new Unreadable(String.valueOf(e.getMessage()));
    }
    throw new Unreadable("no whole " + type + ": its session key or generation is missing");
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
}

package org.sessionledger.app.feed;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One message; it becomes bytes when the first reader wants it, and only then. */
public final class FeedMessage {

  /** It is there, and this version cannot put it into words. */
  static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(long id, RuntimeException cause) {
      super("message " + id + " of a feed cannot be told", cause);
    }
  }

  private final long id;
  private final @Nullable String sessionKey;
  private final int weight;
  private final String event;
  private final Supplier<String> data;
  private volatile byte @Nullable [] bytes;

  /**
   * @param sessionKey what a prefix is compared with; null: no prefix matches
   * @param weight about how many bytes it keeps in memory
   * @param data a document on one line
   */
  public FeedMessage(
      long id, @Nullable String sessionKey, int weight, String event, Supplier<String> data) {
    this.id = id;
    this.sessionKey = sessionKey;
    this.weight = weight;
    this.event = event;
    this.data = data;
  }

  long id() {
    return id;
  }

  int weight() {
    return weight;
  }

  boolean isFor(@Nullable String prefix) {
    return prefix == null || (sessionKey != null && sessionKey.startsWith(prefix));
  }

  /**
   * The message as Server-Sent Events have it.
   *
   * @throws Unreadable when its data cannot be made
   */
  byte[] bytes() {
    byte[] made = bytes;
    if (made == null) {
      made =
          ("id: " + id + "\nevent: " + event + "\ndata: " + text() + "\n\n")
              .getBytes(StandardCharsets.UTF_8);
      bytes = made;
    }
    return made;
  }

  private String text() {
    try {
      return data.get();
    } catch (RuntimeException e) {
      throw new Unreadable(id, e);
    }
  }
}

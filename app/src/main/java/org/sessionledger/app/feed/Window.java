package org.sessionledger.app.feed;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All messages of a feed with ids after the one and up to the other; ids may have gaps.
 *
 * @param messages in the order of their ids
 */
public record Window(long after, long upTo, List<FeedMessage> messages) {

  /** A part of a window as one reader gets it. */
  static final class Chunk {

    private final byte[] bytes;
    private final long upTo;

    private Chunk(byte[] bytes, long upTo) {
      this.bytes = bytes;
      this.upTo = upTo;
    }

    /** Not to be changed; empty when nothing of it is for the reader. */
    byte[] bytes() {
      return bytes;
    }

    /** The reader has everything up to this id then. */
    long upTo() {
      return upTo;
    }
  }

  private static final byte[] NOTHING = {};

  static Window emptyAt(long id) {
    return new Window(id, id, List.of());
  }

  /** True when nothing is missing between what a reader has and what is here. */
  boolean continues(long position) {
    return position >= after;
  }

  /** This one and what comes right after it, without its oldest beyond the limits. */
  Window with(Window next, int messagesMax, long weightMax) {
    List<FeedMessage> all = new ArrayList<>(messages.size() + next.messages.size());
    all.addAll(messages);
    all.addAll(next.messages);
    long weight = 0;
    int from = all.size();
    while (from > 0 && all.size() - from < messagesMax) {
      weight += all.get(from - 1).weight();
      // The newest stays, however long it is.
      if (weight > weightMax && from < all.size()) {
        break;
      }
      from--;
    }
    return new Window(
        from == 0 ? after : all.get(from - 1).id(),
        next.upTo,
        List.copyOf(all.subList(from, all.size())));
  }

  /**
   * What a reader gets next.
   *
   * @param position the newest id that it has
   * @param prefix null: it wants every message
   * @param bytesMax no message is added beyond; one alone may be longer
   * @throws FeedMessage.Unreadable when the very next one cannot be told
   */
  Chunk chunk(long position, @Nullable String prefix, int bytesMax) {
    if (position >= upTo) {
      return new Chunk(NOTHING, position);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = firstAfter(position); i < messages.size(); i++) {
      FeedMessage message = messages.get(i);
      if (message.isFor(prefix)) {
        byte[] next = bytes.size() == 0 ? message.bytes() : bytesOrNull(message);
        if (next == null || (bytes.size() > 0 && bytes.size() + next.length > bytesMax)) {
          return new Chunk(bytes.toByteArray(), messages.get(i - 1).id());
        }
        bytes.write(next, 0, next.length);
      }
    }
    return new Chunk(bytes.size() == 0 ? NOTHING : bytes.toByteArray(), upTo);
  }

  private static byte @Nullable [] bytesOrNull(FeedMessage message) {
    try {
      return message.bytes();
    } catch (FeedMessage.Unreadable e) {
      return null;
    }
  }

  private int firstAfter(long position) {
    int low = 0;
    int high = messages.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (messages.get(middle).id() <= position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

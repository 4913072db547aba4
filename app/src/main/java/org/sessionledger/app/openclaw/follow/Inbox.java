package org.sessionledger.app.openclaw.follow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What came over one socket and waits to be decided. When it is full, no more is asked for. */
final class Inbox {

  /** Frames that are handed out together, and their length unless one alone is longer. */
  private static final int BATCH = 500;

  private static final long BATCH_CHARS = 4L << 20;

  /** Something that came. */
  sealed interface Message {}

  /**
   * A text frame.
   *
   * @param at when it came, in milliseconds
   * @param nanos the same, to measure with
   */
  record Text(String text, long at, long nanos) implements Message {}

  /** A binary frame; a gateway sends none. */
  record Binary(long bytes) implements Message {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Message> messages = new ArrayDeque<>();
  private final int framesMax;
  private final long charsMax;

  /** Of what waits and of what was handed out last: until the next is asked for, both are held. */
  private long chars;

  private long charsInHand;
  private boolean asking = true;
  private boolean woken;
  private @Nullable ConnectionLost end;
  private long heardNanos = System.nanoTime();

  Inbox(FollowOptions.Limits limits) {
    this.framesMax = limits.queueFrames();
    this.charsMax = limits.queueChars();
  }

  /** True when another frame may be asked for. */
  boolean put(Message message) {
    lock.lock();
    try {
      messages.addLast(message);
      chars += length(message);
      heardNanos = System.nanoTime();
      asking = hasRoom();
      changed.signalAll();
      return asking;
    } finally {
      lock.unlock();
    }
  }

  /** Something was heard that is no frame, or a part of one. */
  void heard() {
    lock.lock();
    try {
      heardNanos = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /** The first end counts. */
  void end(ConnectionLost lost) {
    lock.lock();
    try {
      if (end == null) {
        end = lost;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Makes a waiting {@link #take} return. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What is there, waiting for something to be; nothing when the time is up or somebody woke it.
   * Whoever calls has let go of what was handed out before.
   *
   * @param again called when frames may be asked for again
   * @throws ConnectionLost when the connection is over and everything before that was taken
   */
  List<Message> take(long waitNanos, Runnable again) throws ConnectionLost, InterruptedException {
    List<Message> taken = new ArrayList<>();
    lock.lock();
    try {
      chars -= charsInHand;
      charsInHand = 0;
    } finally {
      lock.unlock();
    }
    askIfRoom(again);
    lock.lock();
    try {
      long left = waitNanos;
      while (messages.isEmpty() && end == null && !woken && left > 0) {
        left = changed.awaitNanos(left);
      }
      woken = false;
      if (messages.isEmpty() && end != null) {
        throw end;
      }
      while (taken.size() < BATCH && !messages.isEmpty()) {
        long length = length(messages.getFirst());
        if (!taken.isEmpty() && charsInHand + length > BATCH_CHARS) {
          break;
        }
        charsInHand += length;
        taken.add(messages.removeFirst());
      }
    } finally {
      lock.unlock();
    }
    askIfRoom(again);
    return taken;
  }

  private void askIfRoom(Runnable again) {
    boolean ask;
    lock.lock();
    try {
      ask = !asking && hasRoom();
      if (ask) {
        asking = true;
        heardNanos = System.nanoTime(); // It was this side that did not listen.
      }
    } finally {
      lock.unlock();
    }
    if (ask) {
      again.run();
    }
  }

  /** For how long nothing has been heard, though it was listened. */
  long silentNanos() {
    lock.lock();
    try {
      return asking && messages.isEmpty() ? System.nanoTime() - heardNanos : 0;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom() {
    return messages.size() < framesMax && chars < charsMax;
  }

  private static long length(Message message) {
    return message instanceof Text text ? text.text().length() : 0;
  }
}

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

  /** Frames that are handed out together. */
  private static final int BATCH = 500;

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
  private long chars;
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
   *
   * @param again called when frames may be asked for again
   * @throws ConnectionLost when the connection is over and everything before that was taken
   */
  List<Message> take(long waitNanos, Runnable again) throws ConnectionLost, InterruptedException {
    List<Message> taken = new ArrayList<>();
    boolean ask;
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
        Message message = messages.removeFirst();
        chars -= length(message);
        taken.add(message);
      }
      ask = !asking && hasRoom();
      asking |= ask;
      if (ask) {
        heardNanos = System.nanoTime(); // It was this side that did not listen.
      }
    } finally {
      lock.unlock();
    }
    if (ask) {
      again.run();
    }
    return taken;
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

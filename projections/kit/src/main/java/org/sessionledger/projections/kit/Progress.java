package org.sessionledger.projections.kit;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** How far this process has seen each view get, and a signal for whoever waits. */
final class Progress {

  /** How long another node's progress may go unnoticed. */
  private static final Duration LOOK = Duration.ofMillis(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Map<String, Long> positions = new ConcurrentHashMap<>();
  private long signals;

  long of(String view) {
    return positions.getOrDefault(view, 0L);
  }

  /** A view has the event with a position. */
  void reached(String view, long position) {
    lock.lock();
    try {
      positions.merge(view, position, Math::max);
      signals++;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until something holds; looks again at each signal, and now and then since another node
   * does not signal. An interrupt ends the waiting and nothing else.
   */
  boolean await(BooleanSupplier holds, Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      long known = signals();
      if (holds.getAsBoolean()) {
        return true;
      }
      long left = end - System.nanoTime();
      if (left <= 0 || !pause(known, Math.min(left, LOOK.toNanos()))) {
        return false;
      }
    }
  }

  private long signals() {
    lock.lock();
    try {
      return signals;
    } finally {
      lock.unlock();
    }
  }

  private boolean pause(long known, long nanos) {
    long left = nanos;
    lock.lock();
    try {
      while (signals == known && left > 0) {
        left = moved.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}

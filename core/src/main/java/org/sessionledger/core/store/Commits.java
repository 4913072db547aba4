package org.sessionledger.core.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells who waits how far the ledger is committed. */
public final class Commits {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile long position;

  /** The newest committed position that this process knows of. */
  public long position() {
    return position;
  }

  /** Events up to a position are committed. */
  public void reached(long newPosition) {
    lock.lock();
    try {
      if (newPosition <= position) {
        return;
      }
      position = newPosition;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException | Error e) {
        // What was committed stays so, whoever stumbles over it.
        Store.LOG.warn("A listener for new events failed", e);
      }
    }
  }

  /** Waits until there is something after a position; false when the time ran out first. */
  boolean awaitAfter(long known, long timeout, TimeUnit unit) throws InterruptedException {
    long left = unit.toNanos(timeout);
    lock.lockInterruptibly();
    try {
      while (position <= known) {
        if (left <= 0) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  void listen(Runnable listener) {
    listeners.add(listener);
  }

  void forget(Runnable listener) {
    listeners.remove(listener);
  }
}

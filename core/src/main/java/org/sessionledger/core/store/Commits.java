package org.sessionledger.core.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells who waits how far the ledger is committed and durable. */
public final class Commits {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile long position;
  private volatile long decisionSeq;

  /** The newest committed position that this process knows of. */
  public long position() {
    return position;
  }

  /** The newest line of the decision log that this process knows to be committed. */
  public long decisionSeq() {
    return decisionSeq;
  }

  /** Events up to a position are committed. */
  public void reached(long newPosition) {
    reached(newPosition, 0);
  }

  /** Events up to a position, and lines of the decision log up to a place, are committed. */
  public void reached(long newPosition, long newDecisionSeq) {
    lock.lock();
    try {
      if (newPosition <= position && newDecisionSeq <= decisionSeq) {
        return;
      }
      position = Math.max(position, newPosition);
      decisionSeq = Math.max(decisionSeq, newDecisionSeq);
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

  /** Has a listener called at each move, by whoever commits: it must be short. */
  public void listen(Runnable listener) {
    listeners.add(listener);
  }

  public void forget(Runnable listener) {
    listeners.remove(listener);
  }
}

package org.sessionledger.core.ledger;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.store.Commits;
import org.sessionledger.core.store.Store;
import org.sessionledger.core.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes durable what is committed, then answers, in the order of the commits; on a thread of its
 * own, so that neither the disk nor what callers do with an answer holds up the next group.
 */
final class Answers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  /** Groups that may be committed and not durable yet. */
  private static final int GROUPS_MAX = 4;

  /** A group that is committed, with those who wait for its decisions. */
  record Batch(List<Writer.Waiting> group, Store.Committed committed) {}

  private final Store store;
  private final Commits commits;
  private final List<DecisionListener> listeners;
  private final RefusalLines refusals = new RefusalLines();
  private final Thread thread = new Thread(this::answerAll, "session-ledger-answers");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Deque<Batch> waiting = new ArrayDeque<>();
  private boolean busy;
  private boolean closing;

  /**
   * @param listeners hear of each decision before its sender does
   */
  Answers(Store store, Commits commits, List<DecisionListener> listeners) {
    this.store = store;
    this.commits = commits;
    this.listeners = listeners;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Takes a group over; waits while too many wait already.
   *
   * @param idle nothing follows yet, so that the caller may as well answer by itself
   */
  void give(Batch batch, boolean idle) {
    lock.lock();
    try {
      if (!idle || busy || !waiting.isEmpty()) {
        while (waiting.size() >= GROUPS_MAX) {
          moved.awaitUninterruptibly();
        }
        waiting.add(batch);
        moved.signalAll();
        return;
      }
      busy = true;
    } finally {
      lock.unlock();
    }
    try {
      answer(List.of(batch));
    } finally {
      done();
    }
  }

  private void answerAll() {
    while (true) {
      List<Batch> batches;
      lock.lock();
      try {
        while (busy || waiting.isEmpty()) {
          if (closing && waiting.isEmpty()) {
            return;
          }
          moved.awaitUninterruptibly();
        }
        batches = List.copyOf(waiting);
        waiting.clear();
        busy = true;
        moved.signalAll();
      } finally {
        lock.unlock();
      }
      try {
        answer(batches);
      } finally {
        done();
      }
    }
  }

  private void done() {
    lock.lock();
    try {
      busy = false;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void answer(List<Batch> batches) {
    long kept;
    try {
      kept = store.force(batches.get(batches.size() - 1).committed().number());
    } catch (StoreFailure e) {
      LOG.error("Nobody can tell what became of {} groups", batches.size(), e);
      batches.forEach(batch -> fail(batch, e));
      return;
    }
    for (Batch batch : batches) {
      StoreFailure loss = store.loss(batch.committed().number(), kept);
      if (loss == null) {
        reached(batch.committed().position(), batch.committed().decisionSeq());
        answer(batch);
      } else {
        fail(batch, loss);
      }
    }
  }

  private void answer(Batch batch) {
    List<Decision> decisions = batch.committed().decisions();
    for (int i = 0; i < decisions.size(); i++) {
      Writer.Waiting each = batch.group().get(i);
      tell(each, decisions.get(i));
      each.answer(decisions.get(i));
      refusals.tell(each.incoming(), decisions.get(i));
    }
  }

  private void tell(Writer.Waiting sender, Decision decision) {
    Duration took = Duration.ofNanos(System.nanoTime() - sender.since());
    for (DecisionListener listener : listeners) {
      try {
        listener.decided(sender.incoming(), decision, took);
      } catch (RuntimeException | Error e) {
        // What was decided stays so, whoever stumbles over it.
        LOG.warn("A listener for decisions failed", e);
      }
    }
  }

  private static void fail(Batch batch, StoreFailure failure) {
    batch.group().forEach(each -> each.fail(failure));
  }

  boolean runsThis() {
    return Thread.currentThread().equals(thread);
  }

  /** Events up to a position, and lines of the decision log, are there to be read. */
  void reached(long position, long decisionSeq) {
    commits.reached(position, decisionSeq);
  }

  /** Answers what was given. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    Writer.join(thread);
  }
}

package org.sessionledger.core.ledger;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Submission;
import org.sessionledger.core.store.Draft;
import org.sessionledger.core.store.Lookup;
import org.sessionledger.core.store.Store;
import org.sessionledger.core.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides and writes what is submitted, in groups, on threads of its own: while one group is
 * written, the next one is decided on what it will leave, and the one before is made durable and
 * answered ({@link Answers}). No caller's thread ever touches the database, so that interrupting
 * one harms nobody.
 *
 * <p>A group is written under the head's lock. What another node made stale is decided again there;
 * so is what stood on a group that failed.
 */
final class Writer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

  /** Commands that wait at most. */
  private static final int WAITING_MAX = 20_000;

  /** What the commands that are not answered yet may be long together, as text. */
  static final int WAITING_CHARACTERS_MAX = 16 << 20;

  /** Commands that share one transaction at most. */
  private static final int GROUP_MAX = 128;

  /** Commands that are decided and written by one thread at most; more are worth a hand-over. */
  private static final int FEW = 16;

  /** How long a caller waits for room before it hears that the ledger is busy. */
  private static final long ROOM_SECONDS = 2;

  /** How long other nodes' writes may go unnoticed while this one writes nothing. */
  private static final long LOOK_MILLIS = 500;

  /**
   * A command until its sender hears of it, by exactly one of {@link #answer} and {@link #fail}.
   *
   * @param room what it takes of is given back then, whatever the sender does with its future
   * @param since when it was handed in, by {@link System#nanoTime()}
   */
  record Waiting(
      Submission submission, CompletableFuture<Decision> decision, Semaphore room, long since) {

    Incoming incoming() {
      return submission.incoming();
    }

    int length() {
      return submission.text().length();
    }

    void answer(Decision answer) {
      room.release(length());
      decision.complete(answer);
    }

    void fail(Throwable failure) {
      room.release(length());
      decision.completeExceptionally(failure);
    }
  }

  /** Nobody: wakes the decider, so that closing need not wait until it looks the next time. */
  @SuppressWarnings("NullAway") // nobody reads what it has
  private static final Waiting WAKE = new Waiting(null, null, null, 0);

  private record Decided(List<Waiting> group, List<Draft> drafts) {}

  private final Store store;
  private final Decider decider;
  private final Answers answers;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Semaphore characters = new Semaphore(WAITING_CHARACTERS_MAX);
  private final Thread deciding = new Thread(this::decideAll, "session-ledger-decider");
  private final Thread writing = new Thread(this::writeAll, "session-ledger-writer");
  private volatile boolean closing;

  /** Guards the decider and the fields below. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition moved = lock.newCondition();

  /** Decided on what the group that is being written leaves. */
  private @Nullable Decided ready;

  /** True while a group is being written. */
  private boolean busy;

  private boolean finished;

  /** Taken from the queue, and for the next group. */
  private @Nullable Waiting held;

  Writer(Store store, Decider decider, Answers answers) {
    this.store = store;
    this.decider = decider;
    this.answers = answers;
    answers.reached(store.position(), store.decisionSeq());
    deciding.setDaemon(true);
    writing.setDaemon(true);
    deciding.start();
    writing.start();
  }

  /**
   * Hands in one arrival.
   *
   * @throws LedgerBusy when no room came free in time
   */
  CompletableFuture<Decision> submit(Incoming incoming) {
    long since = System.nanoTime();
    Waiting waiting =
        new Waiting(Submission.of(incoming), new CompletableFuture<>(), characters, since);
    boolean room = false;
    boolean taken = false;
    try {
      // An interrupted thread still hands in what there is room for: the end of its run, perhaps.
      room =
          characters.tryAcquire(waiting.length())
              || characters.tryAcquire(waiting.length(), ROOM_SECONDS, TimeUnit.SECONDS);
      if (!room) {
        throw new LedgerBusy(queue.size());
      }
      take(waiting);
      taken = true;
      return waiting.decision();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailable("The thread was interrupted before the command was taken.", e);
    } finally {
      if (room && !taken) {
        characters.release(waiting.length());
      }
    }
  }

  private void take(Waiting waiting) throws InterruptedException {
    if (closing) {
      throw new LedgerUnavailable("The ledger is closed.", null);
    }
    if (!queue.offer(waiting) && !queue.offer(waiting, ROOM_SECONDS, TimeUnit.SECONDS)) {
      throw new LedgerBusy(queue.size());
    }
    if (closing && queue.remove(waiting)) {
      throw new LedgerUnavailable("The ledger is closed.", null);
    }
  }

  /** Commands that wait to be decided. */
  int waiting() {
    return queue.size();
  }

  boolean isOpen() {
    return !closing;
  }

  /** True on a thread of the ledger's own, which nobody's answer may hold up. */
  boolean runsThis() {
    Thread current = Thread.currentThread();
    return current.equals(deciding) || current.equals(writing) || answers.runsThis();
  }

  // Deciding

  private void decideAll() {
    while (true) {
      try {
        Waiting first =
            held != null
                ? held
                : awake(queue.poll(closing ? 0 : LOOK_MILLIS, TimeUnit.MILLISECONDS));
        held = null;
        if (first != null) {
          decide(first);
        } else if (closing) {
          break;
        } else {
          look();
        }
      } catch (InterruptedException e) {
        LOG.warn("The ledger's decider is interrupted by nobody's right; it goes on");
      } catch (RuntimeException | Error e) {
        // The database may come back; whoever waited was told.
        LOG.warn("The ledger could not look at the database", e);
      }
    }
    lock.lock();
    try {
      awaitIdle();
      finished = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void decide(Waiting first) {
    List<Waiting> now = null;
    lock.lock();
    try {
      boolean alone = standsAlone(first.incoming());
      while (ready != null || (alone && busy)) {
        moved.awaitUninterruptibly();
      }
      List<Waiting> group = alone ? List.of(first) : gather(first);
      if (first.incoming().dryRun()) {
        dryRun(first);
        return;
      }
      if (alone || (!busy && group.size() <= FEW && queue.isEmpty())) {
        // Nobody waits who could be decided meanwhile: without handing over, it is written sooner.
        // What stands alone is never decided on what may not come true.
        now = group;
        busy = true;
      } else {
        ready = decided(group);
        moved.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (now != null) {
      decideAndWrite(now);
    }
  }

  private void decideAndWrite(List<Waiting> group) {
    writing(group, () -> decideUnderTheLock(group));
  }

  /** Nothing is under way: with the head held, nothing becomes stale any more. */
  private void decideUnderTheLock(List<Waiting> group) {
    List<Submission> submissions = submissions(group);
    Lookup lookup = decider.lookup(submissions);
    List<Draft> drafts;
    if (store.begin(lookup)) {
      drafts = decider.decide(submissions, lookup);
    } else {
      lookNow();
      drafts = decider.decide(submissions);
    }
    written(group, store.commit(drafts));
  }

  /** What waits by now, up to a command that must see all before it written. */
  private List<Waiting> gather(Waiting first) {
    List<Waiting> group = new ArrayList<>();
    group.add(first);
    while (group.size() < GROUP_MAX) {
      Waiting next = awake(queue.poll());
      if (next == null) {
        break;
      }
      if (standsAlone(next.incoming())) {
        held = next;
        break;
      }
      group.add(next);
    }
    return group;
  }

  private @Nullable Waiting awake(@Nullable Waiting next) {
    return WAKE.equals(next) ? queue.poll() : next;
  }

  private static boolean standsAlone(Incoming incoming) {
    return incoming.dryRun()
        || (incoming instanceof Arrival arrival
            && arrival.command() instanceof SessionCommand.InterruptRuns interrupt
            && interrupt.sessionKey() == null);
  }

  /** Null when it could not be decided together, and is decided and answered one by one. */
  private @Nullable Decided decided(List<Waiting> group) {
    try {
      return new Decided(group, drafts(group));
    } catch (RuntimeException | Error e) {
      // An error of one command, such as too deep a recursion, must not end the thread of all.
      awaitIdle();
      oneByOne(group, List.of(), e);
      return null;
    }
  }

  private List<Draft> drafts(List<Waiting> group) {
    return decider.decide(submissions(group));
  }

  private static List<Submission> submissions(List<Waiting> group) {
    return group.stream().map(Waiting::submission).toList();
  }

  private void dryRun(Waiting waiting) {
    try {
      lookNow();
      Decision would = store.dryRun(drafts(List.of(waiting)).get(0));
      decider.givenUp();
      waiting.answer(would);
    } catch (RuntimeException | Error e) {
      forgetAll();
      waiting.fail(e);
    }
  }

  private void look() {
    lock.lock();
    try {
      if (!busy && ready == null) {
        lookNow();
      }
    } catch (RuntimeException e) {
      forgetAll();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void lookNow() {
    Store.Elsewhere changed = store.catchUp(Set.of());
    if (changed != null) {
      decider.decideAgain(List.of(), changed);
      if (store.isShared()) {
        // What others committed is durable; what this one did is told when it is.
        answers.reached(store.position(), store.decisionSeq());
      }
    }
  }

  private void awaitIdle() {
    while (busy || ready != null) {
      moved.awaitUninterruptibly();
    }
  }

  private void forgetAll() {
    decider.forgetAll();
    store.rollback();
  }

  // Writing

  private void writeAll() {
    while (true) {
      Decided next;
      lock.lock();
      try {
        while (ready == null || busy) {
          if (finished) {
            return;
          }
          moved.awaitUninterruptibly();
        }
        next = take();
        moved.signalAll();
      } finally {
        lock.unlock();
      }
      writing(next.group(), () -> write(next));
    }
  }

  private Decided take() {
    Decided taken = ready;
    if (taken == null) {
      throw new IllegalStateException("nothing is decided");
    }
    ready = null;
    busy = true;
    return taken;
  }

  private void writing(List<Waiting> group, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.warn("A group of {} commands was not written", group.size(), e);
      lock.lock();
      try {
        // It stands on what was not written.
        List<Waiting> behind = ready == null ? List.of() : ready.group();
        ready = null;
        oneByOne(group, behind, e);
      } finally {
        lock.unlock();
      }
    } finally {
      lock.lock();
      try {
        busy = false;
        moved.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void write(Decided decided) {
    List<Draft> drafts = store.begin(null) ? decided.drafts() : decidedAgain(decided);
    written(decided.group(), store.commit(drafts));
  }

  /** Under the head's lock, where nothing becomes stale any more. */
  private List<Draft> decidedAgain(Decided decided) {
    lock.lock();
    try {
      Decided next = ready;
      List<List<Draft>> underWay =
          next == null ? List.of(decided.drafts()) : List.of(decided.drafts(), next.drafts());
      List<List<Draft>> again = caughtUp(underWay);
      if (next != null) {
        ready = new Decided(next.group(), again.get(1));
      }
      return again.get(0);
    } finally {
      lock.unlock();
    }
  }

  /** What is under way, as it is with all that others wrote. */
  private List<List<Draft>> caughtUp(List<List<Draft>> underWay) {
    Set<CommandId> ids = new HashSet<>();
    for (List<Draft> group : underWay) {
      for (Draft draft : group) {
        if (draft.submission().incoming() instanceof Arrival arrival) {
          ids.add(arrival.commandId());
        }
      }
    }
    Store.Elsewhere changed = store.catchUp(ids);
    return changed == null ? underWay : decider.decideAgain(underWay, changed);
  }

  private void written(List<Waiting> group, Store.Committed committed) {
    decider.written();
    answers.give(new Answers.Batch(group, committed), queue.isEmpty());
  }

  /**
   * A broken connection is replaced by now, and one bad entry fails alone. Under the lock, while
   * nothing else is written.
   *
   * @param begun whose writing failed
   * @param behind who were not begun, and hear nothing else
   */
  private void oneByOne(List<Waiting> begun, List<Waiting> behind, Throwable why) {
    forgetAll();
    Throwable failure = why;
    List<Waiting> left = new ArrayList<>(begun);
    if (!mayTryAgain(why)) {
      begun.forEach(each -> each.fail(why));
      left.clear();
      failure = forTheNext(why);
    }
    left.addAll(behind);
    for (Waiting each : left) {
      if (!mayTryAgain(failure)) {
        each.fail(failure);
        continue;
      }
      try {
        decideUnderTheLock(List.of(each));
      } catch (RuntimeException | Error e) {
        LOG.warn("A command could not be decided", e);
        each.fail(e);
        forgetAll();
        failure = forTheNext(e);
      }
    }
  }

  private static Throwable forTheNext(Throwable failure) {
    return failure instanceof StoreFailure store ? store.forTheNext() : failure;
  }

  private static boolean mayTryAgain(Throwable failure) {
    return !(failure instanceof StoreFailure store) || store.mayTryAgain();
  }

  /** Finishes what was submitted. */
  @Override
  public void close() {
    closing = true;
    queue.offer(WAKE); // A full queue wakes it as well.
    join(deciding);
    join(writing);
    List<Waiting> late = new ArrayList<>();
    queue.drainTo(late);
    late.remove(WAKE);
    late.forEach(each -> each.fail(new LedgerUnavailable("The ledger is closed.", null)));
    answers.close();
    store.close();
  }

  /** An interrupt ends nobody's waiting here. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

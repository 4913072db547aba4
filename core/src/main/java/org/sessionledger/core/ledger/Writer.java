package org.sessionledger.core.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.store.Commits;
import org.sessionledger.core.store.Draft;
import org.sessionledger.core.store.Store;
import org.sessionledger.core.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides and writes. It takes what is waiting, decides it, locks the head,
 * decides again what another node made stale, and commits one transaction for all. No caller's
 * thread ever touches the database, so that interrupting one harms nobody.
 */
final class Writer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

  /** Commands that wait at most. */
  private static final int WAITING_MAX = 20_000;

  /** Commands that share one transaction at most. */
  private static final int GROUP_MAX = 256;

  /** How long a caller waits for room before it hears that the ledger is busy. */
  private static final long ROOM_SECONDS = 2;

  /** How long other nodes' writes may go unnoticed while this one writes nothing. */
  private static final long LOOK_MILLIS = 500;

  private record Waiting(Incoming incoming, CompletableFuture<Decision> decision) {}

  /** Nobody: wakes the writer, so that closing need not wait until it looks the next time. */
  @SuppressWarnings("NullAway") // nobody reads what it has
  private static final Waiting WAKE = new Waiting(null, null);

  private final Store store;
  private final Decider decider;
  private final Commits commits;
  private final RefusalLines refusals = new RefusalLines();
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread thread = new Thread(this::run, "session-ledger-writer");
  private volatile boolean closing;

  Writer(Store store, Decider decider, Commits commits) {
    this.store = store;
    this.decider = decider;
    this.commits = commits;
    commits.reached(store.position());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Hands in one arrival.
   *
   * @throws LedgerBusy when no room came free in time
   */
  CompletableFuture<Decision> submit(Incoming incoming) {
    Waiting waiting = new Waiting(incoming, new CompletableFuture<>());
    try {
      if (closing) {
        throw new LedgerUnavailable("The ledger is closed.", null);
      }
      // An interrupted thread still hands in what there is room for: the end of its run, perhaps.
      if (!queue.offer(waiting) && !queue.offer(waiting, ROOM_SECONDS, TimeUnit.SECONDS)) {
        throw new LedgerBusy(queue.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailable("The thread was interrupted before the command was taken.", e);
    }
    if (closing && queue.remove(waiting)) {
      throw new LedgerUnavailable("The ledger is closed.", null);
    }
    return waiting.decision();
  }

  private void run() {
    while (true) {
      try {
        Waiting first = awake(queue.poll(closing ? 0 : LOOK_MILLIS, TimeUnit.MILLISECONDS));
        if (first != null) {
          take(first);
        } else if (closing) {
          return;
        } else {
          look();
        }
      } catch (InterruptedException e) {
        LOG.warn("The ledger's writer is interrupted by nobody's right; it goes on");
      } catch (RuntimeException e) {
        // The database may come back; whoever waited was told.
        store.rollback();
        LOG.warn("The ledger's writer could not look at the database", e);
      }
    }
  }

  /** What waits is taken in order; a command that must see all before it written ends the group. */
  private void take(Waiting first) {
    List<Waiting> group = new ArrayList<>();
    Waiting next = first;
    while (next != null) {
      boolean alone = standsAlone(next.incoming());
      if (alone) {
        write(group);
        group.clear();
      }
      group.add(next);
      if (alone || group.size() == GROUP_MAX) {
        write(group);
        group.clear();
      }
      next = awake(queue.poll());
    }
    write(group);
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

  private void write(List<Waiting> group) {
    if (group.isEmpty()) {
      return;
    }
    Throwable failure = tryToWrite(group);
    if (failure == null) {
      return;
    }
    LOG.warn("A group of {} commands was not written", group.size(), failure);
    // A broken connection is replaced by now, and one bad entry fails alone.
    for (Waiting each : group) {
      if (mayTryAgain(failure)) {
        Throwable again = tryToWrite(List.of(each));
        if (again == null) {
          continue;
        }
        failure = again;
        LOG.warn("A command could not be decided", again);
      }
      each.decision().completeExceptionally(failure);
    }
  }

  private static boolean mayTryAgain(Throwable failure) {
    return !(failure instanceof StoreFailure store) || store.mayTryAgain();
  }

  /** Decides, writes and answers; or tells why nothing of it was kept. */
  private @Nullable Throwable tryToWrite(List<Waiting> group) {
    List<Decision> decisions;
    try {
      decisions = group.get(0).incoming().dryRun() ? dryRun(group) : commit(group);
    } catch (RuntimeException | Error e) {
      // An error of one command, such as too deep a recursion, must not end the thread of all.
      decider.givenUp();
      store.rollback();
      return e;
    }
    answer(group, decisions);
    return null;
  }

  private List<Decision> commit(List<Waiting> group) {
    List<Draft> drafts = decide(group);
    Collection<SessionKey> changed = store.begin();
    if (changed != null) {
      decider.givenUp();
      decider.changedElsewhere(changed);
      drafts = decide(group);
    }
    return store.commit(drafts);
  }

  private List<Decision> dryRun(List<Waiting> group) {
    look();
    List<Decision> decisions = new ArrayList<>();
    try {
      for (Draft draft : decide(group)) {
        decisions.add(store.dryRun(draft));
      }
    } finally {
      decider.givenUp();
    }
    return decisions;
  }

  private List<Draft> decide(List<Waiting> group) {
    return decider.decide(group.stream().map(Waiting::incoming).toList());
  }

  private void answer(List<Waiting> group, List<Decision> decisions) {
    for (int i = 0; i < group.size(); i++) {
      group.get(i).decision().complete(decisions.get(i));
    }
    commits.reached(store.position());
    afterAnswer();
    for (int i = 0; i < group.size(); i++) {
      refusals.tell(group.get(i).incoming(), decisions.get(i));
    }
  }

  /** Room is made and snapshots are saved when nobody waits for it any more. */
  private void afterAnswer() {
    try {
      decider.written();
    } catch (RuntimeException e) {
      LOG.warn("A snapshot could not be saved; the next one will be", e);
    }
  }

  private void look() {
    @Nullable Collection<SessionKey> changed = store.look();
    if (changed != null) {
      decider.changedElsewhere(changed);
      commits.reached(store.position());
    }
  }

  /** Finishes what was submitted. */
  @Override
  public void close() {
    closing = true;
    queue.offer(WAKE); // A full queue wakes it as well.
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
    List<Waiting> late = new ArrayList<>();
    queue.drainTo(late);
    late.remove(WAKE);
    late.forEach(
        each ->
            each.decision()
                .completeExceptionally(new LedgerUnavailable("The ledger is closed.", null)));
    store.close();
  }
}

package org.sessionledger.core.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.session.History.PastCompaction;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionEvent.CompactionAbandoned;
import org.sessionledger.core.session.SessionEvent.CompactionBegun;
import org.sessionledger.core.session.SessionEvent.EndsGeneration;
import org.sessionledger.core.session.SessionEvent.RunStarted;
import org.sessionledger.core.session.SessionEvent.SessionCompacted;
import org.sessionledger.core.session.Status;

/**
 * What one event changes in the tables that are kept for ever. Both the rows that are written and
 * the history that is seen before they are written come from here.
 *
 * @param runs attempts that are over; the open ones are in their session's state
 * @param begun the generation that begins, null when none does
 * @param inPlace the generation that begins keeps its predecessor's session id
 * @param ended the generation that ends, null when none does
 * @param compaction the compaction that moved on, null when none did
 */
public record Facts(
    List<RunFact> runs,
    @Nullable Generation begun,
    boolean inPlace,
    @Nullable Generation ended,
    @Nullable CompactionFact compaction) {

  /**
   * An attempt that is over.
   *
   * @param generation the number of the owner
   * @param corrects it was thought to be over before, and how it ended is known only now
   */
  public record RunFact(
      RunId runId, long attempt, long generation, Status status, boolean corrects) {}

  /**
   * @param attempt null keeps the attempt that is known, or is the first
   */
  public record CompactionFact(
      CompactionId id, @Nullable Long attempt, PastCompaction.State state) {}

  public static Facts of(SessionEvent event) {
    List<RunFact> runs = new ArrayList<>();
    if (event instanceof RunStarted e && e.replacesOpenAttempt()) {
      runs.add(
          over(
              new RunAttempt(e.runId(), e.attempt() - 1),
              e.generation().number(),
              Status.SUPERSEDED));
    } else if (event instanceof SessionEvent.RunCompleted e) {
      runs.add(ended(e, Status.DONE));
    } else if (event instanceof SessionEvent.RunFailed e) {
      runs.add(ended(e, Status.FAILED));
    } else if (event instanceof SessionEvent.RunAborted e) {
      runs.add(ended(e, Status.ABORTED));
    } else if (event instanceof SessionEvent.RunInterrupted e) {
      runs.add(
          over(
              new RunAttempt(e.runId(), e.attempt()), e.generation().number(), Status.INTERRUPTED));
    }
    if (event instanceof EndsGeneration e) {
      long old = e.ended().number();
      e.supersededRuns().forEach(run -> runs.add(over(run, old, Status.SUPERSEDED)));
    }
    Generation ended = event instanceof EndsGeneration e ? e.ended() : null;
    Generation before = event instanceof SessionEvent.SessionReopened e ? e.closed() : ended;
    boolean begins =
        event instanceof SessionEvent.SessionOpened
            || (before != null && before.number() < event.generation().number());
    boolean inPlace = before != null && before.sessionId().equals(event.generation().sessionId());
    return new Facts(runs, begins ? event.generation() : null, inPlace, ended, compaction(event));
  }

  private static @Nullable CompactionFact compaction(SessionEvent event) {
    if (event instanceof CompactionBegun e) {
      return new CompactionFact(e.compactionId(), e.attempt(), PastCompaction.State.BEGUN);
    }
    if (event instanceof CompactionAbandoned e) {
      return new CompactionFact(e.compactionId(), e.attempt(), PastCompaction.State.ABANDONED);
    }
    if (event instanceof SessionCompacted e && e.compactionId() != null) {
      return new CompactionFact(e.compactionId(), null, PastCompaction.State.COMPLETED);
    }
    return null;
  }

  private static RunFact ended(SessionEvent.RunEnded event, Status status) {
    return new RunFact(
        event.runId(),
        event.attempt(),
        event.generation().number(),
        status,
        event.correctsInterruption());
  }

  private static RunFact over(RunAttempt run, long owner, Status status) {
    return new RunFact(run.runId(), run.attempt(), owner, status, false);
  }
}

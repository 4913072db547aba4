package org.sessionledger.core.store.audit;

import java.util.HashMap;
import java.util.Map;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.session.History.PastCompaction;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionEvent.CompactionBegun;
import org.sessionledger.core.session.SessionEvent.EndsGeneration;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.store.Facts;

/**
 * What the tables that are kept for ever must hold, from the events alone. A row of which parts
 * change at different times is several facts.
 */
final class FactFold {

  /** Takes facts that are true from now on, with 1, and those that are so no more, with -1. */
  @FunctionalInterface
  interface Taker {
    void take(int sign, long sessionNo, String... fact);
  }

  private final Taker taker;

  /** The compaction that is begun, of the sessions that have one. */
  private final Map<Long, CompactionId> begun = new HashMap<>();

  FactFold(Taker taker) {
    this.taker = taker;
  }

  static String[] run(String runId, long attempt, long generation, String status) {
    return new String[] {"run", runId, "attempt " + attempt, "generation " + generation, status};
  }

  static String[] generation(long number, String sessionId, long inPlace) {
    return new String[] {"generation " + number, sessionId, "in place " + inPlace};
  }

  static String[] ended(long generation, long position) {
    return new String[] {"generation " + generation, "ended at " + position};
  }

  static String[] attempts(String compactionId, long attempt) {
    return new String[] {"compaction", compactionId, "attempt " + attempt};
  }

  static String[] compaction(String compactionId, String state) {
    return new String[] {"compaction", compactionId, state};
  }

  void apply(long sessionNo, SessionEvent event, long position) {
    Facts facts = Facts.of(event);
    for (Facts.RunFact run : facts.runs()) {
      String id = run.runId().value();
      if (run.corrects()) {
        taker.take(
            -1, sessionNo, run(id, run.attempt(), run.generation(), Status.INTERRUPTED.code()));
      }
      taker.take(1, sessionNo, run(id, run.attempt(), run.generation(), run.status().code()));
    }
    Generation begins = facts.begun();
    if (begins != null) {
      long inPlace = facts.inPlace() ? begins.number() : 0;
      taker.take(1, sessionNo, generation(begins.number(), begins.sessionId().value(), inPlace));
    }
    Generation ended = facts.ended();
    if (ended != null) {
      taker.take(1, sessionNo, ended(ended.number(), position));
    }
    Facts.CompactionFact compaction = facts.compaction();
    if (compaction != null) {
      move(sessionNo, compaction);
    }
    if (event instanceof CompactionBegun e) {
      begun.put(sessionNo, e.compactionId());
    } else if (compaction != null || event instanceof EndsGeneration) {
      begun.remove(sessionNo);
    }
  }

  private void move(long sessionNo, Facts.CompactionFact fact) {
    String id = fact.id().value();
    if (fact.state() == PastCompaction.State.BEGUN) {
      long attempt = fact.attempt() == null ? 1 : fact.attempt();
      if (attempt > 1) {
        taker.take(-1, sessionNo, attempts(id, attempt - 1));
        taker.take(-1, sessionNo, compaction(id, PastCompaction.State.ABANDONED.name()));
      }
      taker.take(1, sessionNo, attempts(id, attempt));
    } else if (fact.id().equals(begun.get(sessionNo))) {
      taker.take(-1, sessionNo, compaction(id, PastCompaction.State.BEGUN.name()));
    } else {
      taker.take(1, sessionNo, attempts(id, 1));
    }
    taker.take(1, sessionNo, compaction(id, fact.state().name()));
  }
}

package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report;
import org.sessionledger.core.conformance.Snapshot.Status;

/**
 * Stores the session id alone, and has the rest in its process: it binds a run to the life in which
 * it first hears of it, and after a restart it hears of every run for the first time.
 */
public final class ForgetsOnRestart extends MemoryRuntime {

  private final Set<Session> forgotten = new HashSet<>();

  public ForgetsOnRestart(Clock clock) {
    super(clock);
  }

  @Override
  protected void restarted(Session session) {
    session.runs.clear();
    session.active.clear();
    session.lastOutcome = Status.IDLE;
    session.lastError = null;
    forgotten.add(session);
  }

  @Override
  protected boolean belongs(Report report, Session session, @Nullable Run run) {
    boolean unheardOf = run == null && forgotten.contains(session) && report.sessionId() != null;
    return signs(report, session) && (unheardOf || ownedBy(report, session, run));
  }
}

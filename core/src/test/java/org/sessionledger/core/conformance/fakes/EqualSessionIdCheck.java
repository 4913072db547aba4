package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report;
import org.sessionledger.core.conformance.Report.Kind;

/**
 * Compares the session id that a report signs with to the current one, and asks no more: a run that
 * learned the new id passes, and after a reset in place everything does.
 */
public final class EqualSessionIdCheck extends MemoryRuntime {

  public EqualSessionIdCheck(Clock clock) {
    super(clock);
  }

  @Override
  protected boolean belongs(Report report, Session session, @Nullable Run run) {
    boolean known = run != null || report.kind() == Kind.START;
    return known && session.life.sessionId.equals(report.sessionId());
  }
}

package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report;
import org.sessionledger.core.conformance.Report.Kind;

/** Takes what was made after the current life began, by the clock of who made it. */
public final class JudgesByClock extends MemoryRuntime {

  public JudgesByClock(Clock clock) {
    super(clock);
  }

  @Override
  protected boolean belongs(Report report, Session session, @Nullable Run run) {
    boolean names = run != null || (report.kind() == Kind.START && report.sessionId() != null);
    return names && !report.occurredAt().isBefore(session.life.began);
  }
}

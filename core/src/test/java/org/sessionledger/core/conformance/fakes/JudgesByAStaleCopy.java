package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report;

/**
 * Has a copy of the session id from when the session was opened, and judges by that: once the
 * session has another id, all that comes from the new life is taken for late.
 */
public final class JudgesByAStaleCopy extends MemoryRuntime {

  public JudgesByAStaleCopy(Clock clock) {
    super(clock);
  }

  @Override
  protected boolean belongs(Report report, Session session, @Nullable Run run) {
    boolean copyIsRight = session.first.sessionId.equals(session.life.sessionId);
    return copyIsRight && super.belongs(report, session, run);
  }
}

package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report;

/** Lets a report through that signs with nothing, for the sake of old senders. */
public final class FailsOpenWithoutId extends MemoryRuntime {

  public FailsOpenWithoutId(Clock clock) {
    super(clock);
  }

  @Override
  protected boolean belongs(Report report, Session session, @Nullable Run run) {
    return report.sessionId() == null || super.belongs(report, session, run);
  }
}

package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report;

/** Judges what it stores, and tells its subscribers of every report, as if it had been stored. */
public final class GuardsStoreNotBroadcast extends MemoryRuntime {

  public GuardsStoreNotBroadcast(Clock clock) {
    super(clock);
  }

  @Override
  protected void refused(Report report, Session session, @Nullable Run run) {
    showAsIfTaken(report, session);
  }
}

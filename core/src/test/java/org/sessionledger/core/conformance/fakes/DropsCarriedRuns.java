package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import java.util.List;

/** Takes a compaction for a reset: the run that made it is shut out of its own session. */
public final class DropsCarriedRuns extends MemoryRuntime {

  public DropsCarriedRuns(Clock clock) {
    super(clock);
  }

  @Override
  protected void carry(List<Run> runs, Session session) {
    // They stay with the life that has ended.
  }
}

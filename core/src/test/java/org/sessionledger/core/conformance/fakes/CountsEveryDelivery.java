package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import org.sessionledger.core.conformance.Report;
import org.sessionledger.core.conformance.Report.Kind;

/**
 * Takes each delivery for news: a repeat is counted before it is judged, a start begins a run that
 * has ended, and the last end wins.
 */
public final class CountsEveryDelivery extends MemoryRuntime {

  public CountsEveryDelivery(Clock clock) {
    super(clock);
  }

  @Override
  protected boolean again(Report report, Session session) {
    if (super.again(report, session)) {
      session.drift += report.kind() == Kind.START ? 1 : -1;
    }
    return false;
  }

  @Override
  protected boolean goesOn(Report report, Run run) {
    return true;
  }
}

package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report;

/**
 * Takes whatever names the key, and puts it on the life that happens to be current: the race as it
 * was first seen. What an operator expects is not looked at either.
 */
public final class AddressedByKeyOnly extends MemoryRuntime {

  public AddressedByKeyOnly(Clock clock) {
    super(clock);
  }

  @Override
  protected boolean belongs(Report report, Session session, @Nullable Run run) {
    return true;
  }

  @Override
  protected boolean expects(String expected, Session session) {
    return true;
  }
}

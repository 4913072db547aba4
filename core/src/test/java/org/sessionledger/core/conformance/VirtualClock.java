package org.sessionledger.core.conformance;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until it is moved. */
final class VirtualClock extends Clock {

  private volatile Instant now = Instant.parse("2026-05-31T09:00:00Z");

  /** A second goes by. */
  synchronized Instant tick() {
    now = now.plusSeconds(1);
    return now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}

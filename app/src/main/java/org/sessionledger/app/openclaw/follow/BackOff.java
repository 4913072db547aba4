package org.sessionledger.app.openclaw.follow;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Ever longer pauses, spread so that many followers do not come back at once. */
final class BackOff {

  /** A gateway that asks for more is asked again before. */
  private static final long ASKED_MAX_MILLIS = 60_000;

  private final RandomGenerator random;
  private final long first;
  private final long max;
  private long next;

  BackOff(Duration first, Duration max, RandomGenerator random) {
    this.random = random;
    this.first = Math.max(1, first.toMillis());
    this.max = Math.max(this.first, max.toMillis());
    this.next = this.first;
  }

  void reset() {
    next = first;
  }

  /** Between half the pause and the whole; at least what the gateway asked for. */
  long nextMillis(long askedMillis) {
    long pause = next / 2 + random.nextLong(next - next / 2 + 1);
    next = Math.min(max, next * 2);
    long asked = Math.min(ASKED_MAX_MILLIS, Math.max(0, askedMillis));
    return Math.max(pause, asked);
  }
}

package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what has a name. */
final class Await {

  private Await() {}

  static void until(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + TestLedger.PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}

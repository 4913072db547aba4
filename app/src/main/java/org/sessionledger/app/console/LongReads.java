package org.sessionledger.app.console;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.sessionledger.app.api.ApiProblem;

/**
 * Turns for pages that read a long history. Such a page takes a processor and much memory while it
 * reads, and whoever may look may ask for many at once: commands and short pages do not wait for
 * that.
 */
final class LongReads {

  private static final int AT_ONCE = 2;
  private static final Duration WAIT = Duration.ofSeconds(1);

  private final Semaphore turns;
  private final Duration wait;

  LongReads() {
    this(AT_ONCE, WAIT);
  }

  LongReads(int atOnce, Duration wait) {
    this.turns = new Semaphore(atOnce, true);
    this.wait = wait;
  }

  /** A page's turn, which it takes when it turns out to be long. */
  final class Turn implements AutoCloseable {

    private boolean taken;

    /**
     * Takes it, once.
     *
     * @throws ApiProblem when none came free in time
     */
    void take() {
      if (taken) {
        return;
      }
      try {
        taken = turns.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!taken) {
        throw new ApiProblem(
            503,
            "unavailable",
            "Other long histories are being read",
            "The server reads few long histories at a time. Ask again in a second, or for fewer"
                + " versions.");
      }
    }

    @Override
    public void close() {
      if (taken) {
        turns.release();
      }
    }
  }

  Turn turn() {
    return new Turn();
  }
}

package org.sessionledger.app.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** One line that says how far long work is, rewritten in place; nothing unless a person watches. */
final class Progress {

  private static final long EVERY_NANOS = Duration.ofMillis(100).toNanos();
  private static final int BAR = 24;
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private final PrintWriter err;
  private final boolean shown;
  private final LongSupplier nanoTime;
  private long lastAt;
  private boolean dirty;

  Progress(Terminal terminal, boolean wanted) {
    this(terminal.err(), terminal.watched() && wanted, System::nanoTime);
  }

  Progress(PrintWriter err, boolean shown, LongSupplier nanoTime) {
    this.err = err;
    this.shown = shown;
    this.nanoTime = nanoTime;
    this.lastAt = nanoTime.getAsLong();
  }

  /**
   * Says how far it is.
   *
   * @param what asked for only when it is shown: most calls come too soon after the last
   * @param total 0 when that is not known
   */
  void at(Supplier<String> what, long done, long total) {
    if (!shown || nanoTime.getAsLong() - lastAt < EVERY_NANOS) {
      return;
    }
    lastAt = nanoTime.getAsLong();
    dirty = true;
    String bar = total <= 0 ? "" : bar(Math.min(1, (double) done / total)) + "  ";
    err.print(CLEAR_LINE + bar + Shown.cut(what.get(), Table.WIDTH - BAR - 10));
    err.flush();
  }

  private static String bar(double share) {
    int full = (int) Math.round(share * BAR);
    return "█".repeat(full)
        + "░".repeat(BAR - full)
        + String.format(" %3d%%", Math.round(share * 100));
  }

  /** Takes the line away. */
  void clear() {
    if (dirty) {
      err.print(CLEAR_LINE);
      err.flush();
      dirty = false;
    }
  }
}

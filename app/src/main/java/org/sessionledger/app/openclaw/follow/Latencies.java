package org.sessionledger.app.openclaw.follow;

/**
 * How long frames took from their arrival to their decision: a count for each eighth of a power.
 */
final class Latencies {

  private static final int STEPS = 8;

  private final long[] counts = new long[STEPS * 40];
  private long total;

  void note(long nanos) {
    double micros = Math.max(1, nanos / 1_000.0);
    int bucket = (int) Math.ceil(Math.log(micros) / Math.log(2) * STEPS);
    counts[Math.min(bucket, counts.length - 1)]++;
    total++;
  }

  /** In milliseconds, at most a tenth too much; 0 when nothing was noted. */
  double percentile(double share) {
    long rank = (long) Math.ceil(share * total);
    long seen = 0;
    for (int bucket = 0; bucket < counts.length && total > 0; bucket++) {
      seen += counts[bucket];
      if (seen >= rank) {
        return Math.pow(2, (double) bucket / STEPS) / 1_000;
      }
    }
    return 0;
  }
}

package org.sessionledger.bench;

import java.util.Arrays;

/**
 * What one competitor did in one window.
 *
 * @param commands durable and acknowledged
 * @param nanos from the first command to the last acknowledgement
 * @param latencies of each command in nanoseconds, sorted; empty where they mean nothing
 */
record Window(long commands, long nanos, long[] latencies) {

  Window {
    Arrays.sort(latencies);
  }

  Window(long commands, long nanos) {
    this(commands, nanos, new long[0]);
  }

  double perSecond() {
    return commands * 1e9 / nanos;
  }

  double millis(double quantile) {
    int index = (int) Math.ceil(quantile * latencies.length) - 1;
    return latencies[Math.max(0, index)] / 1e6;
  }
}

package org.sessionledger.bench;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The median of several windows, and how far they lay apart. */
record Figures(double median, double min, double max) {

  static Figures of(DoubleStream windows) {
    double[] sorted = windows.sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Figures(median, sorted[0], sorted[sorted.length - 1]);
  }

  static String shown(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
  }
}

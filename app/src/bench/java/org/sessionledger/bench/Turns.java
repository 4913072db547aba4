package org.sessionledger.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Runs competitors window by window in turn, so that the machine's drift hits all alike. */
final class Turns {

  private final Options options;
  private final Map<String, Callable<Competitor>> makers = new LinkedHashMap<>();

  Turns(Options options) {
    this.options = options;
  }

  /** It is made when all of them are known, and only if it is asked for. */
  Turns with(String name, Callable<Competitor> maker) {
    if (options.competes(name)) {
      makers.put(name, maker);
    }
    return this;
  }

  /** The windows of each, without the warm-up. Closes the competitors. */
  Map<String, List<Window>> run() throws Exception {
    Map<String, List<Window>> windows = new LinkedHashMap<>();
    Map<String, Competitor> competitors = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Callable<Competitor>> each : makers.entrySet()) {
        competitors.put(each.getKey(), each.getValue().call());
        windows.put(each.getKey(), new ArrayList<>());
      }
      for (int turn = 0; turn < options.warmups() + options.windows(); turn++) {
        // Each has another neighbour before it in each turn.
        List<String> order = new ArrayList<>(competitors.keySet());
        Collections.rotate(order, turn * 5);
        for (String name : order) {
          // One's garbage is not the next one's work.
          System.gc();
          Window window = competitors.get(name).run(options.window());
          System.err.printf("  %s %d: %,.0f/s%n", name, turn, window.perSecond());
          if (turn >= options.warmups()) {
            windows.get(name).add(window);
          }
        }
      }
    } finally {
      for (Competitor each : competitors.values()) {
        each.close();
      }
    }
    return windows;
  }
}

package org.sessionledger.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;

/** One command on sessions with short and long histories, in memory and after a restart. */
final class HistoryLength implements Part {

  static final String WARM = "one command, session of %,d events, warm";
  static final String COLD = "one command, session of %,d events, the first after a restart";
  static final int SHORT = 10;
  static final int LONG = 100_000;

  private static final int MIDDLE = 1_000;

  /** Commands of each window on each kind of session. */
  private static final int ROUNDS = 100;

  /** Restarts of each window: a restart gives one figure for each kind of session. */
  private static final int RESTARTS = 3;

  /** Sessions that are touched after a restart first, so that the code is not what is cold. */
  private static final int WARM_UP = 50;

  @Override
  public String name() {
    return "history";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    int rounds = ROUNDS * (options.warmups() + options.windows());
    Home home = database.fresh("history");
    // A session grows by what is measured on it: short ones are used once.
    Work brief = Work.inStep("brief", rounds);
    Map<Integer, Work> works = new LinkedHashMap<>();
    works.put(SHORT, brief);
    works.put(MIDDLE, Work.inStep("middle", 1));
    works.put(LONG, Work.inStep("long", 1));
    int restarts = RESTARTS * (options.warmups() + options.windows());
    Work fresh = Work.inStep("fresh", restarts);
    Work others = Work.inStep("others", WARM_UP * restarts);
    try (LedgerStorage.OpenLedger open = home.open()) {
      for (Map.Entry<Integer, Work> each : works.entrySet()) {
        grow(open.ledger(), each.getValue(), each.getKey());
      }
      grow(open.ledger(), fresh, SHORT);
      grow(open.ledger(), others, SHORT);
      Map<Integer, List<Window>> windows = empty(works);
      for (int i = 0; i < options.warmups() + options.windows(); i++) {
        Map<Integer, long[]> latencies = new LinkedHashMap<>();
        works.keySet().forEach(length -> latencies.put(length, new long[ROUNDS]));
        for (int round = 0; round < ROUNDS; round++) {
          for (Map.Entry<Integer, Work> each : works.entrySet()) {
            latencies.get(each.getKey())[round] = time(open.ledger(), each.getValue());
          }
        }
        add(windows, latencies, i >= options.warmups());
      }
      report(database, report, WARM, windows);
    }
    works.put(SHORT, fresh);
    Map<Integer, List<Window>> windows = empty(works);
    for (int i = 0; i < options.warmups() + options.windows(); i++) {
      Map<Integer, long[]> latencies = new LinkedHashMap<>();
      works.keySet().forEach(length -> latencies.put(length, new long[RESTARTS]));
      for (int restart = 0; restart < RESTARTS; restart++) {
        try (LedgerStorage.OpenLedger open = home.open()) {
          for (int other = 0; other < WARM_UP; other++) {
            time(open.ledger(), others);
          }
          for (Map.Entry<Integer, Work> each : works.entrySet()) {
            latencies.get(each.getKey())[restart] = time(open.ledger(), each.getValue());
          }
        }
      }
      add(windows, latencies, i >= options.warmups());
    }
    report(database, report, COLD, windows);
  }

  private static Map<Integer, List<Window>> empty(Map<Integer, Work> works) {
    Map<Integer, List<Window>> windows = new LinkedHashMap<>();
    works.keySet().forEach(length -> windows.put(length, new ArrayList<>()));
    return windows;
  }

  private static void add(
      Map<Integer, List<Window>> windows, Map<Integer, long[]> latencies, boolean counts) {
    if (counts) {
      latencies.forEach(
          (length, each) ->
              windows.get(length).add(new Window(each.length, Arrays.stream(each).sum(), each)));
    }
  }

  private static void report(
      Database database, Report report, String name, Map<Integer, List<Window>> windows) {
    windows.forEach((length, each) -> report.latency(database, name.formatted(length), 0.5, each));
  }

  /** Gives every session of a load the same number of events. */
  private static void grow(Ledger ledger, Work work, int events) throws Exception {
    Opening.all(ledger, work.openings());
    InFlight.of(ledger, work).run((long) work.sessions() * (events - 1));
  }

  private static long time(Ledger ledger, Work work) {
    Arrival arrival = work.arrival();
    long start = System.nanoTime();
    LedgerClient.requireAccepted(ledger.submit(arrival).join());
    return System.nanoTime() - start;
  }
}

package org.sessionledger.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was to be reached, beside what this run measured. */
final class Goals {

  /** OpenClaw 2026.9.6's own row update with 10,000 sessions; measured once, not in this run. */
  private static final double OPENCLAW_PER_SECOND = 271;

  private static final double NODES_P99_MILLIS = 50;

  private static final double TRAVEL_MILLIS = 50;

  /** A goal of 0, which would stand for no goal. */
  private static final double NONE = Double.MIN_VALUE;

  /**
   * @param limit 0 for a figure without a goal
   * @param measured empty when its rows were not run
   */
  record Goal(
      String database, String text, Optional<Double> measured, boolean atLeast, double limit) {

    String line() {
      return "| %s | %s | %s | %s | %s |"
          .formatted(
              database,
              text,
              goal(),
              measured.map(Figures::shown).orElse("–"),
              measured.map(this::reached).orElse("not run"));
    }

    private String goal() {
      if (limit == 0) {
        return "none";
      }
      if (limit == NONE) {
        return "0";
      }
      String number =
          limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
      return (atLeast ? "≥ " : "≤ ") + number;
    }

    private String reached(double value) {
      return limit == 0 ? "" : met(value) ? "yes" : "**no**";
    }

    private boolean met(double value) {
      return atLeast ? value >= limit : value <= limit;
    }
  }

  private final Report report;
  private final List<Goal> goals = new ArrayList<>();

  private Goals(Report report) {
    this.report = report;
  }

  static void report(Report report, List<Database> databases) {
    Goals goals = new Goals(report);
    databases.forEach(goals::add);
    report.text("");
    report.text("| database | figure (of medians) | goal | measured | reached |");
    report.text("|---|---|---|---:|---|");
    goals.goals.forEach(goal -> report.text(goal.line()));
  }

  private void add(Database database) {
    boolean postgres = database instanceof Database.Postgres;
    atLeast(database, Throughput.LEDGER, Throughput.RAW_HUNDRED, 0.8);
    // Raw JDBC with its database's own trick, which nobody set a goal for.
    String trick = postgres ? Throughput.RAW_REWRITTEN : Throughput.RAW_CHECKPOINT;
    atLeast(database, Throughput.LEDGER, trick, 0);
    atLeast(database, Throughput.LEDGER, Throughput.AXON, postgres ? 8 : 4);
    atLeast(database, Throughput.HOT, Throughput.LEDGER, 0.5);
    atMost(database, Throughput.ONE_CLIENT + " p50", Throughput.RAW_ONE + " p50", 1.2);
    atMost(database, Throughput.CLIENTS + " p99", Throughput.RAW_ONE + " p50", 4);
    atLeast(database, OverHttp.BATCHES, OverHttp.IN_PROCESS, 0.6);
    atLeast(database, OverHttp.SINGLE_64, OverHttp.IN_PROCESS, 0.3);
    Refusals.OTHERS.forEach(other -> atLeast(database, other, Refusals.ACCEPTED, 1));
    alone(database, Refusals.FLOOD_ROWS, false, 1);
    atMost(database, Refusals.FLOODED + " p99", Refusals.CALM + " p99", 1.5);
    for (String state : List.of(HistoryLength.WARM, HistoryLength.COLD)) {
      atMost(
          database,
          state.formatted(HistoryLength.LONG) + " p50",
          state.formatted(HistoryLength.SHORT) + " p50",
          1.5);
    }
    alone(database, ViewLag.IN_PROCESS + " p50", false, 5);
    alone(database, ViewLag.IN_PROCESS + " p99", false, 25);
    if (postgres) {
      alone(database, ViewLag.BETWEEN + " p99", false, NODES_P99_MILLIS);
    }
    alone(database, LiveFeed.DELIVERED + " p99", false, 250);
    alone(database, LiveFeed.SHARE, true, 100);
    goals.add(
        new Goal(
            database.name(),
            Throughput.LEDGER + " ÷ OpenClaw's row update (271/s, not of this run)",
            report.median(database, Throughput.LEDGER).map(rate -> rate / OPENCLAW_PER_SECOND),
            true,
            20));
    if (!postgres) {
      alone(database, Embedded.OPEN, false, 1_000);
    }
    alone(database, Embedded.OVERHEAD, false, 5);
    alone(database, Heap.PEAK, false, Heap.LIMIT_MIB);
    alone(database, Rebuilding.STATUS, true, postgres ? 200_000 : 120_000);
    atLeast(database, Rebuilding.STATUS, Rebuilding.SCAN, 0.5);
    Rebuilding.OTHERS.forEach(view -> alone(database, Rebuilding.of(view), true, 100_000));
    atMost(database, Rebuilding.DURING, Rebuilding.BEFORE, 2);
    alone(database, Rebuilding.FAULTS, false, NONE);
    alone(database, Rebuilding.PEAK, false, Heap.LIMIT_MIB);
    alone(database, Verifying.EVENTS, true, 100_000);
    alone(database, Verifying.PEAK, false, Heap.LIMIT_MIB);
    alone(database, Verifying.TRAVEL + " p99", false, TRAVEL_MILLIS);
    alone(database, Verifying.TRAVEL_AT + " p99", false, TRAVEL_MILLIS);
  }

  private void atLeast(Database database, String what, String of, double limit) {
    ratio(database, what, of, true, limit);
  }

  private void atMost(Database database, String what, String of, double limit) {
    ratio(database, what, of, false, limit);
  }

  private void ratio(Database database, String what, String of, boolean atLeast, double limit) {
    Optional<Double> measured =
        report
            .median(database, what)
            .flatMap(value -> report.median(database, of).map(other -> value / other));
    goals.add(new Goal(database.name(), what + " ÷ " + of, measured, atLeast, limit));
  }

  private void alone(Database database, String what, boolean atLeast, double limit) {
    goals.add(new Goal(database.name(), what, report.median(database, what), atLeast, limit));
  }
}

package org.sessionledger.bench;

import java.util.List;
import org.sessionledger.app.api.HomeCalls;

/** Runs the parts that are asked for and prints one table: docs/benchmarks.md. */
public final class Bench {

  private static final List<Part> PARTS =
      List.of(
          new Throughput(),
          new Refusals(),
          new OverHttp(),
          new HistoryLength(),
          new ViewLag(),
          new LiveFeed(),
          new Nodes(),
          new StartUp(),
          new Embedded(),
          new Heap(),
          new Rebuilding(),
          new Verifying());

  private Bench() {}

  public static void main(String[] args) {
    int status = 0;
    try {
      run();
    } catch (Exception e) {
      e.printStackTrace();
      status = 1;
    }
    // Some of the competitors leave threads behind that nobody can end.
    System.exit(status);
  }

  private static void run() throws Exception {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    HomeCalls.forbid();
    Options options = Options.fromProperties();
    Report report = new Report(options.target().resolve("bench/results.md"));
    List<Part> parts = options.chosen(PARTS, Part::name);
    try (Scratch scratch = Scratch.in(options.target().resolve("bench"))) {
      List<Database> databases = options.chosen(scratch.databases(), Database::name);
      report.text(Machine.described(options, databases));
      report.begin();
      for (Part part : parts) {
        for (Database database : databases) {
          part.run(database, options, report);
        }
      }
      Goals.report(report, databases);
      report.end();
    }
  }
}

package org.sessionledger.bench;

import java.util.stream.DoubleStream;
import org.sessionledger.app.api.LedgerStorage;

/** From the start of a server's process to its first answer. */
final class StartUp implements Part {

  private static final int MANY = 100_000;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    report(database, options, report, "start of a server, nothing stored", database.fresh("empty"));
    Home full = database.fresh("full");
    try (LedgerStorage.OpenLedger open = full.open()) {
      Opening.all(open.ledger(), new Work("many", MANY).openings());
    }
    try (ServerProcess once = ServerProcess.start(options, full.storage())) {
      // A server that finds views far behind is not what is asked for.
      once.awaitViews();
    }
    report(
        database, options, report, "start of a server, %,d sessions stored".formatted(MANY), full);
  }

  private static void report(
      Database database, Options options, Report report, String name, Home home) throws Exception {
    double[] millis = new double[options.windows()];
    for (int i = 0; i < millis.length; i++) {
      try (ServerProcess server = ServerProcess.start(options, home.storage())) {
        millis[i] = server.millisUntilAnswer();
      }
    }
    report.row(database.name(), name, "ms", Figures.of(DoubleStream.of(millis)));
  }
}

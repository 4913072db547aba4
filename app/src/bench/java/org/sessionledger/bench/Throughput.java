package org.sessionledger.bench;

import com.zaxxer.hikari.HikariConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.api.LedgerViews;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.Views;

/** Everybody side by side in process: how many commands a second, and how long one takes. */
final class Throughput implements Part {

  static final String RAW_ONE = "raw JDBC, 1 a transaction, 1 thread";
  static final String RAW_HUNDRED = "raw JDBC, 100 a transaction, 1 thread";
  static final String AXON = "Axon as it comes, 8 threads";
  static final String LEDGER = "ledger, 256 in flight, 10,000 sessions";
  static final String HOT = "ledger, 256 in flight, 1 session";
  static final String ONE_CLIENT = "ledger, 1 client";
  static final String CLIENTS = "ledger, 8 clients";

  private static final String RAW_THREADS = "raw JDBC, 1 a transaction, 8 threads, no head";
  static final String RAW_CHECKPOINT =
      "raw JDBC, 100 a transaction, 1 thread, CHECKPOINT after each";
  static final String RAW_REWRITTEN = "raw JDBC, 100 a transaction, 1 thread, batches rewritten";
  private static final String CACHED = "Axon + aggregate cache, 8 threads";
  private static final String PEKKO = "Pekko Persistence JDBC, 256 in flight";
  private static final String VIEWED = "ledger with its four views, 256 in flight";
  private static final int THREADS = 8;

  /** How much is recorded for each second of a window; raw JDBC stops when it has written all. */
  private static final int SINGLE_PER_SECOND = 2_500;

  private static final int HUNDREDS_PER_SECOND = 250;

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    double seconds = options.window().toMillis() / 1_000.0;
    Callable<HikariConfig> fresh = () -> database.fresh("raw").settings();
    Recorded singles =
        new Recorded(database, options, report, fresh, 1, (int) (SINGLE_PER_SECOND * seconds));
    Recorded hundreds =
        new Recorded(database, options, report, fresh, 100, (int) (HUNDREDS_PER_SECOND * seconds));
    Home home = database.fresh("ledger");
    Home viewed = database.fresh("viewed");
    try (LedgerStorage.OpenLedger open = home.open();
        LedgerStorage.OpenLedger openViewed = viewed.open();
        Views views = Views.open(openViewed.ledger(), LedgerViews.of(openViewed.ledger()).all())) {
      Work work = new Work("ledger", Options.SESSIONS);
      Work hot = new Work("hot", 1);
      Work watched = new Work("viewed", Options.SESSIONS);
      Opening.all(open.ledger(), work);
      Opening.all(open.ledger(), hot);
      Opening.all(openViewed.ledger(), watched);
      Turns turn =
          new Turns(options)
              .with(RAW_ONE, () -> new RawJdbc(singles.get(), fresh, 1, ""))
              .with(RAW_THREADS, () -> new RawJdbc(singles.get(), fresh, THREADS, ""))
              .with(RAW_HUNDRED, () -> new RawJdbc(hundreds.get(), fresh, 1, ""));
      if (database instanceof Database.Postgres) {
        turn.with(
            RAW_REWRITTEN, () -> new RawJdbc(hundreds.get(), () -> rewritten(fresh.call()), 1, ""));
      } else {
        turn.with(
            RAW_CHECKPOINT,
            () -> new RawJdbc(hundreds.get(), () -> delayed(fresh.call()), 1, "CHECKPOINT"));
      }
      turn.with(AXON, () -> AxonAsItComes.competitor(database.fresh("axon"), THREADS, false))
          .with(CACHED, () -> AxonAsItComes.competitor(database.fresh("cached"), THREADS, true))
          .with(PEKKO, () -> new PekkoPersistence(database.fresh("pekko")))
          .with(LEDGER, () -> InFlight.of(open.ledger(), work))
          .with(HOT, () -> InFlight.of(open.ledger(), hot))
          .with(ONE_CLIENT, () -> LedgerClient.many(1, open.ledger(), work))
          .with(CLIENTS, () -> LedgerClient.many(THREADS, open.ledger(), work))
          .with(VIEWED, () -> watched(openViewed.ledger(), views, watched));
      Map<String, List<Window>> windows = turn.run();
      windows.forEach((name, each) -> report.rate(database, name, each));
      for (String name : List.of(RAW_ONE, ONE_CLIENT, CLIENTS)) {
        if (!windows.containsKey(name)) {
          continue;
        }
        report.latency(database, name, 0.5, windows.get(name));
        report.latency(database, name, 0.99, windows.get(name));
      }
    }
  }

  /** A recording that is made when the first one needs it. */
  private static final class Recorded {

    private final Database database;
    private final Options options;
    private final Report report;
    private final Callable<HikariConfig> fresh;
    private final int perTransaction;
    private final int transactions;
    private @Nullable Recording made;

    Recorded(
        Database database,
        Options options,
        Report report,
        Callable<HikariConfig> fresh,
        int perTransaction,
        int transactions) {
      this.database = database;
      this.options = options;
      this.report = report;
      this.fresh = fresh;
      this.perTransaction = perTransaction;
      this.transactions = transactions;
    }

    Recording get() throws Exception {
      Recording known = made;
      if (known == null) {
        System.err.printf(
            "  recording %,d × %d commands on %s%n", transactions, perTransaction, database.name());
        known =
            Recording.of(database, options.target().resolve("bench"), perTransaction, transactions);
        report.note(
            "%s: rows that raw JDBC writes for one command, %d a transaction: %s"
                .formatted(database.name(), perTransaction, known.rows()));
        Set<String> differences = new RawJdbc(known, fresh, 1, "").differences();
        report.note(
            "%s: rows that raw JDBC left behind, %d a transaction: %s"
                .formatted(
                    database.name(),
                    perTransaction,
                    differences.isEmpty()
                        ? "each table holds what the ledger's does"
                        : "NOT the ledger's in " + differences));
        made = known;
      }
      return known;
    }
  }

  /** As the ledger has H2 write its file. */
  private static HikariConfig delayed(HikariConfig settings) {
    settings.setJdbcUrl(settings.getJdbcUrl().replace("WRITE_DELAY=0", "WRITE_DELAY=5000"));
    return settings;
  }

  private static HikariConfig rewritten(HikariConfig settings) {
    settings.addDataSourceProperty("reWriteBatchedInserts", "true");
    return settings;
  }

  /**
   * The next one's turn is when the views have everything; that they need not, is not waited for.
   */
  private static Competitor watched(Ledger ledger, Views views, Work work) {
    InFlight load = InFlight.of(ledger, work);
    return window -> {
      Window done = load.run(window);
      if (!views.awaitAll(Duration.ofMinutes(1))) {
        throw new IllegalStateException("the views lag: " + views.states());
      }
      return done;
    };
  }
}

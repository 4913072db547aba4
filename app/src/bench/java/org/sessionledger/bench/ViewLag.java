package org.sessionledger.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.api.LedgerViews;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.status.FindSessionStatus;
import org.sessionledger.projections.status.SessionStatusView;

/** From a command's acknowledgement until a query of the status view tells of it. */
final class ViewLag implements Part {

  static final String IN_PROCESS = "acknowledgement to view, in process";
  static final String BETWEEN = "acknowledgement to view, between nodes";

  private static final String LOADED = "acknowledgement to view, in process, beside 8 clients";

  private static final long LOOK_NANOS = 100_000;

  private static final long PATIENCE_NANOS = 10_000_000_000L;

  @Override
  public String name() {
    return "lag";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    Work work = new Work("lag", Options.SESSIONS);
    Home home = database.fresh("lag");
    try (LedgerStorage.OpenLedger open = home.open()) {
      Opening.all(open.ledger(), work);
      LedgerViews views = LedgerViews.of(open.ledger());
      try (Views running = Views.open(open.ledger(), views.all());
          Clients clients = LedgerClient.many(8, open.ledger(), work)) {
        requireCaughtUp(running);
        report(database, options, report, IN_PROCESS, open.ledger(), work, views.status());
        CompletableFuture<Window> load =
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return clients.run(
                        options.window().multipliedBy(options.warmups() + options.windows() + 1L));
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
        report(database, options, report, LOADED, open.ledger(), work, views.status());
        load.join();
      }
    }
    if (database instanceof Database.Postgres) {
      betweenNodes(database, options, report);
    }
  }

  /** Commands go to one node; the other one runs the views and is asked. */
  private static void betweenNodes(Database database, Options options, Report report)
      throws Exception {
    Work work = new Work("between", Options.SESSIONS);
    Home home = database.fresh("between");
    try (LedgerStorage.OpenLedger taking = home.open();
        LedgerStorage.OpenLedger showing = home.open()) {
      Opening.all(taking.ledger(), work);
      LedgerViews views = LedgerViews.of(showing.ledger());
      try (Views running = Views.open(showing.ledger(), views.all())) {
        requireCaughtUp(running);
        report(database, options, report, BETWEEN, taking.ledger(), work, views.status());
      }
    }
  }

  private static void requireCaughtUp(Views views) {
    if (!views.awaitAll(java.time.Duration.ofMinutes(1))) {
      throw new IllegalStateException("the views lag: " + views.states());
    }
  }

  private static void report(
      Database database,
      Options options,
      Report report,
      String name,
      Ledger ledger,
      Work work,
      SessionStatusView view) {
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < options.warmups() + options.windows(); i++) {
      Window window = window(options, ledger, work, view);
      if (i >= options.warmups()) {
        windows.add(window);
      }
    }
    report.latency(database, name, 0.5, windows);
    report.latency(database, name, 0.99, windows);
  }

  private static Window window(Options options, Ledger ledger, Work work, SessionStatusView view) {
    long[] lags = new long[1_024];
    int count = 0;
    long start = System.nanoTime();
    long end = start + options.window().toNanos();
    while (System.nanoTime() < end) {
      if (count == lags.length) {
        lags = Arrays.copyOf(lags, 2 * count);
      }
      lags[count++] = lag(ledger, work, view);
    }
    return new Window(count, System.nanoTime() - start, Arrays.copyOf(lags, count));
  }

  private static long lag(Ledger ledger, Work work, SessionStatusView view) {
    Decision decision = ledger.submit(work.arrival()).join();
    long acknowledged = System.nanoTime();
    LedgerClient.requireAccepted(decision);
    FindSessionStatus query = new FindSessionStatus(decision.sessionKey());
    while (view.find(query).map(SessionStatus::version).orElse(0L) < decision.session().version()) {
      if (System.nanoTime() - acknowledged > PATIENCE_NANOS) {
        throw new IllegalStateException("the view never told of " + decision);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return System.nanoTime() - acknowledged;
  }
}

package org.sessionledger.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.RunHandle;
import org.sessionledger.core.ledger.SessionHandle;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;

/** The ledger inside a program: how long it takes to open, and what a handle costs. */
final class Embedded implements Part {

  static final String OPEN = "open in a program, 100,000 sessions stored";
  static final String OVERHEAD = "what a handle adds to a command, at the median";

  private static final int MANY = 100_000;

  /** Reports of each kind in a window. */
  private static final int ROUNDS = 2_000;

  @Override
  public String name() {
    return "embedded";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    Home home = database.fresh("embedded");
    try (LedgerStorage.OpenLedger open = home.open()) {
      Opening.all(open.ledger(), new Work("many", MANY).openings());
    }
    open(home); // the code is warm afterwards
    report.row(
        database.name(),
        OPEN,
        "ms",
        Figures.of(DoubleStream.generate(() -> open(home)).limit(options.windows())));
    try (LedgerStorage.OpenLedger open = home.open()) {
      handles(database, options, report, open.ledger());
    }
  }

  /** From the call to the first decision, in milliseconds. */
  private static double open(Home home) {
    long start = System.nanoTime();
    try (LedgerStorage.OpenLedger open = home.open()) {
      open.ledger().session(new SessionKey("first"));
      return (System.nanoTime() - start) / 1e6;
    }
  }

  /** In turn, one by one, so that nothing but the handle differs. */
  private static void handles(Database database, Options options, Report report, Ledger ledger) {
    SessionHandle session = ledger.session(new SessionKey("handles"));
    RunHandle run = session.start(new RunId("by-handle"));
    Provenance provenance = new Provenance(ledger.options().source(), null, null, null, null);
    Supplier<Decision> plain =
        () ->
            ledger.decide(
                new SessionCommand.ReportProgress(
                    run.sessionKey(),
                    session.generation().sessionId(),
                    session.generation().number(),
                    run.runId(),
                    1L,
                    "at work",
                    17L),
                provenance);
    Supplier<Decision> byHandle = () -> run.progress("at work", 17L);
    List<Window> plains = new ArrayList<>();
    List<Window> handles = new ArrayList<>();
    for (int i = 0; i < options.warmups() + options.windows(); i++) {
      long[] plainNanos = new long[ROUNDS];
      long[] handleNanos = new long[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        plainNanos[round] = time(plain);
        handleNanos[round] = time(byHandle);
      }
      if (i >= options.warmups()) {
        plains.add(window(plainNanos));
        handles.add(window(handleNanos));
      }
    }
    report.latency(database, "a report as a plain command", 0.5, plains);
    report.latency(database, "a report by a handle", 0.5, handles);
    double[] micros = new double[plains.size()];
    Arrays.setAll(micros, i -> (handles.get(i).millis(0.5) - plains.get(i).millis(0.5)) * 1_000);
    report.row(database.name(), OVERHEAD, "µs", Figures.of(DoubleStream.of(micros)));
    run.complete();
  }

  private static Window window(long[] nanos) {
    return new Window(nanos.length, Arrays.stream(nanos).sum(), nanos);
  }

  private static long time(Supplier<Decision> report) {
    long start = System.nanoTime();
    LedgerClient.requireAccepted(report.get());
    return System.nanoTime() - start;
  }
}

package org.sessionledger.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.DoubleStream;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Verdict;

/** What is refused or known already, beside what is accepted; and a flood of one refusal. */
final class Refusals implements Part {

  static final String ACCEPTED = "accepted, 256 in flight, beside refusals";
  static final List<String> OTHERS =
      List.of(
          "refusals, each another one, 256 in flight",
          "refusals, repeats of 10,000, 256 in flight",
          "duplicates by command id, 256 in flight",
          "duplicates by content, 256 in flight");
  static final String FLOOD_ROWS = "flood of identical refusals, lines added";
  static final String CALM = "8 clients before the flood";
  static final String FLOODED = "8 clients during the flood";

  private static final int CLIENTS = 8;

  @Override
  public String name() {
    return "refusals";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    Work work = new Work("refusals", Options.SESSIONS);
    Work known = new Work("known", Options.SESSIONS);
    Home home = database.fresh("refusals");
    try (LedgerStorage.OpenLedger open = home.open()) {
      Ledger ledger = open.ledger();
      Opening.all(ledger, work);
      List<Arrival> sent = known.openings();
      Opening.all(ledger, sent);
      AtomicLong next = new AtomicLong();
      new Turns(options)
          .with(ACCEPTED, () -> InFlight.of(ledger, work))
          .with(
              OTHERS.get(0),
              () -> refused(ledger, () -> late(work, next.getAndIncrement(), "r-" + next.get())))
          .with(
              OTHERS.get(1),
              () -> refused(ledger, () -> late(work, next.getAndIncrement(), "nobody")))
          .with(
              OTHERS.get(2),
              () -> repeated(ledger, () -> sent.get((int) (next.getAndIncrement() % sent.size()))))
          .with(
              OTHERS.get(3),
              () ->
                  repeated(
                      ledger,
                      () -> known.opening((int) (next.getAndIncrement() % known.sessions()))))
          .run()
          .forEach((name, windows) -> report.rate(database, name, windows));
      flood(database, options, report, ledger, work);
    }
  }

  private static InFlight refused(Ledger ledger, InFlight.Source source) {
    return new InFlight(ledger, source, Verdict.REJECTED, Options.IN_FLIGHT);
  }

  private static InFlight repeated(Ledger ledger, InFlight.Source source) {
    return new InFlight(ledger, source, Verdict.DUPLICATE, Options.IN_FLIGHT);
  }

  /** A report of a run that nobody started. */
  private static Arrival late(Work work, long number, String run) {
    int session = (int) (number % work.sessions());
    return Work.arrival(
        new SessionCommand.CompleteRun(
            new SessionKey(work.key(session)),
            new SessionId(Work.sessionId(session)),
            null,
            new RunId(run),
            null));
  }

  private static void flood(
      Database database, Options options, Report report, Ledger ledger, Work work)
      throws Exception {
    List<Window> calm = new ArrayList<>();
    List<Window> flooded = new ArrayList<>();
    try (Clients clients = LedgerClient.many(CLIENTS, ledger, work)) {
      for (int i = 0; i < options.warmups() + options.windows(); i++) {
        Window window = clients.run(options.window());
        if (i >= options.warmups()) {
          calm.add(window);
        }
      }
      InFlight flood = refused(ledger, () -> late(work, 0, "flood"));
      CompletableFuture<Window> flooding =
          CompletableFuture.supplyAsync(() -> run(flood, options.flood()));
      while (!flooding.isDone()) {
        Window window = clients.run(options.window());
        // The last window's end is calm again.
        if (!flooding.isDone() || flooded.isEmpty()) {
          flooded.add(window);
        }
      }
      report.rate(
          database,
          "flood of %,d identical refusals, beside 8 clients".formatted(options.flood()),
          List.of(flooding.join()));
    }
    List<LoggedDecision> lines =
        ledger.reader().refusalsOf(new SessionKey(work.key(0)), 0, 1_000).stream()
            .filter(line -> "flood".equals(line.runId()))
            .toList();
    long counted = lines.stream().mapToLong(LoggedDecision::count).sum();
    if (counted != options.flood()) {
      throw new IllegalStateException(counted + " refusals were kept of " + options.flood());
    }
    report.row(database.name(), FLOOD_ROWS, "rows", Figures.of(DoubleStream.of(lines.size())));
    report.latency(database, CALM, 0.99, calm);
    report.latency(database, FLOODED, 0.99, flooded);
  }

  private static Window run(InFlight flood, long commands) {
    try {
      return flood.run(commands);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package org.sessionledger.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.sessionledger.app.api.LedgerStorage;

/** One node and two on one PostgreSQL. */
final class Nodes implements Part {

  @Override
  public String name() {
    return "nodes";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    if (database instanceof Database.H2) {
      return;
    }
    Home home = database.fresh("nodes");
    Work one = new Work("one", Options.SESSIONS);
    Work other = new Work("other", Options.SESSIONS);
    try (LedgerStorage.OpenLedger first = home.open();
        LedgerStorage.OpenLedger second = home.open()) {
      Opening.all(first.ledger(), one);
      Opening.all(second.ledger(), other);
      InFlight here = InFlight.of(first.ledger(), one);
      InFlight there = InFlight.of(second.ledger(), other);
      new Turns(options)
          .with("one of two nodes, 256 in flight", () -> here)
          .with("two nodes, 256 in flight each", () -> both(List.of(here, there)))
          .run()
          .forEach((name, windows) -> report.rate(database, name, windows));
    }
  }

  private static Competitor both(List<Competitor> nodes) {
    return window -> {
      List<CompletableFuture<Window>> running =
          nodes.stream()
              .map(node -> CompletableFuture.supplyAsync(() -> run(node, window)))
              .toList();
      List<Window> done = running.stream().map(CompletableFuture::join).toList();
      return new Window(
          done.stream().mapToLong(Window::commands).sum(),
          done.stream().mapToLong(Window::nanos).max().orElseThrow());
    };
  }

  private static Window run(Competitor node, Duration window) {
    try {
      return node.run(window);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

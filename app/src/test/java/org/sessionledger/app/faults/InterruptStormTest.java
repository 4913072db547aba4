package org.sessionledger.app.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.Faults;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.OnBothDatabases;

/**
 * A program that interrupts every thread that answers a request, all the time, as one may that has
 * a server inside. Under {@code -Pfaults} only: such a program takes a processor for itself. More
 * with {@code -Dfaults.storm}.
 */
@Tag("faults")
@EnabledIfSystemProperty(named = "faults.long", matches = "true")
class InterruptStormTest {

  private static final int DECISIONS = Faults.measure("storm", 600, 10_000);

  @TempDir Path folder;

  @OnBothDatabases
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void seed_66_interrupted_requests_harm_nobody(Databases on) {
    Load load = new Load(66, 4, 30);
    try (FreshDatabase database = on.fresh(folder)) {
      try (LedgerServer server = Servers.start(database.place())) {
        AtomicBoolean over = new AtomicBoolean();
        Thread storm = new Thread(() -> interrupt(over), "storm");
        storm.start();
        load.during(
            List.of(server.uri()),
            () -> {
              load.told().awaitMore(DECISIONS);
              over.set(true);
            });
        load.told().assertKeptAndNothingElse(server.bean(Ledger.class));
        RebuiltViews.assertSame(server);
      }
      try (Ledger ledger = database.open()) {
        load.told().assertKeptAndNothingElse(ledger);
      }
    }
    Faults.survived("a storm of interrupts on " + on, load.told());
  }

  private static void interrupt(AtomicBoolean over) {
    Thread[] threads = new Thread[1_000];
    while (!over.get()) {
      int count = Thread.enumerate(threads);
      for (int i = 0; i < count; i++) {
        if (threads[i].getName().contains("-exec-")) {
          threads[i].interrupt();
        }
      }
      Thread.onSpinWait();
    }
  }
}

package org.sessionledger.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.Faults;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.OnBothDatabases;

/**
 * kill -9 of the server under load over HTTP. More with {@code -Dfaults.server-kills.h2} and {@code
 * -Dfaults.server-kills.postgresql}.
 */
@Tag("faults")
class ServerKillTest {

  /** A ledger's lives; the audit after each death reads all of them. */
  private static final int LIVES_MAX = 10;

  @TempDir Path folder;

  @OnBothDatabases
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void seed_61_kills_of_the_server_lose_no_acknowledged_decision(Databases on) {
    int kills =
        switch (on) {
          case H2 -> Faults.measure("server-kills.h2", 1, 100);
          case POSTGRESQL -> Faults.measure("server-kills.postgresql", 1, 30);
        };
    Random random = new Random(61);
    for (int left = kills, ledger = 0; left > 0; left -= LIVES_MAX, ledger++) {
      kill(on, Math.min(left, LIVES_MAX), 61 + ledger, random);
    }
  }

  private void kill(Databases on, int times, long seed, Random random) {
    Load load = new Load(seed, 4, 40);
    try (FreshDatabase database = on.fresh(folder)) {
      for (int time = 0; time < times; time++) {
        try (ServerProcess server = ServerProcess.start(database.place(), folder.resolve("log"))) {
          int until = 100 + random.nextInt(900);
          load.until(
              server.uri(),
              () -> {
                load.told().awaitMore(until);
                server.kill();
              });
        }
        database.awaitTheDead();
        try (Ledger ledger = database.open()) {
          load.told().assertKept(ledger);
        }
      }
      // The senders hear of the rest, from a server that is not killed.
      try (LedgerServer server = Servers.start(database.place())) {
        load.during(List.of(server.uri()), () -> load.told().awaitMore(200));
      }
      try (Ledger ledger = database.open()) {
        load.told().assertKeptAndNothingElse(ledger);
        RebuiltViews.assertSame(ledger);
      }
    }
    assertThat(load.told().count(Verdict.ACCEPTED)).isPositive();
    assertThat(load.told().count(Verdict.DUPLICATE)).isPositive();
    assertThat(load.told().count(Verdict.REJECTED)).isPositive();
    Faults.survived(times + " kills on " + on, load.told());
  }
}

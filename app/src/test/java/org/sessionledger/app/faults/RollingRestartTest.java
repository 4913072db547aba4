package org.sessionledger.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.Faults;
import org.sessionledger.core.testing.FreshDatabase;

/**
 * Two servers on one PostgreSQL are asked to end and started again in turn, while clients that try
 * again go on sending to both. More with {@code -Dfaults.restarts}.
 */
@Tag("faults")
class RollingRestartTest {

  private static final int RESTARTS = Faults.measure("restarts", 1, 20);

  @TempDir Path folder;

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void seed_67_a_rolling_restart_loses_nothing_and_doubles_nothing() {
    Load load = new Load(67, 2, 30);
    Path log = folder.resolve("log");
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder)) {
      ServerProcess[] nodes = {
        ServerProcess.start(database.place(), log), ServerProcess.start(database.place(), log)
      };
      try {
        load.during(
            List.of(nodes[0].uri(), nodes[1].uri()),
            () -> {
              for (int i = 0; i < RESTARTS; i++) {
                load.told().awaitMore(200);
                nodes[i % 2].end();
                // The other one goes on meanwhile.
                load.told().awaitMore(200);
                nodes[i % 2] =
                    ServerProcess.start(database.place(), log, nodes[i % 2].uri().getPort());
              }
              load.told().awaitMore(200);
            });
      } finally {
        for (ServerProcess node : nodes) {
          node.close();
        }
      }
      database.awaitTheDead();
      try (Ledger ledger = database.open()) {
        load.told().assertKeptAndNothingElse(ledger);
        RebuiltViews.assertSame(ledger);
      }
    }
    assertThat(load.told().count(Verdict.ACCEPTED)).isPositive();
    Faults.survived(RESTARTS + " restarts", load.told());
  }
}

package org.sessionledger.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.testing.Faults;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * A server whose PostgreSQL fails it, under load over HTTP. More with {@code
 * -Dfaults.postgresql-stops}, {@code -Dfaults.postgresql-cuts} and {@code
 * -Dfaults.postgresql-full-disks}.
 */
@Tag("faults")
class PostgresFaultsTest {

  private static final int CUTS = Faults.measure("postgresql-cuts", 2, 100);
  private static final int STOPS = Faults.measure("postgresql-stops", 1, 10);
  private static final int FULL_DISKS = Faults.measure("postgresql-full-disks", 1, 10);

  @TempDir Path folder;

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void seed_62_a_database_that_stops_and_connections_that_are_cut_cost_nothing_acknowledged() {
    Load load = new Load(62, 4, 30);
    try (OwnPostgres postgres = new OwnPostgres(folder.resolve("data"));
        LedgerServer server = Servers.start(postgres.jdbcUrl())) {
      load.during(
          List.of(server.uri()),
          () -> {
            for (int i = 0; i < CUTS; i++) {
              load.told().awaitMore(100);
              assertThat(postgres.cutConnections()).isPositive();
            }
            for (int i = 0; i < STOPS; i++) {
              load.told().awaitMore(300);
              postgres.stopAtOnce();
              load.told().awaitRefused(3);
              postgres.startAgain();
              load.told().awaitMore(300);
            }
          });
      assertAllIsThere(load, server);
    }
    Faults.survived(CUTS + " cuts and " + STOPS + " stops", load.told());
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  @ExtendWith(OutputCaptureExtension.class)
  void seed_63_a_database_whose_disk_is_full_goes_on_when_there_is_room(CapturedOutput log) {
    Load load = new Load(63, 4, 30);
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 200);
        OwnPostgres postgres = new OwnPostgres(disk.root().resolve("data"));
        LedgerServer server = Servers.start(postgres.jdbcUrl())) {
      load.during(
          List.of(server.uri()),
          () -> {
            for (int i = 0; i < FULL_DISKS; i++) {
              load.told().awaitMore(300);
              disk.fill();
              load.told().awaitRefused(5);
              disk.clear();
              // With nowhere to write its log to, PostgreSQL gives up, and somebody starts it
              // again.
              if (!postgres.isRunning()) {
                postgres.startAgain();
              }
              load.told().awaitMore(300);
            }
          });
      assertAllIsThere(load, server);
    }
    assertThat(log).contains("No space left on device");
    Faults.survived(FULL_DISKS + " full disks", load.told());
  }

  private static void assertAllIsThere(Load load, LedgerServer server) {
    Ledger ledger = server.bean(Ledger.class);
    load.told().assertKeptAndNothingElse(ledger);
    RebuiltViews.assertSame(server);
  }
}

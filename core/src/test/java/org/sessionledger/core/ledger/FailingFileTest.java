package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Faults;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.Senders;
import org.sessionledger.core.testing.Senders.Sent;
import org.sessionledger.core.testing.Traffic;

/**
 * The embedded database closes under its users when its file fails, and forgets what it had not
 * written. More of it with {@code -Dfaults.files}.
 */
@Tag("faults")
class FailingFileTest {

  private static final int TIMES = Faults.measure("files", 6, 300);
  private static final int SENDERS = 4;
  private static final int COMMANDS_EACH_TIME = 300;

  @TempDir Path folder;

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void seed_51_a_file_that_fails_under_load_costs_nothing_that_was_acknowledged() {
    Semaphore decided = new Semaphore(0);
    List<String> keys = IntStream.range(0, 20).mapToObj(i -> "k-" + i).toList();
    List<Sent> all = new ArrayList<>();
    try (Ledger ledger = Ledger.open(folder)) {
      List<Supplier<List<Sent>>> tasks = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        Traffic traffic = new Traffic(51_00 + i, "f" + i, keys);
        tasks.add(
            () -> {
              List<Sent> sent = new ArrayList<>();
              for (int time = 0; time <= TIMES; time++) {
                sent.addAll(
                    Senders.sendUntilDecided(ledger, traffic, COMMANDS_EACH_TIME / SENDERS, 32));
                decided.release();
              }
              return sent;
            });
      }
      tasks.add(
          () -> {
            for (int time = 0; time < TIMES; time++) {
              decided.acquireUninterruptibly(SENDERS);
              closeTheFile(ledger);
            }
            return List.of();
          });
      Senders.together(tasks).forEach(all::addAll);
      assertEachDecidedOnce(ledger, all);
    }
    try (Ledger ledger = Ledger.open(folder)) {
      assertEachDecidedOnce(ledger, all);
    }
  }

  /** What H2 does to itself when a write fails. */
  private static void closeTheFile(Ledger ledger) {
    assertThatThrownBy(
            () -> {
              try (Connection connection = ledger.dataSource().getConnection();
                  Statement statement = connection.createStatement()) {
                statement.execute("SHUTDOWN IMMEDIATELY");
              }
            })
        .isInstanceOf(SQLException.class);
  }

  private static void assertEachDecidedOnce(Ledger ledger, List<Sent> all) {
    Stats stats = LedgerAudit.verify(ledger);
    assertThat(stats.arrivals()).isEqualTo(all.size());
    Map<String, Long> versions = new HashMap<>();
    for (RecordedEvent event : LedgerAudit.events(ledger)) {
      versions.put(event.commandId().value(), event.version());
    }
    long accepted = 0;
    for (Sent sent : all) {
      if (sent.decision().verdict() == Verdict.ACCEPTED) {
        accepted++;
        assertThat(versions)
            .containsEntry(
                sent.decision().commandId().value(), sent.decision().session().version());
      }
    }
    assertThat(stats.accepted()).isEqualTo(accepted);
  }
}

package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.complete;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.order;
import static org.sessionledger.core.testing.Order.progress;
import static org.sessionledger.core.testing.Order.start;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.OnBothDatabases;

/** Rule 14: a command costs the same after a long story, and a bad snapshot costs one replay. */
class SnapshotsTest {

  @TempDir Path folder;

  @OnBothDatabases
  void after_a_restart_the_next_command_reads_the_snapshot_and_few_events(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      tellLongStory(database, 1_000);
      // Whoever reads one of these now fails.
      LedgerAudit.execute(
          database.dataSource(), "UPDATE ledger_events SET event = 'gone' WHERE version <= 500");
      try (Ledger ledger = database.open()) {
        assertDecidesAsBefore(ledger, 1_000);
      }
    }
  }

  @OnBothDatabases
  void a_snapshot_of_another_revision_or_an_unreadable_one_is_ignored_and_replaced(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      tellLongStory(database, 600);
      DataSource dataSource = database.dataSource();
      String whole = snapshot(dataSource).substring(2);
      for (String bad :
          List.of(
              "revision = 999, state = '{\"x\":1}'",
              "state = 'garbage'",
              "state = '{}'",
              "state = 'null'",
              "state = ''",
              "state = '" + whole.replace("\"key\":\"k\"", "\"key\":\"other\"") + "'",
              "state = '" + whole.replace("\"runs\":", "\"walks\":") + "'")) {
        LedgerAudit.execute(dataSource, "UPDATE ledger_snapshots SET " + bad);
        try (Ledger ledger = database.open()) {
          assertThat(progress("k", "r-1").to(ledger).verdict()).as(bad).isEqualTo(Verdict.ACCEPTED);
        }
        assertThat(snapshot(dataSource)).as(bad).startsWith("2 {\"key\":\"k\"");
      }
      try (Ledger ledger = database.open()) {
        assertDecidesAsBefore(ledger, 607);
        LedgerAudit.verify(ledger);
      }
    }
  }

  @OnBothDatabases
  void a_group_that_fails_does_not_end_the_snapshots_of_its_sessions(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open("k", "s-1").to(ledger);
      start("k", "s-1", "r-1").to(ledger);
      for (int i = 3; i < 250; i++) {
        progress("k", "r-1").submitTo(ledger);
      }
      progress("k", "r-1").to(ledger);
      LedgerAudit.execute(
          ledger.dataSource(),
          "ALTER TABLE ledger_events ADD CONSTRAINT poison CHECK (command_id <> 'poison')");
      // Each of these is due a snapshot, decided, and given up.
      for (int i = 0; i < 3; i++) {
        assertThat(progress("k", "r-1").id("poison").submitTo(ledger))
            .failsWithin(Duration.ofSeconds(30));
      }
      for (int i = 0; i < 260; i++) {
        progress("k", "r-1").submitTo(ledger);
      }
      progress("k", "r-1").to(ledger);
      assertThat(complete("k", "r-1").to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(snapshot(ledger.dataSource())).startsWith("2 {\"key\":\"k\"");
      LedgerAudit.verify(ledger);
    }
  }

  @OnBothDatabases
  void a_snapshot_that_is_due_where_nothing_happens_is_written_all_the_same(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      try (Ledger ledger = database.open()) {
        open("k", "s-1").to(ledger);
        start("k", "s-1", "r-1").from("gw-1").to(ledger);
        complete("k", "r-1").to(ledger);
        start("k", "s-1", "r-2").from("gw-2").to(ledger);
        for (int i = 0; i < 300; i++) {
          progress("k", "r-2").submitTo(ledger);
        }
        progress("k", "r-2").to(ledger);
      }
      LedgerAudit.execute(database.dataSource(), "UPDATE ledger_snapshots SET revision = 1");
      try (Ledger ledger = database.open()) {
        // The session is read, since the process once ran something in it, and is left as it is.
        Decision none = order("InterruptRuns", null).with("instance", "gw-1").to(ledger);
        assertThat(none.verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(snapshot(ledger.dataSource())).startsWith("2 {\"key\":\"k\"");
        LedgerAudit.verify(ledger);
      }
    }
  }

  private static void tellLongStory(FreshDatabase database, int events) {
    try (Ledger ledger = database.open()) {
      open("k", "s-1").with("runPolicy", "single").to(ledger);
      start("k", "s-1", "r-0").to(ledger);
      complete("k", "r-0").to(ledger);
      start("k", "s-1", "r-1").from("gw-1").to(ledger);
      order("BeginCompaction", "k").with("compactionId", "cmp-1").to(ledger);
      List<CompletableFuture<Decision>> told = new ArrayList<>();
      for (int i = 6; i <= events; i++) {
        told.add(progress("k", "r-1").with("tokens", i).submitTo(ledger));
      }
      assertThat(told.get(told.size() - 1).join().session().version()).isEqualTo(events);
    }
    AtomicReference<Long> version = new AtomicReference<>(0L);
    LedgerAudit.each(
        database.dataSource(),
        "SELECT version FROM ledger_snapshots",
        row -> version.set(row.getLong("version")));
    assertThat(version.get()).isGreaterThan(events - 500L);
  }

  private static void assertDecidesAsBefore(Ledger ledger, int version) {
    assertThat(start("k", "s-1", "r-2").to(ledger).refusal().reason()).isEqualTo(Reason.RUN_ACTIVE);
    assertThat(progress("k", "r-0").to(ledger).refusal().reason()).isEqualTo(Reason.RUN_ENDED);
    assertThat(order("BeginCompaction", "k").with("compactionId", "cmp-1").to(ledger).verdict())
        .isEqualTo(Verdict.DUPLICATE);
    assertThat(
            order("InterruptRuns", "k")
                .with("runId", "r-1")
                .with("lastRenewedVersion", version - 1)
                .to(ledger)
                .verdict())
        .isEqualTo(Verdict.DUPLICATE);
    Decision lost = order("InterruptRuns", "k").with("instance", "gw-1").to(ledger);
    assertThat(lost.verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(lost.session().version()).isEqualTo(version + 1);
  }

  private static String snapshot(DataSource dataSource) {
    AtomicReference<String> snapshot = new AtomicReference<>("none");
    LedgerAudit.each(
        dataSource,
        "SELECT revision, state FROM ledger_snapshots",
        row -> snapshot.set(row.getInt("revision") + " " + row.getString("state")));
    return snapshot.get();
  }
}

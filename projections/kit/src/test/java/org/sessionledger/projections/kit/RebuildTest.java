package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.projections.kit.TestLedger.PATIENCE;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.projections.kit.CountingView.CountEvents;
import org.sessionledger.projections.kit.RebuildReport.Mode;
import org.sessionledger.projections.kit.RebuildReport.Phase;
import org.sessionledger.projections.kit.RebuildReport.State;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RebuildTest {

  private static final String VIEW = "counting";

  private static SessionKey key(int n) {
    return new SessionKey("session " + n);
  }

  private static void happens(TestLedger test, int sessions) {
    List<CompletableFuture<Decision>> sent = new ArrayList<>();
    for (int n = 0; n < sessions; n++) {
      sent.add(submit(test, "open " + n, TestLedger.open(key(n), "s-1")));
      sent.add(submit(test, "start " + n, TestLedger.start(key(n), "s-1", "r-1")));
    }
    sent.forEach(each -> assertThat(each.join().refusal()).isNull());
    test.caughtUp();
  }

  private static CompletableFuture<Decision> submit(
      TestLedger test, String id, SessionCommand command) {
    return test.ledger().submit(Arrival.of(new CommandId(id), command, Provenance.NONE));
  }

  private static RebuildReport rebuilt(TestLedger test, Mode mode) {
    test.views().rebuilds().start(VIEW, mode);
    return ended(test);
  }

  private static RebuildReport ended(TestLedger test) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    RebuildReport report = test.views().rebuilds().report(VIEW).orElseThrow();
    while (report.state() == State.RUNNING) {
      assertThat(System.nanoTime()).as("%s", report).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
      report = test.views().rebuilds().report(VIEW).orElseThrow();
    }
    return report;
  }

  private static String serving(TestLedger test) {
    return Tables.serving(test.dataSource(), VIEW);
  }

  private static long count(TestLedger test) {
    return test.view(CountingView.class).count(new CountEvents());
  }

  /** All tables of the view, and how Flyway came to make them. */
  private static List<String> tables(TestLedger test) {
    return Sql.query(
        test.dataSource(),
        connection ->
            Sql.list(
                    connection,
                    row -> row.getString("table_name").toLowerCase(Locale.ROOT),
                    "SELECT table_name FROM information_schema.tables ORDER BY table_name")
                .stream()
                .filter(name -> name.startsWith("view_counting"))
                .sorted()
                .toList());
  }

  private static void onlyTheServingTableIsLeft(TestLedger test) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    String serving = serving(test);
    List<String> only = List.of(serving, serving + "_history");
    while (!tables(test).equals(only) || !noted(test).isEmpty()) {
      assertThat(System.nanoTime()).as("%s", tables(test)).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** The tables that are to be dropped sooner or later. */
  private static List<String> noted(TestLedger test) {
    return Sql.query(
        test.dataSource(),
        connection ->
            Sql.list(
                connection,
                row -> row.getString("table_name"),
                "SELECT table_name FROM view_spare_tables"));
  }

  private static void claimsRunOut(TestLedger test) {
    Sql.query(
        test.dataSource(),
        connection ->
            Sql.update(
                connection,
                "UPDATE view_rebuilds SET claimed_until ="
                    + " CURRENT_TIMESTAMP - INTERVAL '1' SECOND"));
  }

  private static void change(TestLedger test, String sql) {
    Sql.query(
        test.dataSource(),
        connection ->
            Sql.update(connection, sql.formatted(Tables.serving(test.dataSource(), VIEW))));
  }

  @ParameterizedTest
  @EnumSource
  void a_new_table_takes_the_place_of_the_old_one(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 10);
      String before = serving(test);
      List<String> rows = TestDatabase.dump(test.dataSource(), before);

      RebuildReport report = rebuilt(test, Mode.SWITCH);

      assertThat(report.error()).isNull();
      assertThat(report.state()).isEqualTo(State.DONE);
      assertThat(report.switched()).isTrue();
      assertThat(report.events()).isEqualTo(20);
      assertThat(report.total()).isEqualTo(20);
      assertThat(report.mismatches()).isZero();
      assertThat(report.endedAt()).isNotNull();
      assertThat(serving(test)).isNotEqualTo(before);
      assertThat(TestDatabase.dump(test.dataSource(), serving(test))).isEqualTo(rows);
      onlyTheServingTableIsLeft(test);

      test.accepted(TestLedger.complete(key(3), "s-1", "r-1"));
      test.caughtUp();
      assertThat(count(test)).as("the live view goes on in the new table").isEqualTo(21);

      test.reopen();
      test.accepted(TestLedger.complete(key(4), "s-1", "r-1"));
      test.caughtUp();
      assertThat(count(test)).as("and so after a restart").isEqualTo(22);
      assertThat(rebuilt(test, Mode.SWITCH).switched()).as("and again").isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_difference_stops_the_switch_and_is_told_until_it_is_accepted(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 600);
      String before = serving(test);
      change(test, "UPDATE %s SET events = 7 WHERE session_no = 2");
      change(test, "DELETE FROM %s WHERE session_no = 580");
      change(test, "INSERT INTO %s (session_no, version, events) VALUES (9999, 1, 1)");

      for (Mode mode : List.of(Mode.SWITCH, Mode.CHECK)) {
        RebuildReport report = rebuilt(test, mode);
        assertThat(report.state()).isEqualTo(mode == Mode.CHECK ? State.DONE : State.FAILED);
        assertThat(report.switched()).isFalse();
        assertThat(report.phase()).as("nobody waits for nothing").isEqualTo(Phase.COMPARING);
        assertThat(report.mismatches()).isEqualTo(3);
        assertThat(report.differences())
            .satisfiesExactly(
                changed -> {
                  assertThat(changed.sessionKey()).isEqualTo(key(1));
                  assertThat(changed.count()).isEqualTo(1);
                  Difference.DifferentRow row = changed.rows().get(0);
                  assertThat(row.row()).isEqualTo("session_no=2");
                  assertThat(row.live()).isEqualTo(java.util.Map.of("events", "7"));
                  assertThat(row.rebuilt()).isEqualTo(java.util.Map.of("events", "2"));
                },
                missing -> {
                  assertThat(missing.sessionKey()).isEqualTo(key(579));
                  assertThat(missing.rows().get(0).live()).isNull();
                  assertThat(missing.rows().get(0).rebuilt()).containsEntry("events", "2");
                },
                invented -> {
                  assertThat(invented.sessionKey()).isNull();
                  assertThat(invented.rows().get(0).live()).containsEntry("events", "1");
                  assertThat(invented.rows().get(0).rebuilt()).isNull();
                });
        assertThat(serving(test)).isEqualTo(before);
        onlyTheServingTableIsLeft(test);
        assertThat(count(test)).isEqualTo(1_204);
      }

      RebuildReport accepted = rebuilt(test, Mode.ACCEPT);
      assertThat(accepted.state()).isEqualTo(State.DONE);
      assertThat(accepted.switched()).isTrue();
      assertThat(accepted.mismatches()).isEqualTo(3);
      assertThat(count(test)).isEqualTo(1_200);
      assertThat(rebuilt(test, Mode.CHECK).mismatches()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_view_serves_and_stays_up_to_date_under_load_seed_20261127(TestDatabase database)
      throws Exception {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 30);
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger sent = new AtomicInteger();
      CompletableFuture<Void> sender =
          CompletableFuture.runAsync(
              () -> {
                Random random = new Random(20261127);
                while (!over.get()) {
                  int n = random.nextInt(30);
                  test.accepted(TestLedger.start(key(n), "s-1", "more-" + sent.getAndIncrement()));
                }
              });
      AtomicLong reads = new AtomicLong();
      CompletableFuture<Void> reader =
          CompletableFuture.runAsync(
              () -> {
                long last = 0;
                while (!over.get()) {
                  long now = count(test);
                  assertThat(now).isGreaterThanOrEqualTo(last);
                  last = now;
                  reads.incrementAndGet();
                }
              });
      try {
        for (int round = 0; round < 4; round++) {
          String before = serving(test);
          long readBefore = reads.get();
          RebuildReport report = rebuilt(test, Mode.SWITCH);
          assertThat(report.error()).isNull();
          assertThat(report.mismatches()).isZero();
          assertThat(serving(test)).isNotEqualTo(before);
          awaitMore(reads, readBefore);
        }
      } finally {
        over.set(true);
        sender.join();
        reader.join();
      }
      test.caughtUp();
      assertThat(count(test)).isEqualTo(60 + sent.get());
      assertThat(test.views().states().get(0).refused()).isZero();
      assertThat(rebuilt(test, Mode.CHECK).mismatches()).isZero();
    }
  }

  /** Whoever reads goes on, perhaps from another table than before. */
  private static void awaitMore(AtomicLong reads, long before) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (reads.get() == before) {
      assertThat(System.nanoTime()).as("somebody reads").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_compared_is_of_one_moment_in_all_tables(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 3);
      List<String> rows = TestDatabase.dump(test.dataSource(), serving(test));
      List<String> seen =
          Sql.snapshot(
              test.dataSource(),
              snapshot -> {
                String table = ViewTables.at(snapshot, VIEW).table();
                change(test, "DELETE FROM %s");
                return Sql.list(
                    snapshot, row -> row.getString("events"), "SELECT events FROM " + table);
              });
      assertThat(seen).hasSameSizeAs(rows);
    }
  }

  @ParameterizedTest
  @EnumSource
  void there_is_one_at_a_time_on_all_nodes(TestDatabase database) {
    try (TestLedger test =
        TestLedger.open(database, CountingView::new, ledger -> new CountingView(ledger, "other"))) {
      RebuildRows anotherNode = new RebuildRows(test.dataSource());
      RebuildReport elsewhere = Rebuild.begun("other", Mode.SWITCH, Instant.EPOCH);
      anotherNode.begin("other", "node-2", elsewhere);

      assertThatThrownBy(() -> test.views().rebuilds().start(VIEW, Mode.SWITCH))
          .isInstanceOf(RebuildUnderWay.class)
          .hasMessageContaining("other");
      assertThat(test.views().rebuilds().report("other")).contains(elsewhere);
      assertThat(test.views().rebuilds().report(VIEW)).isEmpty();
      assertThatThrownBy(() -> test.views().rebuilds().start("nothing", Mode.SWITCH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[counting, other]");
      assertThatThrownBy(() -> test.views().rebuilds().report("nothing"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> test.views().rebuilds().cancel("nothing"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void it_can_be_cancelled_and_leaves_nothing_behind(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 5);
      String before = serving(test);
      CountingView view = test.view(CountingView.class);
      view.hold = new CountDownLatch(1);
      assertThat(test.views().rebuilds().cancel(VIEW)).as("before it begins").isFalse();
      test.views().rebuilds().start(VIEW, Mode.SWITCH);

      assertThat(test.views().rebuilds().cancel(VIEW)).isTrue();
      view.hold.countDown();

      RebuildReport report = ended(test);
      assertThat(report.state()).isEqualTo(State.FAILED);
      assertThat(report.error()).isEqualTo("it was cancelled");
      assertThat(serving(test)).isEqualTo(before);
      onlyTheServingTableIsLeft(test);
      assertThat(rebuilt(test, Mode.SWITCH).switched()).isTrue();
      assertThat(test.views().rebuilds().cancel(VIEW)).as("after it ended").isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_is_cancelled_after_its_last_look_switches_nothing(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 5);
      String before = serving(test);
      AtomicBoolean cancelled = new AtomicBoolean();
      // Rows are written when all is read: it has just looked, and does not look again so soon.
      test.view(CountingView.class).unfit =
          version -> {
            if (!cancelled.get()) {
              cancelled.set(test.views().rebuilds().cancel(VIEW));
            }
            return false;
          };

      RebuildReport report = rebuilt(test, Mode.SWITCH);

      assertThat(cancelled).isTrue();
      assertThat(report.state()).isEqualTo(State.FAILED);
      assertThat(report.error()).contains("it was cancelled");
      assertThat(serving(test)).isEqualTo(before);
      onlyTheServingTableIsLeft(test);
    }
  }

  @ParameterizedTest
  @EnumSource
  void who_changes_a_row_and_parks_its_session_is_found(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 3);
      change(test, "UPDATE %s SET events = 7 WHERE session_no = 2");
      Sql.query(
          test.dataSource(),
          connection ->
              Sql.update(
                  connection,
                  "INSERT INTO view_parked (processor_name, session_no, version, error)"
                      + " VALUES ('counting', 2, 3, '')"));

      RebuildReport report = rebuilt(test, Mode.CHECK);

      assertThat(report.mismatches()).as("%s", report).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void rows_of_sessions_that_never_were_differ_whatever_their_number(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 3);
      for (long number : new long[] {Long.MIN_VALUE, -1, 0, 5_000_000_000L, Long.MAX_VALUE}) {
        change(test, "INSERT INTO %s (session_no, version, events) VALUES (" + number + ", 1, 1)");
      }

      RebuildReport report = rebuilt(test, Mode.CHECK);

      assertThat(report.mismatches()).as("%s", report).isEqualTo(5);
      assertThat(report.differences()).extracting(Difference::sessionKey).containsOnlyNulls();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_a_dead_one_left_is_cleared_away(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 3);
      String before = serving(test);
      ViewTables.make(test.dataSource(), test.view(CountingView.class));
      new RebuildRows(test.dataSource())
          .begin(VIEW, "dead", Rebuild.begun(VIEW, Mode.SWITCH, Instant.EPOCH));
      assertThat(tables(test)).hasSize(4);
      if (database == TestDatabase.POSTGRESQL) {
        // An embedded database belongs to one process, so that a start is enough.
        claimsRunOut(test);
      }

      test.reopen();

      onlyTheServingTableIsLeft(test);
      assertThat(serving(test)).isEqualTo(before);
      RebuildReport report = ended(test);
      assertThat(report.state()).isEqualTo(State.FAILED);
      assertThat(report.error()).contains("gone");
      assertThat(rebuilt(test, Mode.SWITCH).switched()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_table_of_one_that_is_alive_is_nobody_else_s_to_drop(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      new RebuildRows(test.dataSource())
          .begin(VIEW, "node-2", Rebuild.begun(VIEW, Mode.SWITCH, Instant.EPOCH));
      String filled = ViewTables.make(test.dataSource(), test.view(CountingView.class));
      // Another view's, which was noted and never made.
      Sql.query(
          test.dataSource(),
          connection ->
              Sql.update(
                  connection,
                  "INSERT INTO view_spare_tables (table_name, processor_name)"
                      + " VALUES ('view_other_1', 'other')"));

      test.views().rebuilds().sweep();

      assertThat(tables(test)).contains(filled);
      assertThat(noted(test)).containsExactly(filled);
    }
  }

  /** Somebody made a view of the database of it. */
  @ParameterizedTest
  @EnumSource
  void a_table_that_cannot_be_dropped_is_in_nobodys_way(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 10);
      String old = serving(test);
      Sql.query(
          test.dataSource(),
          connection -> Sql.update(connection, "CREATE VIEW held AS SELECT * FROM " + old));

      assertThat(rebuilt(test, Mode.SWITCH).switched()).isTrue();
      assertThat(rebuilt(test, Mode.SWITCH).switched()).isTrue();
      assertThat(noted(test)).contains(old);

      Sql.query(test.dataSource(), connection -> Sql.update(connection, "DROP VIEW held"));
      test.views().rebuilds().sweep();
      onlyTheServingTableIsLeft(test);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_table_that_cannot_be_made_leaves_nothing_behind(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      RebuildRows rows = new RebuildRows(test.dataSource());
      RebuildReport begun = Rebuild.begun(VIEW, Mode.SWITCH, Instant.EPOCH);
      rows.begin(VIEW, "one", begun);
      assertThatThrownBy(() -> ViewTables.make(test.dataSource(), new Unmakable()))
          .isInstanceOf(LedgerUnavailable.class);
      assertThat(tables(test)).as("what was made of it").hasSizeGreaterThan(2);
      Sql.transaction(test.dataSource(), connection -> rows.end(connection, VIEW, "one", begun));

      test.views().rebuilds().sweep();

      onlyTheServingTableIsLeft(test);
    }
  }

  /** Its second migration fails. */
  private static final class Unmakable implements View {
    @Override
    public String name() {
      return VIEW;
    }

    @Override
    public String migrations() {
      return "db/view/unmakable";
    }

    @Override
    public RowFold<?, ?> fold(String table) {
      throw new UnsupportedOperationException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void who_begins_in_the_place_of_a_dead_one_clears_away_first(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 3);
      String left = ViewTables.make(test.dataSource(), test.view(CountingView.class));
      new RebuildRows(test.dataSource())
          .begin(VIEW, "dead", Rebuild.begun(VIEW, Mode.SWITCH, Instant.EPOCH));
      claimsRunOut(test);
      CountingView view = test.view(CountingView.class);
      view.hold = new CountDownLatch(1);

      test.views().rebuilds().start(VIEW, Mode.SWITCH);

      assertThat(tables(test)).as("not two of them at a time").doesNotContain(left);
      view.hold.countDown();
      assertThat(ended(test).switched()).isTrue();
      onlyTheServingTableIsLeft(test);
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_was_taken_for_dead_switches_nothing(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 5);
      String before = serving(test);
      CountingView view = test.view(CountingView.class);
      view.hold = new CountDownLatch(1);
      test.views().rebuilds().start(VIEW, Mode.SWITCH);
      Sql.query(
          test.dataSource(),
          connection -> Sql.update(connection, "UPDATE view_rebuilds SET owner = 'somebody else'"));
      view.hold.countDown();

      onlyAfterItsThreadEnded();
      assertThat(serving(test)).isEqualTo(before);
      assertThat(test.views().rebuilds().report(VIEW).orElseThrow().state())
          .as("as the other one left it")
          .isEqualTo(State.RUNNING);
    }
  }

  private static void onlyAfterItsThreadEnded() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("session-ledger-rebuilds-")) {
        try {
          thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_reader_whose_table_is_replaced_and_dropped_asks_the_new_one(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 5);
      AtomicInteger asked = new AtomicInteger();

      Long rows =
          test.view(CountingView.class)
              .ask(
                  (table, connection) -> {
                    if (asked.getAndIncrement() == 0) {
                      assertThat(rebuilt(test, Mode.SWITCH).switched()).isTrue();
                      onlyTheServingTableIsLeft(test);
                    }
                    return Sql.one(
                            connection,
                            row -> row.getLong("n"),
                            "SELECT COUNT(*) AS n FROM " + table)
                        .orElseThrow();
                  });

      assertThat(rows).isEqualTo(5);
      assertThat(asked.get()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_event_that_cannot_be_taken_is_parked_in_the_new_table_too(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      CountingView view = test.view(CountingView.class);
      view.poison = version -> version == 3;
      happens(test, 3);
      test.accepted(TestLedger.complete(key(1), "s-1", "r-1"));
      test.caughtUp();
      assertThat(test.views().states().get(0).parked()).isEqualTo(1);

      assertThat(rebuilt(test, Mode.CHECK).mismatches())
          .as("what the view leaves alone is not what the events say")
          .isEqualTo(1);
      RebuildReport same = rebuilt(test, Mode.SWITCH);
      assertThat(same.switched()).as("%s", same).isTrue();
      assertThat(same.parked()).extracting(ParkedSession::sessionKey).containsExactly(key(1));
      assertThat(test.views().states().get(0).parked()).isEqualTo(1);
      test.accepted(TestLedger.start(key(1), "s-1", "r-2"));
      test.caughtUp();
      assertThat(count(test)).as("it is left alone as before").isEqualTo(6);

      view.poison = version -> false;
      RebuildReport mended = rebuilt(test, Mode.SWITCH);
      assertThat(mended.switched()).as("%s", mended).isTrue();
      assertThat(mended.parked()).isEmpty();
      assertThat(test.views().states().get(0).parked()).isZero();
      assertThat(count(test)).isEqualTo(8);

      view.poison = version -> version == 4;
      RebuildReport worse = rebuilt(test, Mode.SWITCH);
      assertThat(worse.switched()).as("a session that was well would be parked").isFalse();
      assertThat(worse.mismatches()).isEqualTo(1);
      assertThat(count(test)).isEqualTo(8);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_row_that_the_database_will_not_store_is_told_and_ends_nothing(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      CountingView view = test.view(CountingView.class);
      view.unfit = version -> version == 3;
      happens(test, 3);
      test.accepted(TestLedger.complete(key(1), "s-1", "r-1"));
      test.caughtUp();
      assertThat(count(test)).isEqualTo(6);

      RebuildReport refused = rebuilt(test, Mode.SWITCH);
      assertThat(refused.differences())
          .as("%s: the live table has a row of it", refused)
          .extracting(Difference::sessionKey)
          .containsExactly(key(1));
      assertThat(count(test)).isEqualTo(6);

      RebuildReport accepted = rebuilt(test, Mode.ACCEPT);
      assertThat(accepted.switched()).as("%s", accepted).isTrue();
      assertThat(accepted.parked()).extracting(ParkedSession::sessionKey).containsExactly(key(1));
      assertThat(count(test)).as("the others are there").isEqualTo(4);

      view.unfit = version -> false;
      new Unparking(test.dataSource(), test.ledger().reader(), view).round();
      assertThat(test.views().states().get(0).parked()).isZero();
      assertThat(count(test)).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_hole_in_the_history_ends_it(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      happens(test, 3);
      Sql.query(
          test.dataSource(),
          connection -> Sql.update(connection, "DELETE FROM ledger_events WHERE position = 4"));

      RebuildReport report = rebuilt(test, Mode.ACCEPT);

      assertThat(report.state()).isEqualTo(State.FAILED);
      assertThat(report.error()).contains("position 4 is missing");
      assertThat(report.switched()).isFalse();
    }
  }

  @Test
  void one_node_does_it_and_all_switch() {
    String url;
    try (HikariDataSource first = TestDatabase.POSTGRESQL.create()) {
      url = first.getJdbcUrl();
    }
    try (TestLedger one = TestLedger.over(url, CountingView::new);
        TestLedger other = TestLedger.over(url, CountingView::new)) {
      happens(one, 10);
      for (TestLedger node : List.of(one, other)) {
        String before = serving(one);
        assertThat(rebuilt(node, Mode.SWITCH).switched()).isTrue();
        assertThat(serving(other)).isEqualTo(serving(one)).isNotEqualTo(before);
        long all = 1 + count(one);
        node.accepted(TestLedger.start(key(0), "s-1", "r-" + before));
        one.caughtUp();
        other.caughtUp();
        assertThat(count(one)).isEqualTo(all);
        assertThat(count(other)).isEqualTo(all);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void rows_that_had_to_make_room_are_found_again_seed_5(TestDatabase database) {
    List<RecordedEvent> events = Story.random(5, 2_000).events();
    try (HikariDataSource dataSource = database.create()) {
      CountingView view = new CountingView(dataSource);
      Tables.make(dataSource, view, "at_once");
      Tables.make(dataSource, view, "with_room_for_3");
      Tables.fill(dataSource, view.fold("at_once"), events, 2_000);
      Tables.fill(dataSource, view.fold("with_room_for_3"), events, 7, 3);
      assertThat(TestDatabase.dump(dataSource, "with_room_for_3"))
          .hasSizeGreaterThan(3)
          .isEqualTo(TestDatabase.dump(dataSource, "at_once"));
    }
  }
}

package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.projections.kit.CountingView.CountEvents;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ParkingTest {

  private static final SessionKey BAD = new SessionKey("bad");
  private static final SessionKey GOOD = new SessionKey("good");

  /** The first session cannot be taken from version 2 on, until that is mended. */
  private static Function<Ledger, View> poisoned(AtomicBoolean mended) {
    return ledger -> {
      CountingView view = new CountingView(ledger);
      view.poison = version -> version == 2 && !mended.get();
      return view;
    };
  }

  private static long count(TestLedger test) {
    return test.view(CountingView.class).count(new CountEvents());
  }

  private static ViewState state(TestLedger test) {
    return test.views().states().get(0);
  }

  private static void until(BooleanSupplier holds, TestLedger test) {
    long end = System.nanoTime() + TestLedger.PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s", test.views().states()).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_session_that_cannot_be_taken_stops_no_other_and_is_taken_up_when_that_is_mended(
      TestDatabase database) {
    AtomicBoolean mended = new AtomicBoolean();
    int progress = 300;
    try (TestLedger test = TestLedger.open(database, poisoned(mended))) {
      test.accepted(TestLedger.open(GOOD, "s-1"));
      test.accepted(TestLedger.open(BAD, "s-1"));
      test.accepted(TestLedger.start(BAD, "s-1", "r-1"));
      test.accepted(TestLedger.complete(BAD, "s-1", "r-1"));
      test.accepted(TestLedger.open(new SessionKey("third"), "s-1"));
      test.caughtUp();

      assertThat(count(test)).as("what came before the poison, and all others").isEqualTo(3);
      ViewState parked = state(test);
      assertThat(parked.state()).isEqualTo(ViewState.State.RUNNING);
      assertThat(parked.lag()).isZero();
      assertThat(parked.parked()).isEqualTo(1);
      assertThat(parked.parkedSessions())
          .singleElement()
          .satisfies(
              session -> {
                assertThat(session.sessionKey()).isEqualTo(BAD);
                assertThat(session.version()).isEqualTo(2);
                assertThat(session.error()).contains("poison: RunStarted at 3");
              });

      for (int run = 2; run < 2 + progress; run++) {
        test.accepted(TestLedger.start(BAD, "s-1", "r-" + run));
      }
      test.accepted(TestLedger.open(new SessionKey("fourth"), "s-1"));
      test.caughtUp();
      assertThat(count(test)).isEqualTo(4);

      test.reopen();
      until(() -> state(test).parked() == 1, test);
      test.caughtUp();
      assertThat(count(test)).as("a start mends nothing by itself").isEqualTo(4);

      mended.set(true);
      test.reopen();
      until(() -> state(test).parked() == 0, test);
      assertThat(state(test).parkedSessions()).isEmpty();
      assertThat(count(test)).isEqualTo(6 + progress);

      test.accepted(TestLedger.complete(BAD, "s-1", "r-2"));
      test.caughtUp();
      assertThat(count(test)).as("it is one like any other").isEqualTo(7 + progress);
      assertThat(state(test).refused()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_the_database_will_not_store_parks_its_session_and_leaves_nothing_half_done(
      TestDatabase database) {
    try (TestLedger test =
        TestLedger.open(
            database,
            ledger -> {
              CountingView view = new CountingView(ledger);
              view.unfit = version -> version == 2;
              return view;
            })) {
      test.accepted(TestLedger.open(BAD, "s-1"));
      test.accepted(TestLedger.start(BAD, "s-1", "r-1"));
      test.accepted(TestLedger.open(GOOD, "s-1"));
      test.caughtUp();

      assertThat(count(test)).isEqualTo(2);
      assertThat(state(test).parkedSessions())
          .extracting(ParkedSession::sessionKey)
          .containsExactly(BAD);
    }
  }

  @ParameterizedTest
  @EnumSource
  void each_view_leaves_alone_what_it_cannot_take_itself(TestDatabase database) {
    try (TestLedger test =
        TestLedger.open(
            database,
            ledger -> poisoned(ledger, "counting", 2),
            ledger -> poisoned(ledger, "other", 3))) {
      test.accepted(TestLedger.open(BAD, "s-1"));
      test.accepted(TestLedger.start(BAD, "s-1", "r-1"));
      test.accepted(TestLedger.complete(BAD, "s-1", "r-1"));
      test.accepted(TestLedger.open(GOOD, "s-1"));
      test.caughtUp();
      test.accepted(TestLedger.start(GOOD, "s-1", "r-1"));
      test.caughtUp();

      assertThat(test.views().states()).extracting(ViewState::parked).containsExactly(2L, 1L);
      assertThat(new CountingView(test.ledger(), "other").count(new CountEvents()))
          .as("the other one has the second events of both")
          .isEqualTo(4);
      assertThat(count(test)).isEqualTo(2);
    }
  }

  private static CountingView poisoned(Ledger ledger, String name, long from) {
    CountingView view = new CountingView(ledger, name);
    view.poison = version -> version == from;
    return view;
  }

  @Test
  void an_error_that_postgresql_would_not_store_is_kept_as_far_as_it_does() {
    try (TestLedger test =
        TestLedger.open(
            TestDatabase.POSTGRESQL,
            ledger -> {
              CountingView view = new CountingView(ledger);
              view.poison =
                  version -> {
                    throw new IllegalArgumentException("nul \0 " + "x".repeat(2_000));
                  };
              return view;
            })) {
      test.accepted(TestLedger.open(BAD, "s-1"));
      test.caughtUp();

      assertThat(state(test).parkedSessions())
          .singleElement()
          .satisfies(
              session -> assertThat(session.error()).contains("nul ? xxx").hasSizeLessThan(510));
    }
  }

  @Test
  void however_many_are_parked_all_are_counted_and_a_few_are_listed() {
    int sessions = ViewState.LISTED_MAX + 1;
    try (TestLedger test = TestLedger.open(TestDatabase.H2, poisoned(new AtomicBoolean()))) {
      // All of them in one batch: each that fails is tried again after a while.
      test.views().close();
      for (int n = 0; n < sessions; n++) {
        SessionKey key = new SessionKey("session " + n);
        test.accepted(TestLedger.open(key, "s-1"));
        test.accepted(TestLedger.start(key, "s-1", "r-1"));
      }
      test.reopen();
      test.caughtUp();

      assertThat(state(test).parked()).isEqualTo(sessions);
      assertThat(state(test).parkedSessions()).hasSize(ViewState.LISTED_MAX);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_event_that_this_version_cannot_read_is_not_passed_over(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      test.accepted(TestLedger.open(BAD, "s-1"));
      test.accepted(TestLedger.open(GOOD, "s-1"));
      test.caughtUp();
      test.views().close();
      test.accepted(TestLedger.start(BAD, "s-1", "r-1"));
      test.accepted(TestLedger.start(GOOD, "s-1", "r-1"));
      rename(test, "RunStarted", "RunTeleported");
      test.reopen();
      test.caughtUp();

      assertThat(count(test)).isEqualTo(3);
      assertThat(state(test).parkedSessions())
          .singleElement()
          .satisfies(
              session -> {
                assertThat(session.sessionKey()).isEqualTo(BAD);
                assertThat(session.error()).contains("RunTeleported");
              });

      rename(test, "RunTeleported", "RunStarted");
      test.reopen();
      until(() -> state(test).parked() == 0, test);
      assertThat(count(test)).isEqualTo(4);
    }
  }

  private static void rename(TestLedger test, String from, String to) {
    int renamed =
        Sql.query(
            test.dataSource(),
            connection ->
                Sql.update(
                    connection,
                    "UPDATE ledger_events SET type = ? WHERE type = ? AND position = 3",
                    to,
                    from));
    assertThat(renamed).isEqualTo(1);
  }

  @Test
  void an_event_is_to_blame_for_what_the_view_throws_and_for_values_that_do_not_fit() {
    assertThat(Parking.isOfAnEvent(new IllegalArgumentException())).isTrue();
    for (String state : List.of("22001", "23505")) {
      SQLException unfit = new SQLException("unfit", state);
      assertThat(Parking.isOfAnEvent(unfit)).as(state).isTrue();
      assertThat(Parking.isOfAnEvent(new ViewFailure("wrapped", unfit))).as(state).isTrue();
    }
    SQLException broken = new SQLException("broken", "08006");
    assertThat(Parking.isOfAnEvent(broken)).isFalse();
    assertThat(Parking.isOfAnEvent(new ViewFailure("wrapped", broken))).isFalse();
    assertThat(Parking.isOfAnEvent(new SQLException("says nothing"))).isFalse();
    assertThat(Parking.isOfAnEvent(new ViewFailure("wrapped", new AssertionError()))).isFalse();
  }

  @Test
  void a_database_that_fails_while_the_event_to_blame_is_looked_for_parks_nobody() {
    try (HikariDataSource dataSource = TestDatabase.H2.create()) {
      Migrations.ofKit(dataSource);
      CountingView view = new CountingView(dataSource);
      view.broken = true;
      Migrations.of(dataSource, view, "view_counting");
      List<RecordedEvent> events = List.of(new Story().opened(new SessionKey("one"), "s-1"));

      assertThatThrownBy(
              () ->
                  Sql.transaction(
                      dataSource,
                      connection ->
                          new Parking(view)
                              .oneByOne(connection, view.fold("view_counting"), events)))
          .isInstanceOf(ViewFailure.class)
          .hasRootCauseMessage("broken on purpose");
    }
  }
}

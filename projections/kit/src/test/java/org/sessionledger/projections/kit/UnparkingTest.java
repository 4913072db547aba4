package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.CountingView.CountEvents;

/** How a parked session is taken up beside the view's own work. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class UnparkingTest {

  private static final SessionKey BAD = new SessionKey("bad");

  // PostgreSQL, where a batch that failed is tried again sooner.

  /** Parked at version 2 by a view that stays as it is: its own upkeep takes nothing up. */
  private static TestLedger parked() {
    TestLedger test = TestLedger.open(TestDatabase.POSTGRESQL, CountingView::new);
    CountingView view = test.view(CountingView.class);
    view.poison = version -> version == 2;
    test.accepted(TestLedger.open(BAD, "s-1"));
    test.accepted(TestLedger.start(BAD, "s-1", "r-1"));
    test.caughtUp();
    assertThat(parkedNow(test)).isEqualTo(1);
    return test;
  }

  /** By a view that is mended. */
  private static Unparking unparking(TestLedger test, CountingView mended) {
    return new Unparking(test.dataSource(), test.ledger().reader(), mended);
  }

  private static long count(TestLedger test) {
    return test.view(CountingView.class).count(new CountEvents());
  }

  private static long parkedNow(TestLedger test) {
    return Sql.query(test.dataSource(), connection -> ViewTables.at(connection, "counting"))
        .parked();
  }

  @Test
  void it_takes_nothing_that_the_view_itself_is_still_to_take() {
    try (TestLedger test = parked()) {
      test.views().close();
      test.accepted(TestLedger.start(BAD, "s-1", "r-2"));

      unparking(test, new CountingView(test.ledger())).round();

      assertThat(parkedNow(test)).isZero();
      assertThat(count(test)).isEqualTo(2);
      test.reopen();
      test.caughtUp();
      assertThat(count(test)).isEqualTo(3);
      assertThat(test.views().states().get(0).refused()).isZero();
    }
  }

  @Test
  void the_view_passes_over_nothing_more_while_it_is_taken_up() {
    try (TestLedger test = parked()) {
      CountingView mended = new CountingView(test.ledger());
      mended.poison =
          version -> {
            test.accepted(TestLedger.start(BAD, "s-1", "r-2"));
            Await.until(
                "the view goes on or waits",
                () ->
                    test.views().states().get(0).lag() == 0
                        || TestDatabase.POSTGRESQL.somebodyWaits(test.dataSource()));
            return false;
          };

      unparking(test, mended).round();

      test.caughtUp();
      assertThat(parkedNow(test)).isZero();
      assertThat(count(test)).isEqualTo(3);
    }
  }

  @Test
  void a_database_that_fails_is_no_fault_of_the_session() {
    try (TestLedger test = parked()) {
      CountingView mended = new CountingView(test.ledger());
      mended.broken = true;

      assertThatThrownBy(() -> unparking(test, mended).round()).isInstanceOf(ViewFailure.class);
      assertThat(parkedNow(test)).isEqualTo(1);

      mended.broken = false;
      unparking(test, mended).round();
      assertThat(parkedNow(test)).isZero();
      assertThat(count(test)).isEqualTo(2);
    }
  }

  @Test
  void where_many_fail_a_round_ends_and_the_next_goes_on_after_them() {
    try (HikariDataSource dataSource = TestDatabase.H2.create()) {
      Migrations.ofKit(dataSource);
      Sql.query(
          dataSource,
          connection ->
              Sql.update(
                  connection,
                  "INSERT INTO view_parked (processor_name, session_no, version, error)"
                      + " SELECT 'counting', x, 1, 'bad' FROM SYSTEM_RANGE(1, 600)"));
      List<Long> tried = new ArrayList<>();
      Unparking unparking =
          new Unparking(dataSource, knowsNoSession(tried), new CountingView(dataSource));

      for (List<Long> expected : List.of(range(1, 256), range(257, 512), range(513, 600))) {
        tried.clear();
        unparking.round();
        assertThat(tried).isEqualTo(expected);
      }
      tried.clear();
      unparking.round();
      assertThat(tried).as("from the first again").isEqualTo(range(1, 256));
    }
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private static LedgerReader knowsNoSession(List<Long> asked) {
    return (LedgerReader)
        Proxy.newProxyInstance(
            UnparkingTest.class.getClassLoader(),
            new Class<?>[] {LedgerReader.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("sessionKey");
              asked.add((Long) arguments[0]);
              return Optional.empty();
            });
  }
}

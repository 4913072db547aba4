package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.projections.kit.TestLedger.PATIENCE;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.projections.kit.CountingView.CountEvents;

class ViewsTest {

  private static final SessionKey KEY = new SessionKey("agent:main");

  @ParameterizedTest
  @EnumSource
  void a_view_catches_up_and_goes_on_after_a_restart(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      test.accepted(TestLedger.open(KEY, "s-1"));
      test.accepted(TestLedger.start(KEY, "s-1", "r-1"));
      test.caughtUp();
      assertThat(test.view(CountingView.class).count(new CountEvents())).isEqualTo(2);

      test.reopen();
      test.accepted(TestLedger.complete(KEY, "s-1", "r-1"));
      test.caughtUp();

      assertThat(test.view(CountingView.class).count(new CountEvents())).isEqualTo(3);
      assertThat(test.views().states())
          .containsExactly(
              new ViewState("counting", 3, 0, ViewState.State.RUNNING, 0, 0, List.of(), null));
    }
  }

  @Test
  void the_same_question_can_be_asked_over_the_query_bus() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, CountingView::new)) {
      test.accepted(TestLedger.open(KEY, "s-1"));
      test.caughtUp();

      assertThat(
              test.views()
                  .queries()
                  .query(new CountEvents(), Long.class)
                  .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_batch_that_fails_moves_neither_rows_nor_token_and_is_tried_again(TestDatabase database)
      throws Exception {
    try (TestLedger test =
        TestLedger.open(database, CountingView::new, ledger -> new CountingView(ledger, "other"))) {
      CountingView view = test.view(CountingView.class);
      view.broken = true;
      long position = test.accepted(TestLedger.open(KEY, "s-1")).session().version();
      assertThat(view.failedOnce.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(test.views().await("other", position, PATIENCE)).isTrue();
      assertThat(test.views().await("counting", position, Duration.ofMillis(50))).isFalse();

      assertThat(view.count(new CountEvents())).isZero();
      ViewState state = failed(test.views());
      assertThat(state.position()).isZero();
      assertThat(state.lag()).isEqualTo(1);
      assertThat(state.error()).contains("broken on purpose");

      view.broken = false;
      test.caughtUp();
      assertThat(view.count(new CountEvents())).isEqualTo(1);
      assertThat(test.views().states())
          .allMatch(each -> each.state() == ViewState.State.RUNNING && each.refused() == 0);
    }
  }

  @Test
  void a_batch_that_ends_in_an_error_is_tried_again_like_any_other() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, CountingView::new)) {
      CountingView view = test.view(CountingView.class);
      view.brokenBadly = true;
      test.accepted(TestLedger.open(KEY, "s-1"));
      assertThat(view.failedOnce.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      view.brokenBadly = false;
      test.caughtUp();
      assertThat(view.count(new CountEvents())).isEqualTo(1);
    }
  }

  @Test
  void a_failure_is_over_when_another_node_has_got_past_it() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, CountingView::new)) {
      test.view(CountingView.class).broken = true;
      test.accepted(TestLedger.open(KEY, "s-1"));
      assertThat(failed(test.views()).error()).contains("broken on purpose");

      Sql.query(
          test.dataSource(),
          connection -> Sql.update(connection, "UPDATE view_tokens SET position = 1"));

      ViewState state = test.views().states().get(0);
      assertThat(state.state()).isEqualTo(ViewState.State.RUNNING);
      assertThat(state.error()).isNull();
    }
  }

  /** The batch has failed before its rollback has told so. */
  private static ViewState failed(Views views) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      ViewState state = views.states().get(0);
      if (state.state() == ViewState.State.FAILED) {
        return state;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("never failed: " + views.states());
  }

  @Test
  void waiting_for_a_version_ends_when_it_happens() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, CountingView::new)) {
      CompletableFuture<Boolean> waited =
          CompletableFuture.supplyAsync(
              () -> test.views().awaitVersion("counting", KEY, 2, PATIENCE));
      test.accepted(TestLedger.open(KEY, "s-1"));
      test.accepted(TestLedger.start(KEY, "s-1", "r-1"));

      assertThat(waited.join()).isTrue();
      assertThat(test.view(CountingView.class).count(new CountEvents())).isEqualTo(2);
      assertThat(test.views().awaitVersion("counting", KEY, 3, Duration.ofMillis(30))).isFalse();
      assertThat(test.views().awaitVersion("counting", KEY, 0, Duration.ZERO)).isTrue();
    }
  }

  @Test
  void an_interrupt_ends_the_waiting_and_nothing_else() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, CountingView::new)) {
      Thread.currentThread().interrupt();
      assertThat(test.views().await("counting", 99, PATIENCE)).isFalse();
      assertThat(Thread.interrupted()).isTrue();

      test.accepted(TestLedger.open(KEY, "s-1"));
      test.caughtUp();
    }
  }

  @Test
  void a_view_that_nobody_knows_cannot_be_waited_for() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, CountingView::new)) {
      assertThatThrownBy(() -> test.views().await("nothing", 1, PATIENCE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[counting]");
    }
  }

  @Test
  void the_claim_of_a_dead_process_delays_nothing_in_an_embedded_database() throws Exception {
    try (HikariDataSource dataSource = TestDatabase.H2.create();
        Ledger ledger = Ledger.open(dataSource)) {
      Views.of(ledger, List.of(new CountingView(ledger)));
      Sql.query(
          dataSource,
          connection ->
              Sql.update(
                  connection,
                  "UPDATE view_tokens SET owner = 'dead',"
                      + " claimed_until = CURRENT_TIMESTAMP + INTERVAL '1' DAY"));

      try (Views views = Views.open(ledger, List.of(new CountingView(ledger)))) {
        ledger.decide(TestLedger.open(KEY, "s-1"), org.sessionledger.core.session.Provenance.NONE);
        assertThat(views.awaitAll(Duration.ofSeconds(8))).isTrue();
      }
    }
  }

  @Test
  void the_token_of_a_view_is_there_before_its_processor_starts() {
    try (HikariDataSource dataSource = TestDatabase.H2.create();
        Ledger ledger = Ledger.open(dataSource)) {
      Views.of(ledger, List.of(new CountingView(ledger), new CountingView(ledger, "other")));

      assertThat(TestDatabase.dump(dataSource, "view_tokens")).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoever_makes_a_token_second_finds_it_made(TestDatabase database) throws Exception {
    int nodes = 6;
    ExecutorService threads = Executors.newFixedThreadPool(nodes);
    try (HikariDataSource dataSource = database.create()) {
      Migrations.ofKit(dataSource);
      for (int round = 0; round < 20; round++) {
        String processor = "view" + round;
        CyclicBarrier together = new CyclicBarrier(nodes);
        List<Future<?>> making = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
          Tokens tokens = new Tokens(dataSource, new ViewTransactions(dataSource), "node-" + node);
          making.add(
              threads.submit(
                  () -> {
                    together.await();
                    tokens.prepare(processor, new GlobalSequenceTrackingToken(0));
                    return null;
                  }));
        }
        for (Future<?> each : making) {
          each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
      }
      assertThat(TestDatabase.dump(dataSource, "view_tokens")).hasSize(20);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void a_table_of_a_newer_version_is_not_touched() {
    try (HikariDataSource dataSource = TestDatabase.H2.create();
        Ledger ledger = Ledger.open(dataSource)) {
      Views.of(ledger, List.of(new CountingView(ledger)));
      Sql.query(
          dataSource,
          connection ->
              Sql.update(
                  connection,
                  """
                  INSERT INTO "view_counting_history"
                  SELECT 99, '7', "description", "type", "script", "checksum", "installed_by",
                    "installed_on", "execution_time", "success"
                  FROM "view_counting_history" WHERE "version" = '1'
                  """));

      assertThatThrownBy(() -> Views.of(ledger, List.of(new CountingView(ledger))))
          .isInstanceOf(LedgerUnavailable.class)
          .hasMessageContaining("view counting");
    }
  }

  @Test
  void two_views_of_one_name_are_a_mistake() {
    try (HikariDataSource dataSource = TestDatabase.H2.create();
        Ledger ledger = Ledger.open(dataSource)) {
      assertThatThrownBy(
              () -> Views.of(ledger, List.of(new CountingView(ledger), new CountingView(ledger))))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () -> Views.of(ledger, List.of(new CountingView(ledger, "x; DROP TABLE y"))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

package org.sessionledger.projections.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.projections.kit.TestLedger.PATIENCE;
import static org.sessionledger.projections.kit.TestLedger.open;
import static org.sessionledger.projections.kit.TestLedger.start;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.axonframework.messaging.responsetypes.ResponseTypes;
import org.axonframework.queryhandling.SubscriptionQueryResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.projections.kit.FindDecision;
import org.sessionledger.projections.kit.FindDecisions;
import org.sessionledger.projections.kit.FindSessionThen;
import org.sessionledger.projections.kit.FindStats;
import org.sessionledger.projections.kit.FindViews;
import org.sessionledger.projections.kit.Live;
import org.sessionledger.projections.kit.PageAnswer;
import org.sessionledger.projections.kit.TestDatabase;
import org.sessionledger.projections.kit.TestLedger;
import org.sessionledger.projections.kit.UpdatesLost;
import org.sessionledger.projections.kit.ViewState;

/** A first answer and every update after it. */
class SubscriptionsTest {

  private static final SessionKey KEY = new SessionKey("agent:a");
  private static final SessionKey OTHER = new SessionKey("other:b");

  /** A subscriber that notes what it hears, after its first answer. */
  private static final class Heard<U> implements AutoCloseable {

    private final SubscriptionQueryResult<?, U> result;
    private final BlockingQueue<Object> updates = new LinkedBlockingQueue<>();

    Heard(SubscriptionQueryResult<?, U> result) {
      this.result = result;
    }

    void listen() {
      result.updates().subscribe(updates::add, updates::add);
    }

    @SuppressWarnings("unchecked")
    U next() throws InterruptedException {
      Object next = updates.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(next).isNotNull().isNotInstanceOf(Throwable.class);
      return (U) next;
    }

    @Override
    public void close() {
      result.close();
    }
  }

  private static Optional<SessionStatus> first(
      SubscriptionQueryResult<Optional<SessionStatus>, SessionStatus> live) {
    return live.initialResult().block(PATIENCE);
  }

  @ParameterizedTest
  @EnumSource
  void one_session_is_told_version_by_version_from_the_first_answer_on(TestDatabase database)
      throws Exception {
    try (TestLedger test = TestLedger.open(database, SessionStatusView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(open(OTHER, "s-1"));
      test.caughtUp();
      var live = Live.session(test.views().queries(), new FindSessionStatus(KEY));
      try (Heard<SessionStatus> heard = new Heard<>(live)) {
        assertThat(first(live).orElseThrow().version()).isEqualTo(1);
        heard.listen();
        for (int i = 2; i <= 30; i++) {
          test.accepted(start(KEY, "s-1", "r-" + i));
          test.accepted(start(OTHER, "s-1", "r-" + i));
        }
        for (int version = 2; version <= 30; version++) {
          SessionStatus update = heard.next();
          assertThat(update.sessionKey()).isEqualTo(KEY);
          assertThat(update.version()).isEqualTo(version);
          assertThat(update.activeRuns()).isEqualTo(version - 1);
        }
        test.caughtUp();
        assertThat(test.view(SessionStatusView.class).find(new FindSessionStatus(KEY)))
            .hasValueSatisfying(now -> assertThat(now.version()).isEqualTo(30));
      }
    }
  }

  @Test
  void subscribers_that_come_while_others_write_miss_nothing_and_hear_nothing_twice()
      throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, SessionStatusView::new)) {
      test.accepted(open(KEY, "s-1"));
      Thread writer =
          new Thread(
              () -> {
                for (int i = 2; i <= 400; i++) {
                  test.accepted(start(KEY, "s-1", "r-" + i));
                }
              });
      writer.start();
      List<Long> firsts = new ArrayList<>();
      while (writer.isAlive()) {
        var live = Live.session(test.views().queries(), new FindSessionStatus(KEY));
        try (Heard<SessionStatus> heard = new Heard<>(live)) {
          long version = first(live).map(SessionStatus::version).orElse(0L);
          firsts.add(version);
          heard.listen();
          for (long next = version + 1; next <= Math.min(400, version + 5); next++) {
            assertThat(heard.next().version()).isEqualTo(next);
          }
        }
      }
      writer.join();
      assertThat(firsts).hasSizeGreaterThan(1).isSorted();
    }
  }

  @Test
  void a_session_that_does_not_exist_yet_is_told_from_its_first_version() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, SessionStatusView::new)) {
      var live = Live.session(test.views().queries(), new FindSessionStatus(KEY));
      try (Heard<SessionStatus> heard = new Heard<>(live)) {
        assertThat(first(live)).isEmpty();
        heard.listen();
        test.accepted(open(KEY, "s-1"));
        test.accepted(start(KEY, "s-1", "r-1"));
        assertThat(heard.next().version()).isEqualTo(1);
        assertThat(heard.next().version()).isEqualTo(2);
      }
    }
  }

  @Test
  void the_node_that_does_not_run_the_view_tells_its_subscribers_all_the_same() throws Exception {
    try (TestLedger one = TestLedger.open(TestDatabase.POSTGRESQL, SessionStatusView::new);
        TestLedger other = TestLedger.over(one.dataSource().getJdbcUrl(), SessionStatusView::new)) {
      one.accepted(open(KEY, "s-1"));
      one.caughtUp();
      other.caughtUp();
      var here = Live.session(one.views().queries(), new FindSessionStatus(KEY));
      var there = Live.session(other.views().queries(), new FindSessionStatus(KEY));
      try (Heard<SessionStatus> heardHere = new Heard<>(here);
          Heard<SessionStatus> heardThere = new Heard<>(there)) {
        assertThat(first(here).orElseThrow().version()).isEqualTo(1);
        assertThat(first(there).orElseThrow().version()).isEqualTo(1);
        heardHere.listen();
        heardThere.listen();
        for (int version = 2; version <= 21; version++) {
          (version % 2 == 0 ? one : other).accepted(start(KEY, "s-1", "r-" + version));
        }
        for (long version : LongStream.rangeClosed(2, 21).toArray()) {
          assertThat(heardHere.next().version()).isEqualTo(version);
          assertThat(heardThere.next().version()).isEqualTo(version);
        }
      }
    }
  }

  @Test
  void a_list_is_told_of_each_change_of_its_prefix_whatever_the_status() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, SessionStatusView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.caughtUp();
      var live =
          Live.sessions(
              test.views().queries(), new FindSessions(Status.RUNNING, "agent:", 10, null));
      try (Heard<SessionStatus> heard = new Heard<>(live)) {
        assertThat(live.initialResult().block(PATIENCE).orElseThrow().items()).hasSize(1);
        heard.listen();
        test.accepted(open(OTHER, "s-1"));
        test.accepted(TestLedger.complete(KEY, "s-1", "r-1"));
        SessionStatus update = heard.next();
        assertThat(update.sessionKey()).isEqualTo(KEY);
        assertThat(update.status()).isEqualTo(Status.DONE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusals_are_told_in_the_order_of_the_log(TestDatabase database) throws Exception {
    try (TestLedger test = TestLedger.open(database, SessionStatusView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.refused(Reason.UNKNOWN_RUN, TestLedger.complete(KEY, "s-1", "r-0"));
      var live =
          Live.decisions(
              test.views().queries(), new FindDecisions(Verdict.REJECTED, null, KEY, 10, null));
      try (Heard<LoggedDecision> heard = new Heard<>(live)) {
        assertThat(live.initialResult().block(PATIENCE).orElseThrow().items()).hasSize(1);
        heard.listen();
        for (int i = 1; i <= 5; i++) {
          test.refused(Reason.UNKNOWN_RUN, TestLedger.complete(KEY, "s-1", "r-" + i));
          // Neither repeats nor others' refusals are news.
          test.refused(Reason.UNKNOWN_RUN, TestLedger.complete(KEY, "s-1", "r-0"));
          test.refused(Reason.UNKNOWN_SESSION, TestLedger.complete(OTHER, "s-1", "r-" + i));
        }
        for (int i = 1; i <= 5; i++) {
          assertThat(heard.next().runId()).isEqualTo("r-" + i);
        }
      }
    }
  }

  @Test
  void who_falls_too_far_behind_is_told_so_and_nothing_is_skipped_in_silence() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, SessionStatusView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.caughtUp();
      var live = Live.session(test.views().queries(), new FindSessionStatus(KEY));
      var probe = Live.session(test.views().queries(), new FindSessionStatus(KEY));
      try (Heard<SessionStatus> slow = new Heard<>(live);
          Heard<SessionStatus> quick = new Heard<>(probe)) {
        assertThat(first(live).orElseThrow().version()).isEqualTo(1);
        assertThat(first(probe).orElseThrow().version()).isEqualTo(1);
        quick.listen();
        int last = Live.WAITING_MAX + 10;
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int i = 0; i < last / 2 + 1; i++) {
          sent.add(submit(test, start(KEY, "s-1", "r-" + i)));
          sent.add(submit(test, TestLedger.complete(KEY, "s-1", "r-" + i)));
        }
        sent.forEach(CompletableFuture::join);
        while (quick.next().version() < last) {
          // Every one of them comes.
        }
        assertThatThrownBy(() -> live.updates().blockFirst(PATIENCE))
            .isInstanceOf(UpdatesLost.class)
            .hasMessageContaining("subscribe anew");
      }
    }
  }

  private static CompletableFuture<?> submit(TestLedger test, SessionCommand command) {
    return test.ledger().submit(Arrival.of(Ledger.newCommandId(), command, Provenance.NONE));
  }

  @Test
  void what_no_view_answers_can_be_asked_over_the_query_bus_too() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, SessionStatusView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      String id =
          test.refused(Reason.UNKNOWN_RUN, TestLedger.complete(KEY, "s-1", "r-0"))
              .refusal()
              .decisionId();
      var queries = test.views().queries();
      assertThat(
              queries
                  .query(
                      new FindSessionThen(KEY, 1L, null),
                      ResponseTypes.optionalInstanceOf(SessionStatus.class))
                  .get()
                  .map(SessionStatus::version))
          .contains(1L);
      assertThat(
              queries
                  .query(
                      new FindDecision(id), ResponseTypes.optionalInstanceOf(LoggedDecision.class))
                  .get()
                  .map(LoggedDecision::decisionId))
          .contains(id);
      assertThat(
              queries
                  .query(
                      new FindDecisions(Verdict.REJECTED, Reason.UNKNOWN_RUN, KEY, 1, null),
                      PageAnswer.of(LoggedDecision.class))
                  .get()
                  .orElseThrow()
                  .items())
          .hasSize(1);
      assertThat(queries.query(new FindStats(), Stats.class).get().rejected()).isEqualTo(1);
      assertThat(
              queries
                  .query(new FindViews(), ResponseTypes.multipleInstancesOf(ViewState.class))
                  .get())
          .extracting(ViewState::name)
          .containsExactly("status");
    }
  }
}

package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CompactionTrigger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.store.LedgerReader.DecisionQuery;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.Senders;

/**
 * A handle signs with the generation that owns its run, and says so when there is none any more.
 */
class RunHandleTest {

  private static final SessionKey KEY = new SessionKey("agent:main:slack:channel:C1");
  private static final RunId RUN = new RunId("r-1");

  @TempDir Path folder;

  private Ledger ledger;
  private SessionHandle session;

  @BeforeEach
  void open() {
    ledger = Ledger.open(folder);
    session = ledger.session(KEY);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void a_run_reports_and_ends() {
    try (RunHandle run = session.start(RUN)) {
      assertThat(run.progress("thinking", 17L).verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(status().activeRuns()).isEqualTo(1);
      assertThat(run.complete().verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(run.state()).isEqualTo(RunHandle.State.ENDED);
    }
    assertThat(status().status()).isEqualTo(Status.DONE);
    assertThat(status().tokens()).isEqualTo(17);
    assertThat(types())
        .containsExactly("SessionOpened", "RunStarted", "RunProgressed", "RunCompleted");
    assertThat(events().get(3).provenance().source()).isEqualTo(ledger.options().source());
  }

  @Test
  void a_forgotten_run_is_interrupted() {
    RunHandle run = session.start(RUN);
    run.close();
    run.close();
    assertThat(status().status()).isEqualTo(Status.INTERRUPTED);
    assertThat(types()).containsExactly("SessionOpened", "RunStarted", "RunInterrupted");
    assertThatThrownBy(run::complete)
        .isInstanceOf(HandleClosed.class)
        .hasMessageContaining("handle is closed")
        .hasMessageContaining("start a run");
  }

  @Test
  void one_that_failed_is_tried_again() {
    RunHandle first = session.start(RUN);
    first.fail("timeout", "the model said nothing");
    RunHandle second = first.retry();
    assertThat(second.attempt()).isEqualTo(2);
    second.complete();
    assertThat(status().status()).isEqualTo(Status.DONE);
    assertThatThrownBy(first::complete).isInstanceOf(HandleClosed.class);
    first.close();
    assertThat(refusals()).isEmpty();
  }

  @Test
  void an_attempt_that_is_tried_again_while_it_is_open_is_replaced() {
    RunHandle first = session.start(RUN);
    RunHandle other = session.attach(new RunAttempt(RUN, 1));
    RunHandle second = first.retry();
    CommandRefused refused = catchThrowableOfType(CommandRefused.class, other::complete);
    assertThat(refused.reason()).isEqualTo(Reason.ATTEMPT_SUPERSEDED);
    assertThat(other.state()).isEqualTo(RunHandle.State.SUPERSEDED);
    second.complete();
  }

  @Test
  void a_compaction_by_the_handle_moves_it() {
    try (RunHandle run = session.start(RUN)) {
      assertThat(run.compact(CompactionTrigger.PREFLIGHT, 90_000L, 9_000L).number()).isEqualTo(2);
      assertThat(run.generation().number()).isEqualTo(2);
      assertThat(run.generation().sessionId()).isNotEqualTo(session.generation().sessionId());
      run.complete();
    }
    assertThat(status().status()).isEqualTo(Status.DONE);
    assertThat(refusals()).isEmpty();
  }

  @Test
  void a_compaction_around_the_handle_moves_it_before_its_maker_hears_of_it() {
    try (RunHandle run = session.start(RUN)) {
      SessionHandle next = session.compact(CompactionTrigger.MANUAL, null, null);
      assertThat(run.generation()).isEqualTo(next.generation());
      run.complete();
    }
    assertThat(refusals()).isEmpty();
  }

  @Test
  void a_compaction_that_leaves_the_run_behind_ends_its_handle() {
    RunHandle left = session.start(RUN);
    RunHandle carried = session.start(new RunId("r-2"));
    ledger.decide(
        new SessionCommand.CompactSession(
            KEY,
            session.generation().sessionId(),
            null,
            null,
            null,
            null,
            List.of(carried.runId()),
            null,
            null),
        Provenance.NONE);
    assertThat(left.state()).isEqualTo(RunHandle.State.SUPERSEDED);
    assertThat(carried.state()).isEqualTo(RunHandle.State.OPEN);
    assertThat(carried.generation().number()).isEqualTo(2);
    assertThatThrownBy(left::complete).isInstanceOf(GenerationEnded.class);
    carried.complete();
  }

  @Test
  void a_reset_ends_the_handle_at_once_and_its_late_report_is_kept() throws Exception {
    RunHandle run = session.start(RUN);
    CompletableFuture<Decision> told = run.superseded();
    SessionHandle next = session.as("ops", "stuck").reset();
    assertThat(run.state()).isEqualTo(RunHandle.State.SUPERSEDED);
    assertThat(told.get(10, TimeUnit.SECONDS).commandType()).isEqualTo("ResetSession");

    GenerationEnded ended =
        catchThrowableOfType(GenerationEnded.class, () -> run.fail("late", "too late"));
    assertThat(ended.reason()).isEqualTo(Reason.STALE_GENERATION);
    assertThat(ended.successor().orElseThrow().generation()).isEqualTo(next.generation());
    assertThat(ended).hasMessageContaining("stale-generation").hasMessageContaining("2 (");
    assertThat(refusals()).containsExactly(Reason.STALE_GENERATION);
    assertThat(status().status()).isEqualTo(Status.IDLE);

    run.close();
    assertThat(types()).doesNotContain("RunInterrupted");
    ended.successor().orElseThrow().start(new RunId("r-2")).complete();
    assertThat(status().status()).isEqualTo(Status.DONE);
  }

  @Test
  void a_start_that_was_prepared_before_a_reset_is_refused_after_it() {
    session.reset();
    GenerationEnded ended = catchThrowableOfType(GenerationEnded.class, () -> session.start(RUN));
    assertThat(ended.reason()).isEqualTo(Reason.STALE_GENERATION);
    assertThat(session.isCurrent()).isFalse();
    assertThat(ended.successor().orElseThrow().isCurrent()).isTrue();
    assertThat(status().status()).isEqualTo(Status.IDLE);
  }

  @Test
  void a_second_reset_does_not_end_the_healthy_successor() {
    SessionHandle next = session.reset();
    assertThatThrownBy(session::reset)
        .isInstanceOf(GenerationEnded.class)
        .hasMessageContaining("expected-generation");
    assertThat(next.isCurrent()).isTrue();
  }

  @Test
  void what_moved_to_another_key_is_found_there_and_what_is_closed_has_no_successor() {
    RunHandle run = session.start(RUN);
    SessionKey elsewhere = new SessionKey("elsewhere");
    ledger.decide(
        new SessionCommand.MigrateSession(KEY, elsewhere, null, null, null), Provenance.NONE);
    assertThat(run.state()).isEqualTo(RunHandle.State.SUPERSEDED);
    GenerationEnded moved = catchThrowableOfType(GenerationEnded.class, run::complete);
    assertThat(moved.reason()).isEqualTo(Reason.SESSION_MIGRATED);
    SessionHandle there = moved.successor().orElseThrow();
    assertThat(there.key()).isEqualTo(elsewhere);

    RunHandle second = there.start(RUN);
    ledger.decide(new SessionCommand.CloseSession(elsewhere, null, null), Provenance.NONE);
    assertThat(second.state()).isEqualTo(RunHandle.State.SUPERSEDED);
    assertThat(catchThrowableOfType(GenerationEnded.class, second::complete).successor()).isEmpty();
    assertThatThrownBy(() -> ledger.session(elsewhere))
        .isInstanceOf(GenerationEnded.class)
        .hasMessageContaining("session-closed");
  }

  @Test
  void what_is_open_already_is_not_started_twice() {
    RunHandle run = session.start(RUN);
    assertThatThrownBy(() -> session.start(RUN))
        .isInstanceOf(RunOpenAlready.class)
        .hasMessageContaining("attach")
        .hasMessageContaining("attempt 2");
    RunHandle attached = session.attach(new RunAttempt(RUN, 1));
    attached.complete();
    assertThatThrownBy(() -> run.fail("x", "y"))
        .isInstanceOf(CommandRefused.class)
        .hasMessageContaining("run-ended");
  }

  @Test
  void whether_it_may_go_on_is_asked_without_a_trace() {
    RunHandle run = session.start(RUN);
    session.compact(null, null, null);
    run.requireCurrent();
    long arrivals = ledger.reader().stats().arrivals();
    run.requireCurrent();
    run.session().reset();
    assertThatThrownBy(run::requireCurrent).isInstanceOf(GenerationEnded.class);
    assertThat(ledger.reader().stats().arrivals()).isEqualTo(arrivals + 1);
    assertThat(refusals()).isEmpty();
  }

  @Test
  void a_silent_run_is_kept_alive_until_it_ends() throws Exception {
    ledger.close();
    CompletableFuture<Decision> twice = new CompletableFuture<>();
    ledger =
        Ledger.open(
            folder,
            LedgerOptions.defaults()
                .withKeepAlive(Duration.ofMillis(20))
                .and(
                    (incoming, decision, took) -> {
                      if ("ReportProgress".equals(decision.commandType())
                          && decision.session().version() == 4) {
                        twice.complete(decision);
                      }
                    }));
    RunHandle run = ledger.session(KEY).start(RUN);
    assertThat(twice.get(20, TimeUnit.SECONDS).verdict()).isEqualTo(Verdict.ACCEPTED);
    run.complete();
    assertThat(run.isSilentSince(Long.MAX_VALUE)).isFalse();
    assertThat(types()).startsWith("SessionOpened", "RunStarted", "RunProgressed");
  }

  @Test
  void a_run_that_the_watchdog_ended_is_not_kept_alive_and_its_own_end_counts() {
    RunHandle run = session.start(RUN);
    ledger.decide(new SessionCommand.InterruptRuns(KEY, null, RUN, 1L, null), Provenance.NONE);
    assertThatThrownBy(run::keepAlive)
        .isInstanceOf(CommandRefused.class)
        .isNotInstanceOf(GenerationEnded.class)
        .hasMessageContaining("run-ended");
    assertThat(run.isSilentSince(System.nanoTime() + 1)).isFalse();
    RunHandle nobody = session.attach(new RunAttempt(new RunId("nobody"), 1));
    assertThatThrownBy(nobody::keepAlive).hasMessageContaining("unknown-run");
    assertThat(nobody.isSilentSince(System.nanoTime() + 1)).isFalse();
    run.complete();
    assertThat(status().status()).isEqualTo(Status.DONE);
  }

  @Test
  void many_threads_use_one_handle_while_the_session_is_compacted() {
    RunHandle run = session.start(RUN);
    List<Supplier<Boolean>> threads =
        Stream.concat(
                IntStream.range(0, 3)
                    .<Supplier<Boolean>>mapToObj(
                        thread ->
                            () ->
                                IntStream.range(0, 60)
                                    .allMatch(
                                        i ->
                                            run.progress(thread + "-" + i, null).verdict()
                                                == Verdict.ACCEPTED)),
                Stream.<Supplier<Boolean>>of(
                    () ->
                        IntStream.range(0, 20)
                            .allMatch(i -> run.session().compact(null, null, null).isCurrent())))
            .toList();
    assertThat(Senders.together(threads)).containsOnly(true);
    assertThat(run.generation().number()).isEqualTo(21);
    run.complete();
    assertThat(types().stream().filter("RunProgressed"::equals)).hasSize(180);
    assertThat(refusals()).allMatch(Reason.STALE_GENERATION::equals);
  }

  @Test
  void a_run_that_is_reset_right_behind_its_start_is_told_of_it() throws Exception {
    SessionKey held = new SessionKey("held");
    CountDownLatch holding = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ledger.close();
    ledger =
        Ledger.open(
            folder,
            LedgerOptions.defaults()
                .and(
                    (incoming, decision, took) -> {
                      if (held.equals(decision.sessionKey())) {
                        holding.countDown();
                        awaited(go);
                      }
                    }));
    ExecutorService callers = Executors.newCachedThreadPool();
    try {
      List<Future<RunHandle>> runs = new ArrayList<>();
      List<SessionHandle> sessions =
          IntStream.range(0, 20).mapToObj(i -> ledger.session(new SessionKey("s-" + i))).toList();
      var unused =
          ledger.submit(new SessionCommand.OpenSession(held, null, null, null), Provenance.NONE);
      awaited(holding);
      for (SessionHandle each : sessions) {
        int before = ledger.waiting();
        runs.add(callers.submit(() -> each.start(RUN)));
        while (ledger.waiting() == before) {
          Thread.onSpinWait();
        }
        unused =
            ledger.submit(
                new SessionCommand.ResetSession(each.key(), null, null, null), Provenance.NONE);
      }
      go.countDown();
      for (Future<RunHandle> run : runs) {
        assertThat(run.get().superseded()).succeedsWithin(Duration.ofSeconds(20));
        assertThat(run.get().state()).isEqualTo(RunHandle.State.SUPERSEDED);
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  @Timeout(20)
  void the_ledger_s_own_thread_is_not_let_wait_for_itself() {
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    ledger.close();
    ledger =
        Ledger.open(
            folder,
            LedgerOptions.defaults()
                .and(
                    (incoming, decision, took) -> {
                      if ("StartRun".equals(decision.commandType())) {
                        RunHandle run = session(incoming).attach(new RunAttempt(RUN, 1));
                        failures.add(catchThrowable(run::keepAlive));
                        failures.add(catchThrowable(run::requireCurrent));
                        failures.add(catchThrowable(() -> ledger.decideAll(List.of(incoming))));
                      }
                    }));
    RunHandle run = ledger.session(KEY).start(RUN);
    assertThat(failures)
        .hasSize(3)
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("own thread"));
    run.complete();
    assertThat(types()).containsExactly("SessionOpened", "RunStarted", "RunCompleted");
  }

  private SessionHandle session(Incoming told) {
    SessionKey key = ((Arrival) told).command().sessionKey();
    return new SessionHandle(ledger, key, session.generation(), Provenance.NONE);
  }

  @Test
  void sessions_whose_handles_the_program_lost_sight_of_are_forgotten() {
    int most = 0;
    for (int i = 0; i < 10_000; i++) {
      new SessionHandle(ledger, new SessionKey("k-" + i), session.generation(), Provenance.NONE)
          .attach(new RunAttempt(RUN, 1));
      if (i % 1_000 == 0) {
        System.gc();
      }
      most = Math.max(most, ledger.handles().sessions());
    }
    assertThat(most).isLessThan(8_000);
  }

  @Test
  void two_that_end_a_run_at_once_end_it_once() {
    RunHandle run = session.start(RUN);
    List<CompletableFuture<Decision>> both =
        List.of(run.submit(new RunReport.Complete()), run.submit(new RunReport.Complete()));
    assertThat(both.stream().map(each -> each.join().verdict()))
        .containsExactly(Verdict.ACCEPTED, Verdict.DUPLICATE);
  }

  @Test
  void another_node_s_compaction_and_reset_are_learnt_with_the_next_report() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger here = database.open();
        Ledger there = database.open()) {
      RunHandle run = here.session(KEY).start(RUN);
      there.session(KEY).compact(null, null, null);
      assertThat(run.progress("after the compaction", null).verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(run.generation().number()).isEqualTo(2);
      SessionHandle next = there.session(KEY).reset();
      GenerationEnded ended = catchThrowableOfType(GenerationEnded.class, run::complete);
      assertThat(run.state()).isEqualTo(RunHandle.State.SUPERSEDED);
      assertThat(ended.successor().orElseThrow().generation()).isEqualTo(next.generation());
    }
  }

  @Test
  void a_closed_ledger_says_so() {
    RunHandle run = session.start(RUN);
    ledger.close();
    assertThatThrownBy(run::keepAlive)
        .isInstanceOf(LedgerUnavailable.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(run::close).isInstanceOf(LedgerUnavailable.class);
    assertThatThrownBy(() -> ledger.session(KEY)).isInstanceOf(LedgerUnavailable.class);
    assertThatThrownBy(() -> ledger.queries()).isInstanceOf(LedgerUnavailable.class);
  }

  @Test
  void null_and_what_is_too_long_are_named() {
    RunHandle run = session.start(RUN);
    assertThatThrownBy(() -> new RunId(null))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'runId' is missing");
    assertThatThrownBy(() -> session.start(null))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'runId' is missing");
    assertThatThrownBy(() -> ledger.session(null))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'sessionKey' is missing");
    assertThatThrownBy(() -> run.progress("x".repeat(5_000), null))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("'note' has 5000 characters, at most 4096");
    assertThatThrownBy(() -> run.progress(null, -1L)).isInstanceOf(InvalidField.class);
    assertThat(run.state()).isEqualTo(RunHandle.State.OPEN);
    run.fail("kind", "x".repeat(70_000));
    assertThat(((SessionEvent.RunFailed) events().get(2).event()).errorMessageLength())
        .isEqualTo(70_000);
  }

  private SessionStatus status() {
    return ledger.reader().session(KEY).orElseThrow();
  }

  private List<RecordedEvent> events() {
    return ledger.reader().eventsOf(KEY, 0, 1_000);
  }

  private List<String> types() {
    return events().stream().map(event -> event.event().type()).toList();
  }

  private List<Reason> refusals() {
    return ledger
        .reader()
        .decisions(new DecisionQuery(Verdict.REJECTED, null, KEY, null, 100))
        .stream()
        .map(line -> line.refusal().reason())
        .toList();
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

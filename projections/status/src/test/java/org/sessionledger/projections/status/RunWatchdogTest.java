package org.sessionledger.projections.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerOptions;
import org.sessionledger.core.ledger.RunHandle;
import org.sessionledger.core.ledger.RunReport;
import org.sessionledger.core.ledger.SessionHandle;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Live;
import org.sessionledger.projections.kit.TestDatabase;
import org.sessionledger.projections.kit.TestLedger;
import org.sessionledger.projections.kit.Views;

class RunWatchdogTest {

  private static final SessionKey KEY = new SessionKey("agent:main");
  private static final Duration LEASE = Duration.ofMinutes(10);

  @TempDir Path folder;

  private final Hand clock = new Hand();

  @Test
  void a_run_whose_lease_ran_out_is_interrupted_and_one_that_was_renewed_is_not() {
    try (Ledger ledger = Ledger.open(folder, LedgerOptions.defaults().with(clock));
        Views views = Views.open(ledger)) {
      SessionHandle session = ledger.session(KEY);
      RunHandle silent = session.start(new RunId("silent"));
      RunHandle busy = session.start(new RunId("busy"));
      RunHandle elsewhere = ledger.session(new SessionKey("elsewhere")).start(new RunId("r"));
      RunWatchdog watchdog = RunWatchdog.of(ledger, views, LEASE);
      clock.forward(LEASE.minusSeconds(1));
      busy.progress("still at it", null);
      views.awaitAll(TestLedger.PATIENCE);
      assertThat(watchdog.look()).isZero();

      clock.forward(Duration.ofSeconds(2));
      assertThat(watchdog.look()).isEqualTo(2);
      assertThat(watchdog.look()).isZero();
      assertThat(status(ledger).activeRuns()).isEqualTo(1);
      RecordedEvent last = ledger.reader().event(KEY, status(ledger).version()).orElseThrow();
      assertThat(last.event().type()).isEqualTo("RunInterrupted");
      assertThat(last.provenance().source().component()).isEqualTo("watchdog");
      assertThat(last.provenance().reason()).contains("lease of 600 s ran out");

      silent.complete();
      busy.complete();
      assertThat(status(ledger).status()).isEqualTo(Status.DONE);
      assertThat(elsewhere.sessionKey()).isNotEqualTo(KEY);
    }
  }

  @Test
  void a_carry_over_renews_nothing() {
    try (Ledger ledger = Ledger.open(folder, LedgerOptions.defaults().with(clock));
        Views views = Views.open(ledger)) {
      RunHandle run = ledger.session(KEY).start(new RunId("r-1"));
      clock.forward(LEASE.plusSeconds(1));
      run.compact(null, null, null);
      views.awaitAll(TestLedger.PATIENCE);
      assertThat(RunWatchdog.of(ledger, views, LEASE).look()).isEqualTo(1);
    }
  }

  /** The snapshot of a long session knows of its runs, too. */
  @ParameterizedTest
  @EnumSource
  void the_open_runs_of_a_long_session_are_known(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, SessionStatusView::new)) {
      RunHandle run = test.ledger().session(KEY).start(new RunId("r-1"));
      RunHandle other = test.ledger().session(KEY).start(new RunId("r-2"));
      for (int i = 0; i < 600; i++) {
        var unused = run.submit(new RunReport.Progress("" + i, null));
      }
      run.progress("last", null);
      other.complete();
      assertThat(test.ledger().reader().openRuns(KEY))
          .singleElement()
          .satisfies(
              open -> {
                assertThat(open.runId()).isEqualTo(new RunId("r-1"));
                assertThat(open.startedVersion()).isEqualTo(2);
                assertThat(open.renewedVersion()).isEqualTo(604);
              });
      assertThat(test.ledger().reader().openRuns(new SessionKey("nobody"))).isEmpty();
    }
  }

  @Test
  void runs_of_an_earlier_process_in_the_same_folder_are_interrupted_at_once() {
    Source before = new Source("agent", "agent-1", null);
    try (Ledger ledger = Ledger.open(folder, LedgerOptions.defaults().with(before))) {
      ledger.session(KEY).start(new RunId("mine"));
      Provenance remote = Provenance.from("gateway", "gw-1");
      ledger.session(KEY, remote).start(new RunId("a gateway's"));
    }
    Source now = new Source("agent", "agent-2", null);
    try (Ledger ledger = Ledger.open(folder, LedgerOptions.defaults().with(now));
        Views views = Views.open(ledger)) {
      ledger.session(KEY).start(new RunId("new"));
      Provenance worker = Provenance.from("agent", "a worker of this process");
      ledger.session(KEY, worker).start(new RunId("a worker's"));
      views.awaitAll(TestLedger.PATIENCE);
      assertThat(RunWatchdog.of(ledger, views, LEASE).look()).isEqualTo(1);
      assertThat(ledger.reader().openRuns(KEY))
          .extracting(run -> run.runId().value())
          .containsExactly("a gateway's", "new", "a worker's");
    }
  }

  @Test
  void in_a_shared_database_another_process_may_live() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, SessionStatusView::new)) {
      Provenance other =
          Provenance.from(test.ledger().options().source().component(), "another process");
      test.ledger().session(KEY, other).start(new RunId("r-1"));
      test.caughtUp();
      assertThat(RunWatchdog.of(test.ledger(), test.views(), LEASE).look()).isZero();
    }
  }

  @Test
  void it_looks_by_itself_and_ends_with_its_ledger() throws Exception {
    try (Ledger ledger = Ledger.open(folder);
        Views views = Views.open(ledger);
        RunWatchdog watchdog = RunWatchdog.start(ledger, views, Duration.ofMillis(50))) {
      RunHandle run = ledger.session(KEY).start(new RunId("r-1"));
      var subscription = Live.session(views.queries(), new FindSessionStatus(KEY));
      subscription.initialResult().block(TestLedger.PATIENCE);
      subscription
          .updates()
          .startWith(status(ledger))
          .filter(session -> session.status() == Status.INTERRUPTED)
          .blockFirst(TestLedger.PATIENCE);
      assertThat(run.state()).isEqualTo(RunHandle.State.OPEN);
      assertThat(watchdog).isNotNull();
      assertThatThrownBy(() -> RunWatchdog.of(ledger, views, Duration.ZERO))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("above zero");
    }
  }

  @Test
  void it_needs_the_status_view() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2)) {
      assertThatThrownBy(() -> RunWatchdog.of(test.ledger(), test.views(), LEASE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no SessionStatusView here");
    }
  }

  /** A renewal that comes between the look and the command wins: versions decide. */
  @Test
  void a_renewal_in_between_wins() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, SessionStatusView::new)) {
      RunHandle run = test.ledger().session(KEY).start(new RunId("r-1"));
      long seen = test.ledger().reader().openRuns(KEY).get(0).renewedVersion();
      run.keepAlive();
      test.send(new SessionCommand.InterruptRuns(KEY, null, new RunId("r-1"), 1L, seen));
      assertThat(test.ledger().reader().openRuns(KEY)).hasSize(1);
    }
  }

  private static SessionStatus status(Ledger ledger) {
    return ledger.reader().session(KEY).orElseThrow();
  }

  /** A clock that is moved by hand. */
  private static final class Hand extends Clock {

    private Instant now = Instant.parse("2026-11-27T12:00:00Z");

    void forward(Duration by) {
      now = now.plus(by);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}

package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.session.Past.*;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.session.SessionStatus.LastRun;

class SessionStatusTest {

  private static final Instant OPENED_AT = Instant.parse("2026-05-31T09:00:00Z");

  @Test
  void an_opened_session_is_idle_and_blank() {
    SessionEvent.Origin origin =
        new SessionEvent.Origin(SessionEvent.Origin.Kind.FORK, OTHER_KEY, SECOND);
    SessionStatus status =
        SessionStatus.after(
            null,
            new SessionEvent.SessionOpened(
                KEY, FIRST, RunPolicy.SINGLE, Map.of("team", "blue"), origin),
            1,
            40,
            OPENED_AT);
    assertThat(status)
        .isEqualTo(
            new SessionStatus(
                KEY,
                FIRST.sessionId(),
                1,
                Status.IDLE,
                0,
                1,
                40,
                null,
                null,
                0,
                null,
                RunPolicy.SINGLE,
                Map.of("team", "blue"),
                origin,
                null,
                OPENED_AT,
                OPENED_AT));
  }

  @Test
  void every_event_tells_where_it_stands_and_when_it_was() {
    SessionStatus status = after(opened(), started(FIRST, "r-1"), progressed(FIRST, "r-1"));
    assertThat(status.version()).isEqualTo(3);
    assertThat(status.position()).isEqualTo(103);
    assertThat(status.openedAt()).isEqualTo(at(1));
    assertThat(status.changedAt()).isEqualTo(at(3));
  }

  @Test
  void an_event_before_the_first_is_a_broken_assumption() {
    assertThatThrownBy(() -> SessionStatus.after(null, reset(FIRST, SECOND), 1, 1, OPENED_AT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("SessionReset as the first event of session " + KEY);
  }

  @Test
  void a_decision_tells_of_a_session_where_it_stands() {
    assertThat(after(opened(), started(FIRST, "r-1")).standing())
        .isEqualTo(new Standing(FIRST, 2, Status.RUNNING, 1));
  }

  // Runs

  @Test
  void a_started_run_makes_the_session_running() {
    SessionStatus status = after(opened(), started(FIRST, "r-1"));
    assertThat(status.status()).isEqualTo(Status.RUNNING);
    assertThat(status.activeRuns()).isEqualTo(1);
    assertThat(status.runs()).isEqualTo(1);
    assertThat(status.lastRun())
        .isEqualTo(new LastRun(new RunId("r-1"), 1, Status.RUNNING, at(2), null, null, null));
    assertThat(status.lastEndedRun()).isNull();
  }

  @Test
  void each_end_of_the_last_run_is_the_status() {
    assertThat(after(opened(), started(FIRST, "r-1"), completed(FIRST, "r-1")).status())
        .isEqualTo(Status.DONE);
    assertThat(after(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1")).status())
        .isEqualTo(Status.FAILED);
    assertThat(after(opened(), started(FIRST, "r-1"), aborted(FIRST, "r-1")).status())
        .isEqualTo(Status.ABORTED);
    assertThat(after(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1")).status())
        .isEqualTo(Status.INTERRUPTED);
  }

  @Test
  void the_session_is_running_until_the_last_open_run_has_ended() {
    SessionStatus one =
        after(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), completed(FIRST, "r-2"));
    assertThat(one.status()).isEqualTo(Status.RUNNING);
    assertThat(one.activeRuns()).isEqualTo(1);
    SessionStatus none = next(one, aborted(FIRST, "r-1"));
    assertThat(none.status()).isEqualTo(Status.ABORTED);
    assertThat(none.activeRuns()).isZero();
  }

  @Test
  void the_status_follows_the_last_event_that_ended_a_run() {
    SessionStatus status =
        after(
            opened(),
            started(FIRST, "r-1"),
            started(FIRST, "r-2"),
            failed(FIRST, "r-1", 1, "timeout", "slow"),
            completed(FIRST, "r-2"));
    assertThat(status.status()).isEqualTo(Status.DONE);
    assertThat(status.lastRun().runId()).isEqualTo(new RunId("r-2"));
  }

  @Test
  void an_end_tells_when_the_run_started_if_no_other_started_since() {
    SessionStatus last = after(opened(), started(FIRST, "r-1"), completed(FIRST, "r-1"));
    assertThat(last.lastRun())
        .isEqualTo(new LastRun(new RunId("r-1"), 1, Status.DONE, at(2), at(3), null, null));
    SessionStatus other =
        after(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), completed(FIRST, "r-1"));
    assertThat(other.lastRun())
        .isEqualTo(new LastRun(new RunId("r-1"), 1, Status.DONE, null, at(4), null, null));
    SessionStatus otherAttempt = after(opened(), started(FIRST, "r-1", 2), failed(FIRST, "r-1"));
    assertThat(otherAttempt.lastRun().startedAt()).isNull();
  }

  @Test
  void a_run_that_starts_again_shows_no_end_and_no_error() {
    SessionStatus status =
        after(
            opened(),
            started(FIRST, "r-1"),
            failed(FIRST, "r-1", 1, "timeout", "slow"),
            started(FIRST, "r-1", 2));
    assertThat(status.lastRun())
        .isEqualTo(new LastRun(new RunId("r-1"), 2, Status.RUNNING, at(4), null, null, null));
    assertThat(status.lastEndedRun())
        .isEqualTo(
            new LastRun(new RunId("r-1"), 1, Status.FAILED, at(2), at(3), "timeout", "slow"));
    assertThat(status.runs()).isEqualTo(2);
  }

  @Test
  void a_replaced_attempt_leaves_one_run_open() {
    SessionStatus status = after(opened(), started(FIRST, "r-1"), replaced(FIRST, "r-1", 2));
    assertThat(status.activeRuns()).isEqualTo(1);
    assertThat(status.runs()).isEqualTo(2);
    assertThat(next(status, completed(FIRST, "r-1", 2)).activeRuns()).isZero();
  }

  @Test
  void an_error_message_is_cut_here_and_a_short_one_is_whole() {
    String whole = "\uD83D\uDE80".repeat(SessionStatus.ERROR_MESSAGE_MAX);
    assertThat(failedWith(whole).lastRun().errorMessage()).isEqualTo(whole);
    assertThat(failedWith(whole + "x").lastRun().errorMessage()).isEqualTo(whole);
    assertThat(failedWith(null).lastRun().errorMessage()).isNull();
    assertThat(failedWith("").lastRun().errorMessage()).isEmpty();
    assertThat(failedWith("slow").lastRun().errorKind()).isEqualTo("timeout");
  }

  /** It stands beside every later event, together with the attributes. */
  @Test
  void an_error_kind_is_cut_here_too() {
    SessionStatus status =
        after(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1", 1, "x".repeat(1_025), null));
    assertThat(status.lastRun().errorKind()).isEqualTo("x".repeat(1_024));
  }

  @Test
  void the_last_reported_count_of_tokens_stays() {
    SessionStatus status =
        after(opened(), started(FIRST, "r-1"), progressed(FIRST, "r-1", 1, null, 512L));
    assertThat(status.tokens()).isEqualTo(512);
    assertThat(status.activeRuns()).isEqualTo(1);
    assertThat(next(status, progressed(FIRST, "r-1", 1, "a note", null)).tokens()).isEqualTo(512);
    assertThat(next(status, progressed(FIRST, "r-1", 1, null, 0L)).tokens()).isZero();
    assertThat(next(status, completed(FIRST, "r-1")).tokens()).isEqualTo(512);
  }

  // Corrections of interruptions

  @Test
  void the_real_end_of_an_interrupted_run_is_the_status_and_no_run_ends_twice() {
    SessionStatus status =
        after(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"), corrected(FIRST, "r-1"));
    assertThat(status.status()).isEqualTo(Status.DONE);
    assertThat(status.activeRuns()).isZero();
    assertThat(status.lastRun())
        .isEqualTo(new LastRun(new RunId("r-1"), 1, Status.DONE, at(2), at(4), null, null));
  }

  @Test
  void a_correction_while_another_run_is_open_leaves_that_one_running() {
    SessionStatus status =
        after(
            opened(),
            started(FIRST, "r-1"),
            started(FIRST, "r-2"),
            interrupted(FIRST, "r-1"),
            corrected(FIRST, "r-1"));
    assertThat(status.status()).isEqualTo(Status.RUNNING);
    assertThat(status.activeRuns()).isEqualTo(1);
    assertThat(next(status, failed(FIRST, "r-2")).activeRuns()).isZero();
  }

  @Test
  void a_correction_is_the_last_event_that_ended_a_run() {
    SessionStatus status =
        after(
            opened(),
            started(FIRST, "r-1"),
            interrupted(FIRST, "r-1"),
            started(FIRST, "r-2"),
            failed(FIRST, "r-2"),
            corrected(FIRST, "r-1"));
    assertThat(status.status()).isEqualTo(Status.DONE);
    assertThat(status.lastRun().runId()).isEqualTo(new RunId("r-1"));
  }

  // Generations

  static Stream<SessionEvent> blankBeginnings() {
    return Stream.of(
        reset(FIRST, SECOND, "r-2"),
        restored(FIRST, SECOND, FIRST, "r-2"),
        reopened(FIRST, SECOND));
  }

  @ParameterizedTest
  @MethodSource("blankBeginnings")
  void after_a_reset_a_restore_and_a_reopening_the_session_is_blank(SessionEvent event) {
    SessionStatus status =
        after(
            opened(),
            started(FIRST, "r-1"),
            progressed(FIRST, "r-1", 1, null, 512L),
            failed(FIRST, "r-1", 1, "timeout", "slow"),
            started(FIRST, "r-2"),
            event);
    assertThat(status.status()).isEqualTo(Status.IDLE);
    assertThat(status.activeRuns()).isZero();
    assertThat(status.lastRun()).isNull();
    assertThat(status.lastEndedRun()).isNull();
    assertThat(status.tokens()).isNull();
    assertThat(status.runs()).isZero();
    assertThat(status.standing().generation()).isEqualTo(SECOND);
    assertThat(status.openedAt()).isEqualTo(at(1));
  }

  @Test
  void what_a_session_was_opened_with_stays_through_every_rotation() {
    SessionEvent.Origin origin =
        new SessionEvent.Origin(SessionEvent.Origin.Kind.MIGRATION, OTHER_KEY, FIRST);
    SessionStatus status =
        after(
            new SessionEvent.SessionOpened(
                KEY, FIRST, RunPolicy.SINGLE, Map.of("team", "blue"), origin),
            reset(FIRST, SECOND),
            compacted(SECOND, THIRD));
    assertThat(status.runPolicy()).isEqualTo(RunPolicy.SINGLE);
    assertThat(status.attributes()).isEqualTo(Map.of("team", "blue"));
    assertThat(status.origin()).isEqualTo(origin);
    assertThat(status.sessionKey()).isEqualTo(KEY);
    assertThat(status.generation()).isEqualTo(3);
    assertThat(status.sessionId()).isEqualTo(THIRD.sessionId());
  }

  @Test
  void a_compaction_without_open_runs_keeps_status_last_run_error_and_tokens() {
    SessionStatus before =
        after(
            opened(),
            started(FIRST, "r-1"),
            progressed(FIRST, "r-1", 1, null, 512L),
            failed(FIRST, "r-1", 1, "timeout", "slow"));
    SessionStatus status = next(before, compacted(FIRST, SECOND));
    assertThat(status.status()).isEqualTo(Status.FAILED);
    assertThat(status.lastRun()).isEqualTo(before.lastRun());
    assertThat(status.lastEndedRun()).isEqualTo(before.lastEndedRun());
    assertThat(status.tokens()).isEqualTo(512);
    assertThat(status.runs()).isEqualTo(1);
    assertThat(status.standing().generation()).isEqualTo(SECOND);
  }

  @Test
  void a_compaction_that_carries_runs_stays_running_with_as_many() {
    SessionStatus status =
        after(
            opened(),
            started(FIRST, "r-1"),
            started(FIRST, "r-2"),
            started(FIRST, "r-3"),
            compacted(FIRST, SECOND, null, runs("r-1", "r-3"), runs("r-2")));
    assertThat(status.status()).isEqualTo(Status.RUNNING);
    assertThat(status.activeRuns()).isEqualTo(2);
    assertThat(status.lastRun().runId()).isEqualTo(new RunId("r-3"));
    assertThat(status.runs()).isEqualTo(3);
  }

  @Test
  void a_compaction_that_leaves_the_last_run_behind_tells_of_the_one_that_ended_last() {
    SessionStatus before =
        after(opened(), started(FIRST, "r-1"), aborted(FIRST, "r-1"), started(FIRST, "r-2"));
    SessionStatus status = next(before, compacted(FIRST, SECOND, null, runs(), runs("r-2")));
    assertThat(status.status()).isEqualTo(Status.ABORTED);
    assertThat(status.activeRuns()).isZero();
    assertThat(status.lastRun()).isEqualTo(before.lastEndedRun());
  }

  @Test
  void a_compaction_that_leaves_an_older_run_behind_keeps_the_last_one_that_ended() {
    SessionStatus status =
        after(
            opened(),
            started(FIRST, "r-1"),
            started(FIRST, "r-2"),
            completed(FIRST, "r-2"),
            compacted(FIRST, SECOND, null, runs(), runs("r-1")));
    assertThat(status.status()).isEqualTo(Status.DONE);
    assertThat(status.lastRun().runId()).isEqualTo(new RunId("r-2"));
  }

  @Test
  void a_compaction_before_any_end_is_idle_again() {
    SessionStatus status =
        after(opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, null, runs(), runs("r-1")));
    assertThat(status.status()).isEqualTo(Status.IDLE);
    assertThat(status.lastRun()).isNull();
  }

  @Test
  void a_gap_a_fork_and_the_first_step_of_a_compaction_change_nothing_but_the_place() {
    SessionStatus before = after(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1"));
    for (SessionEvent event :
        List.of(
            begun(FIRST, "c-1"),
            abandoned(FIRST, "c-1"),
            gap(FIRST, Instant.EPOCH, Instant.EPOCH.plusSeconds(9)),
            forked(FIRST, FIRST, generation(1, "f-1")))) {
      SessionStatus after = next(before, event);
      assertThat(after)
          .usingRecursiveComparison()
          .ignoringFields("version", "position", "changedAt")
          .isEqualTo(before);
      assertThat(after.version()).isEqualTo(4);
    }
  }

  @Test
  void a_closed_session_has_no_active_runs_and_keeps_what_was_last() {
    SessionStatus before =
        after(
            opened(),
            started(FIRST, "r-1"),
            failed(FIRST, "r-1", 1, "timeout", "slow"),
            started(FIRST, "r-2"));
    SessionStatus status = next(before, closed(FIRST, "r-2"));
    assertThat(status.status()).isEqualTo(Status.CLOSED);
    assertThat(status.activeRuns()).isZero();
    assertThat(status.lastRun()).isEqualTo(before.lastEndedRun());
    assertThat(status.movedTo()).isNull();
    assertThat(status.standing().generation()).isEqualTo(FIRST);
    assertThat(status.runs()).isEqualTo(2);
  }

  @Test
  void a_migrated_session_has_no_active_runs_and_tells_where_it_went() {
    SessionStatus status =
        after(opened(), started(FIRST, "r-1"), migrated(FIRST, generation(1, "m-1"), "r-1"));
    assertThat(status.status()).isEqualTo(Status.MIGRATED);
    assertThat(status.activeRuns()).isZero();
    assertThat(status.movedTo()).isEqualTo(OTHER_KEY);
    assertThat(status.standing().generation()).isEqualTo(FIRST);
    assertThat(status.lastRun()).isNull();
  }

  // What a test needs

  private static SessionStatus failedWith(String message) {
    return after(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1", 1, "timeout", message));
  }

  private static SessionEvent corrected(Generation generation, String runId) {
    return new SessionEvent.RunCompleted(KEY, generation, new RunId(runId), 1, true);
  }

  private static SessionStatus after(SessionEvent... events) {
    SessionStatus status = null;
    for (SessionEvent event : events) {
      status = next(status, event);
    }
    return status;
  }

  private static SessionStatus next(SessionStatus before, SessionEvent event) {
    long version = before == null ? 1 : before.version() + 1;
    SessionStatus after = SessionStatus.after(before, event, version, 100 + version, at(version));
    boolean ended = after.status() == Status.CLOSED || after.status() == Status.MIGRATED;
    if (!ended) {
      assertThat(after.status() == Status.RUNNING)
          .as("running if and only if a run is open")
          .isEqualTo(after.activeRuns() > 0);
    }
    return after;
  }

  private static Instant at(long version) {
    return OPENED_AT.plusSeconds(version);
  }
}

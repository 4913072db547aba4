package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.startRun;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;

class StartRunTest implements NamesItsGeneration {

  private final SessionFixture session = new SessionFixture();

  /** For a run that the generation is ready for: one that is unknown must name it. */
  @Override
  public Order order() {
    return startRun("r-1");
  }

  @Override
  public SessionEvent[] madeReady(Generation generation) {
    return new SessionEvent[0];
  }

  // Runs that are unknown

  @Test
  void an_unknown_run_begins_with_attempt_one_in_the_generation_that_it_names() {
    session.given(opened());
    session.when(startRun("r-1").signedWith("s-1")).isAcceptedAs(started(FIRST, "r-1"));
    session.when(startRun("r-1").numbered(1)).isAcceptedAs(started(FIRST, "r-1"));
    session.when(startRun("r-1").of(FIRST).attempt(1)).isAcceptedAs(started(FIRST, "r-1"));
  }

  @Test
  void the_start_keeps_its_instance_what_it_resumes_and_that_it_was_inferred() {
    session
        .given(opened())
        .when(startRun("r-2").of(FIRST).by("gw-7").resuming("r-1").inferred())
        .isAcceptedAs(
            new SessionEvent.RunStarted(
                KEY, FIRST, new RunId("r-2"), 1, "gw-7", new RunId("r-1"), true, false));
  }

  @Test
  void a_sender_that_says_nothing_of_itself_may_start_a_run() {
    session
        .given(opened())
        .when(startRun("r-1").of(FIRST).by(null))
        .isAcceptedAs(started(FIRST, "r-1", 1, null));
  }

  @Test
  void an_unknown_run_that_names_no_generation_is_refused() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(startRun("r-1"))
        .isRefused(Reason.UNKNOWN_GENERATION)
        .saying("without saying which generation", "2 (s-2)")
        .advising("session id or number");
  }

  @Test
  void naming_no_generation_comes_before_an_attempt_too_high() {
    session.given(opened()).when(startRun("r-1").attempt(2)).isRefused(Reason.UNKNOWN_GENERATION);
  }

  @Test
  void an_unknown_run_does_not_begin_above_attempt_one() {
    session
        .given(opened())
        .when(startRun("r-1").of(FIRST).attempt(2))
        .isRefused(Reason.INVALID)
        .blaming("attempt")
        .saying("'attempt' is 2", "next attempt of run 'r-1' is 1")
        .advising("attempt 1");
  }

  // Runs that are open

  @Test
  void an_open_run_is_a_duplicate_with_and_without_its_attempt() {
    session.given(opened(), started(FIRST, "r-1"));
    session.when(startRun("r-1")).isADuplicate();
    session.when(startRun("r-1").of(FIRST)).isADuplicate();
    session.when(startRun("r-1").attempt(1)).isADuplicate();
  }

  @Test
  void the_next_attempt_replaces_an_open_one() {
    session.given(opened(), started(FIRST, "r-1"));
    session.when(startRun("r-1").attempt(2)).isAcceptedAs(replaced(FIRST, "r-1", 2));
    session.when(startRun("r-1").of(FIRST).attempt(2)).isAcceptedAs(replaced(FIRST, "r-1", 2));
  }

  @Test
  void an_attempt_beyond_the_next_is_invalid() {
    session
        .given(opened(), started(FIRST, "r-1"))
        .when(startRun("r-1").attempt(3))
        .isRefused(Reason.INVALID)
        .blaming("attempt")
        .saying("'attempt' is 3", "is 2");
  }

  @Test
  void an_attempt_that_was_replaced_while_open_is_superseded() {
    session
        .given(opened(), started(FIRST, "r-1"), replaced(FIRST, "r-1", 2))
        .when(startRun("r-1").attempt(1))
        .isRefused(Reason.ATTEMPT_SUPERSEDED)
        .saying("attempt 1 of run 'r-1'", "attempt 2");
  }

  @Test
  void an_attempt_below_the_last_that_ended_is_ended() {
    SessionEvent[] ends = {completed(FIRST, "r-1"), failed(FIRST, "r-1"), aborted(FIRST, "r-1")};
    for (SessionEvent end : ends) {
      new SessionFixture()
          .given(opened(), started(FIRST, "r-1"), end, started(FIRST, "r-1", 2))
          .when(startRun("r-1").attempt(1))
          .isRefused(Reason.RUN_ENDED);
    }
  }

  @Test
  void an_attempt_below_the_last_that_was_interrupted_did_not_end() {
    session
        .given(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"), started(FIRST, "r-1", 2))
        .when(startRun("r-1").attempt(1))
        .isRefused(Reason.ATTEMPT_SUPERSEDED);
  }

  // Runs that ended

  @Test
  void a_failed_run_begins_its_next_attempt_named_or_not() {
    session.given(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1"));
    session.when(startRun("r-1")).isAcceptedAs(started(FIRST, "r-1", 2));
    session.when(startRun("r-1").attempt(2)).isAcceptedAs(started(FIRST, "r-1", 2));
  }

  @Test
  void an_interrupted_run_begins_its_next_attempt_as_after_a_failure() {
    session.given(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"));
    session.when(startRun("r-1")).isAcceptedAs(started(FIRST, "r-1", 2));
    session.when(startRun("r-1").attempt(2)).isAcceptedAs(started(FIRST, "r-1", 2));
  }

  @Test
  void the_attempt_that_failed_does_not_start_again() {
    session
        .given(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1"))
        .when(startRun("r-1").attempt(1))
        .isRefused(Reason.RUN_ENDED)
        .saying("Attempt 1 of run 'r-1' ended already: failed");
  }

  @Test
  void a_start_after_the_interruption_of_the_same_attempt_is_refused() {
    session
        .given(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"))
        .when(startRun("r-1").attempt(1))
        .isRefused(Reason.RUN_ENDED)
        .saying("interrupted")
        .advising("presumed lost: report its real end, or start attempt 2");
  }

  @Test
  void a_completed_or_aborted_run_has_ended_unless_the_next_attempt_is_named() {
    SessionEvent[] ends = {completed(FIRST, "r-1"), aborted(FIRST, "r-1")};
    for (SessionEvent end : ends) {
      SessionFixture each = new SessionFixture().given(opened(), started(FIRST, "r-1"), end);
      each.when(startRun("r-1")).isRefused(Reason.RUN_ENDED).advising("attempt 2");
      each.when(startRun("r-1").attempt(1)).isRefused(Reason.RUN_ENDED);
      each.when(startRun("r-1").attempt(2)).isAcceptedAs(started(FIRST, "r-1", 2));
      each.when(startRun("r-1").attempt(3)).isRefused(Reason.INVALID).blaming("attempt");
    }
  }

  // Runs of ended generations

  @Test
  void a_run_of_an_ended_generation_is_superseded_whatever_the_start_leaves_out() {
    session.given(opened(), started(FIRST, "r-1"), reset(FIRST, SECOND, "r-1"));
    session
        .when(startRun("r-1"))
        .isRefused(Reason.RUN_SUPERSEDED)
        .tellingOfEnded(FIRST)
        .saying("'r-1' belongs to generation 1 (s-1)", "2 (s-2)");
    session.when(startRun("r-1").of(SECOND)).isRefused(Reason.RUN_SUPERSEDED);
    session.when(startRun("r-1").attempt(2)).isRefused(Reason.RUN_SUPERSEDED);
    session.when(startRun("r-1").of(SECOND).attempt(1)).isRefused(Reason.RUN_SUPERSEDED);
    session.when(startRun("r-1").of(SECOND).attempt(3)).isRefused(Reason.RUN_SUPERSEDED);
  }

  @Test
  void a_run_of_an_ended_generation_goes_on_as_the_next_attempt_of_the_current_one() {
    session.given(opened(), started(FIRST, "r-1"), reset(FIRST, SECOND, "r-1"));
    session.when(startRun("r-1").of(SECOND).attempt(2)).isAcceptedAs(started(SECOND, "r-1", 2));
    session
        .when(startRun("r-1").signedWith("s-2").attempt(2))
        .isAcceptedAs(started(SECOND, "r-1", 2));
    session.when(startRun("r-1").numbered(2).attempt(2)).isAcceptedAs(started(SECOND, "r-1", 2));
  }

  @Test
  void a_run_that_failed_in_an_ended_generation_is_not_retried_by_its_name_alone() {
    session
        .given(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1"), reset(FIRST, SECOND))
        .when(startRun("r-1").of(SECOND))
        .isRefused(Reason.RUN_SUPERSEDED);
  }

  @Test
  void a_carried_run_is_open_in_the_new_generation() {
    session.given(opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, "r-1"));
    session.when(startRun("r-1")).isADuplicate();
    session.when(startRun("r-1").of(SECOND)).isADuplicate();
    session.when(startRun("r-1").attempt(2)).isAcceptedAs(replaced(SECOND, "r-1", 2));
  }

  @Test
  void a_run_that_failed_after_it_was_carried_is_retried_in_the_new_generation() {
    session
        .given(
            opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, "r-1"), failed(SECOND, "r-1"))
        .when(startRun("r-1"))
        .isAcceptedAs(started(SECOND, "r-1", 2));
  }

  // One at a time, and a thousand at most

  @Test
  void under_the_single_policy_a_second_run_is_refused() {
    session
        .given(openedForOneRunAtATime(), started(FIRST, "r-1"))
        .when(startRun("r-2").of(FIRST))
        .isRefused(Reason.RUN_ACTIVE)
        .saying("one run at a time", "'r-1' is open")
        .advising("Wait for its end");
  }

  @Test
  void under_the_single_policy_the_next_attempt_of_the_open_run_takes_its_place() {
    session
        .given(openedForOneRunAtATime(), started(FIRST, "r-1"))
        .when(startRun("r-1").attempt(2))
        .isAcceptedAs(replaced(FIRST, "r-1", 2));
  }

  @Test
  void under_the_single_policy_a_retry_waits_for_the_other_run() {
    session
        .given(
            openedForOneRunAtATime(),
            started(FIRST, "r-1"),
            failed(FIRST, "r-1"),
            started(FIRST, "r-2"))
        .when(startRun("r-1"))
        .isRefused(Reason.RUN_ACTIVE)
        .saying("'r-2'");
  }

  @Test
  void under_the_single_policy_the_next_run_starts_after_the_end_of_the_first() {
    session
        .given(openedForOneRunAtATime(), started(FIRST, "r-1"), aborted(FIRST, "r-1"))
        .when(startRun("r-2").of(FIRST))
        .isAcceptedAs(started(FIRST, "r-2"));
  }

  @Test
  void under_the_single_policy_a_superseded_run_does_not_hold_the_place() {
    session
        .given(openedForOneRunAtATime(), started(FIRST, "r-1"), reset(FIRST, SECOND, "r-1"))
        .when(startRun("r-2").of(SECOND))
        .isAcceptedAs(started(SECOND, "r-2"));
  }

  @Test
  void the_policy_stays_through_a_reopening() {
    session
        .given(openedForOneRunAtATime(), closed(FIRST), reopened(FIRST, SECOND))
        .given(started(SECOND, "r-1"))
        .when(startRun("r-2").of(SECOND))
        .isRefused(Reason.RUN_ACTIVE);
  }

  @Test
  void an_ended_run_is_told_before_the_run_that_is_active() {
    session
        .given(
            openedForOneRunAtATime(),
            started(FIRST, "r-1"),
            completed(FIRST, "r-1"),
            started(FIRST, "r-2"))
        .when(startRun("r-1"))
        .isRefused(Reason.RUN_ENDED);
  }

  @Test
  void an_attempt_too_high_is_told_before_the_run_that_is_active() {
    session
        .given(openedForOneRunAtATime(), started(FIRST, "r-1"))
        .when(startRun("r-2").of(FIRST).attempt(2))
        .isRefused(Reason.INVALID)
        .blaming("attempt");
  }

  @Test
  void the_thousandth_open_run_starts() {
    session
        .given(opened())
        .given(startedMany(FIRST, 999))
        .when(startRun("r-1").of(FIRST))
        .isAcceptedAs(started(FIRST, "r-1"));
  }

  @Test
  void the_thousand_and_first_open_run_is_too_many() {
    session
        .given(opened())
        .given(startedMany(FIRST, 1_000))
        .when(startRun("r-1").of(FIRST))
        .isRefused(Reason.TOO_MANY_RUNS)
        .saying("1000 open runs")
        .advising("InterruptRuns");
  }

  @Test
  void with_a_thousand_open_the_next_attempt_of_one_of_them_still_starts() {
    session
        .given(opened())
        .given(startedMany(FIRST, 1_000))
        .when(startRun("run-500").attempt(2))
        .isAcceptedAs(replaced(FIRST, "run-500", 2));
  }

  @Test
  void with_a_thousand_open_the_retry_of_an_ended_run_is_too_many() {
    session
        .given(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1"))
        .given(startedMany(FIRST, 1_000))
        .when(startRun("r-1"))
        .isRefused(Reason.TOO_MANY_RUNS);
  }

  @Test
  void the_end_of_one_of_a_thousand_makes_room() {
    session
        .given(opened())
        .given(startedMany(FIRST, 1_000))
        .given(completed(FIRST, "run-1"))
        .when(startRun("r-1").of(FIRST))
        .isAcceptedAs(started(FIRST, "r-1"));
  }
}

package org.sessionledger.core.session;

import static org.sessionledger.core.session.Past.FIRST;
import static org.sessionledger.core.session.Past.SECOND;
import static org.sessionledger.core.session.Past.compacted;
import static org.sessionledger.core.session.Past.completed;
import static org.sessionledger.core.session.Past.failed;
import static org.sessionledger.core.session.Past.interrupted;
import static org.sessionledger.core.session.Past.opened;
import static org.sessionledger.core.session.Past.replaced;
import static org.sessionledger.core.session.Past.reset;
import static org.sessionledger.core.session.Past.restored;
import static org.sessionledger.core.session.Past.started;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

/** What holds for everything that a run itself reports: its owner is judged. */
interface ReportsOfARun extends NamesItsGeneration {

  Order report(String runId);

  /** The event of a report that is accepted. */
  SessionEvent reported(Generation generation, String runId, long attempt);

  @Override
  default Order order() {
    return report("r-1");
  }

  @Override
  default SessionEvent[] madeReady(Generation generation) {
    return new SessionEvent[] {started(generation, "r-1")};
  }

  @Test
  default void an_open_run_of_the_current_generation_reports() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"))
        .when(report("r-1"))
        .isAcceptedAs(reported(FIRST, "r-1", 1));
  }

  @Test
  default void an_unknown_run_is_refused_with_and_without_a_session_id() {
    SessionFixture session = new SessionFixture().given(opened(), started(FIRST, "r-1"));
    session
        .when(report("r-9"))
        .isRefused(Reason.UNKNOWN_RUN)
        .saying("'r-9' was never started", "1 (s-1)")
        .advising("start first");
    session.when(report("r-9").of(FIRST)).isRefused(Reason.UNKNOWN_RUN);
  }

  @Test
  default void a_run_of_another_key_is_unknown_here() {
    new SessionFixture()
        .given(opened())
        .elsewhere(
            opened(Past.OTHER_KEY, FIRST, RunPolicy.CONCURRENT),
            new SessionEvent.RunStarted(
                Past.OTHER_KEY, FIRST, Past.run("r-1").runId(), 1, null, null, false, false))
        .when(report("r-1").of(FIRST))
        .isRefused(Reason.UNKNOWN_RUN);
  }

  @Test
  default void a_superseded_run_that_names_nothing_is_refused_by_its_owner() {
    afterReset()
        .when(report("r-1"))
        .isRefused(Reason.RUN_SUPERSEDED)
        .tellingOfEnded(FIRST)
        .saying("'r-1' belongs to generation 1 (s-1)", "2 (s-2)")
        .advising("stop reporting");
  }

  @Test
  default void a_superseded_run_that_signs_with_the_current_session_id_is_refused_by_its_owner() {
    afterReset()
        .when(report("r-1").of(SECOND))
        .isRefused(Reason.RUN_SUPERSEDED)
        .tellingOfEnded(FIRST);
    afterReset().when(report("r-1").signedWith("s-2")).isRefused(Reason.RUN_SUPERSEDED);
  }

  @Test
  default void a_superseded_run_that_signs_with_its_own_session_id_is_stale() {
    afterReset().when(report("r-1").signedWith("s-1")).isRefused(Reason.STALE_GENERATION);
  }

  @Test
  default void a_stale_generation_comes_before_an_unknown_run() {
    afterReset().when(report("r-9").signedWith("s-1")).isRefused(Reason.STALE_GENERATION);
  }

  @Test
  default void a_superseded_run_comes_before_any_attempt() {
    afterReset().when(report("r-1").attempt(2)).isRefused(Reason.RUN_SUPERSEDED);
  }

  @Test
  default void a_run_that_ended_before_its_generation_did_is_judged_by_its_owner_first() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1"), reset(FIRST, SECOND))
        .when(report("r-1"))
        .isRefused(Reason.RUN_SUPERSEDED);
  }

  @Test
  default void an_interrupted_run_of_an_ended_generation_is_judged_by_its_owner_first() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"), reset(FIRST, SECOND))
        .when(report("r-1"))
        .isRefused(Reason.RUN_SUPERSEDED);
  }

  @Test
  default void a_restore_does_not_give_the_old_runs_back() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), restored(FIRST, SECOND, FIRST, "r-1"))
        .when(report("r-1"))
        .isRefused(Reason.RUN_SUPERSEDED);
  }

  @Test
  default void a_carried_run_goes_on_under_the_new_generation() {
    SessionFixture session =
        new SessionFixture()
            .given(opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, "r-1"));
    session.when(report("r-1")).isAcceptedAs(reported(SECOND, "r-1", 1));
    session.when(report("r-1").of(SECOND)).isAcceptedAs(reported(SECOND, "r-1", 1));
  }

  @Test
  default void a_carried_run_that_still_signs_with_the_old_session_id_is_told_its_new_one() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, "r-1"))
        .when(report("r-1").signedWith("s-1"))
        .isRefused(Reason.STALE_GENERATION)
        .tellingOfEnded(FIRST)
        .advising("carried over, go on with session id s-2");
  }

  @Test
  default void a_run_that_a_compaction_left_behind_is_superseded() {
    new SessionFixture()
        .given(
            opened(),
            started(FIRST, "r-1"),
            compacted(FIRST, SECOND, null, Past.runs(), Past.runs("r-1")))
        .when(report("r-1"))
        .isRefused(Reason.RUN_SUPERSEDED);
  }

  @Test
  default void a_carried_run_is_superseded_by_the_next_reset() {
    new SessionFixture()
        .given(
            opened(),
            started(FIRST, "r-1"),
            compacted(FIRST, SECOND, "r-1"),
            reset(SECOND, Past.THIRD, "r-1"))
        .when(report("r-1"))
        .isRefused(Reason.RUN_SUPERSEDED)
        .tellingOfEnded(SECOND);
  }

  @Test
  default void an_attempt_below_the_last_is_superseded() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), replaced(FIRST, "r-1", 2))
        .when(report("r-1").attempt(1))
        .isRefused(Reason.ATTEMPT_SUPERSEDED)
        .saying("attempt 1 of run 'r-1'", "attempt 2")
        .advising("attempt 2");
  }

  @Test
  default void an_attempt_below_the_last_is_superseded_though_it_ended() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1"), started(FIRST, "r-1", 2))
        .when(report("r-1").attempt(1))
        .isRefused(Reason.ATTEMPT_SUPERSEDED);
  }

  @Test
  default void an_attempt_above_the_last_is_an_unknown_run() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"))
        .when(report("r-1").attempt(2))
        .isRefused(Reason.UNKNOWN_RUN)
        .saying("'r-1' has no attempt 2 yet", "1 (s-1)");
  }

  @Test
  default void an_attempt_above_the_last_comes_before_the_end_of_the_last() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), completed(FIRST, "r-1"))
        .when(report("r-1").attempt(2))
        .isRefused(Reason.UNKNOWN_RUN);
  }

  @Test
  default void the_last_attempt_reports_named_or_not() {
    SessionFixture session =
        new SessionFixture().given(opened(), started(FIRST, "r-1"), replaced(FIRST, "r-1", 2));
    session.when(report("r-1")).isAcceptedAs(reported(FIRST, "r-1", 2));
    session.when(report("r-1").attempt(2)).isAcceptedAs(reported(FIRST, "r-1", 2));
  }

  @Test
  default void a_run_that_the_new_generation_took_over_as_its_next_attempt_reports_again() {
    SessionFixture session =
        new SessionFixture()
            .given(opened(), started(FIRST, "r-1"), reset(FIRST, SECOND, "r-1"))
            .given(started(SECOND, "r-1", 2));
    session.when(report("r-1").of(SECOND)).isAcceptedAs(reported(SECOND, "r-1", 2));
    session.when(report("r-1").attempt(1)).isRefused(Reason.ATTEMPT_SUPERSEDED);
    session.when(report("r-1").of(FIRST)).isRefused(Reason.STALE_GENERATION);
  }

  private static SessionFixture afterReset() {
    return new SessionFixture().given(opened(), started(FIRST, "r-1"), reset(FIRST, SECOND, "r-1"));
  }
}

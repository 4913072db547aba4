package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.interruptRun;
import static org.sessionledger.core.session.Order.interruptRunsOf;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InterruptRunsTest {

  private final SessionFixture session = new SessionFixture();

  @Nested
  class OfADeadInstance implements NeedsAnOpenSession {

    @Override
    public Order order() {
      return interruptRunsOf(GATEWAY);
    }

    @Override
    public Order wrongOrder() {
      return interruptRunsOf("never");
    }

    @Test
    void every_open_run_is_interrupted_in_the_order_in_which_they_started() {
      session
          .given(opened(), started(FIRST, "r-2"), started(FIRST, "r-1"), started(FIRST, "r-3"))
          .when(interruptRunsOf(GATEWAY))
          .isAcceptedAs(
              interrupted(FIRST, "r-2"), interrupted(FIRST, "r-1"), interrupted(FIRST, "r-3"));
    }

    @Test
    void a_run_that_was_started_anew_takes_its_new_place_in_the_order() {
      session
          .given(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), replaced(FIRST, "r-1", 2))
          .when(interruptRunsOf(GATEWAY))
          .isAcceptedAs(interrupted(FIRST, "r-2"), interrupted(FIRST, "r-1", 2, GATEWAY));
    }

    @Test
    void runs_of_other_instances_and_of_none_go_on() {
      session
          .given(
              opened(),
              started(FIRST, "r-1", 1, "gw-2"),
              started(FIRST, "r-2", 1, null),
              started(FIRST, "r-3", 1, GATEWAY))
          .when(interruptRunsOf(GATEWAY))
          .isAcceptedAs(interrupted(FIRST, "r-3"));
    }

    @Test
    void runs_that_ended_are_left_alone() {
      session
          .given(
              opened(),
              started(FIRST, "r-1"),
              completed(FIRST, "r-1"),
              started(FIRST, "r-2"),
              interrupted(FIRST, "r-2"),
              started(FIRST, "r-3"))
          .when(interruptRunsOf(GATEWAY))
          .isAcceptedAs(interrupted(FIRST, "r-3"));
    }

    @Test
    void a_carried_run_is_interrupted_in_the_new_generation() {
      session
          .given(
              opened(),
              started(FIRST, "r-1"),
              started(FIRST, "r-2"),
              compacted(FIRST, SECOND, null, runs("r-2"), runs("r-1")))
          .when(interruptRunsOf(GATEWAY))
          .isAcceptedAs(interrupted(SECOND, "r-2"));
    }

    @Test
    void the_instance_of_a_run_is_that_of_its_last_start() {
      session.given(
          opened(),
          started(FIRST, "r-1", 1, "gw-1"),
          failed(FIRST, "r-1"),
          started(FIRST, "r-1", 2, "gw-2"));
      session.when(interruptRunsOf("gw-1")).isADuplicate();
      session.when(interruptRunsOf("gw-2")).isAcceptedAs(interrupted(FIRST, "r-1", 2, "gw-2"));
    }

    @Test
    void nothing_to_interrupt_is_a_duplicate() {
      session.given(opened(), started(FIRST, "r-1"), reset(FIRST, SECOND, "r-1"));
      session.when(interruptRunsOf(GATEWAY)).isADuplicate();
    }
  }

  @Nested
  class OfOneRunWhoseLeaseExpired implements NeedsAnOpenSession {

    @Override
    public Order order() {
      return interruptRun("r-1");
    }

    @Override
    public Order wrongOrder() {
      return interruptRun("r-1").attempt(9);
    }

    @Test
    void the_open_run_is_interrupted_whatever_its_instance() {
      session.given(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"));
      session.when(interruptRun("r-1")).isAcceptedAs(interrupted(FIRST, "r-1", 1, null));
      session
          .when(interruptRun("r-1").attempt(1).lastRenewedAt(2))
          .isAcceptedAs(interrupted(FIRST, "r-1", 1, null));
    }

    @Test
    void a_renewal_since_the_watchdog_looked_wins() {
      session.given(
          opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), progressed(FIRST, "r-1"));
      session.when(interruptRun("r-1").lastRenewedAt(2)).isADuplicate();
      session.when(interruptRun("r-1").lastRenewedAt(3)).isADuplicate();
      session
          .when(interruptRun("r-1").lastRenewedAt(4))
          .isAcceptedAs(interrupted(FIRST, "r-1", 1, null));
    }

    @Test
    void a_renewal_that_has_not_been_is_a_duplicate() {
      session
          .given(opened(), started(FIRST, "r-1"))
          .when(interruptRun("r-1").lastRenewedAt(3))
          .isADuplicate();
    }

    @Test
    void the_progress_of_another_run_renews_nothing() {
      session
          .given(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), progressed(FIRST, "r-2"))
          .when(interruptRun("r-1").lastRenewedAt(2))
          .isAcceptedAs(interrupted(FIRST, "r-1", 1, null));
    }

    @Test
    void a_carry_over_does_not_renew() {
      session.given(opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, "r-1"));
      session
          .when(interruptRun("r-1").lastRenewedAt(2))
          .isAcceptedAs(interrupted(SECOND, "r-1", 1, null));
      session.when(interruptRun("r-1").lastRenewedAt(3)).isADuplicate();
    }

    @Test
    void progress_after_a_carry_over_renews() {
      session
          .given(opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, "r-1"))
          .given(progressed(SECOND, "r-1"))
          .when(interruptRun("r-1").lastRenewedAt(4))
          .isAcceptedAs(interrupted(SECOND, "r-1", 1, null));
    }

    @Test
    void the_next_attempt_is_a_renewal() {
      session
          .given(opened(), started(FIRST, "r-1"), replaced(FIRST, "r-1", 2))
          .when(interruptRun("r-1").lastRenewedAt(2))
          .isADuplicate();
    }

    @Test
    void a_run_that_has_ended_is_a_duplicate() {
      SessionEvent[] ends = {
        completed(FIRST, "r-1"),
        failed(FIRST, "r-1"),
        aborted(FIRST, "r-1"),
        interrupted(FIRST, "r-1")
      };
      for (SessionEvent end : ends) {
        new SessionFixture()
            .given(opened(), started(FIRST, "r-1"), end)
            .when(interruptRun("r-1").attempt(1).lastRenewedAt(2))
            .isADuplicate();
      }
    }

    @Test
    void an_unknown_run_is_refused() {
      session.given(opened()).when(interruptRun("r-1")).isRefused(Reason.UNKNOWN_RUN);
    }

    @Test
    void a_run_of_an_ended_generation_is_refused_by_its_owner() {
      session
          .given(opened(), started(FIRST, "r-1"), reset(FIRST, SECOND, "r-1"))
          .when(interruptRun("r-1"))
          .isRefused(Reason.RUN_SUPERSEDED)
          .tellingOfEnded(FIRST);
    }

    @Test
    void an_attempt_other_than_the_last_is_refused() {
      session.given(opened(), started(FIRST, "r-1"), replaced(FIRST, "r-1", 2));
      session.when(interruptRun("r-1").attempt(1)).isRefused(Reason.ATTEMPT_SUPERSEDED);
      session.when(interruptRun("r-1").attempt(3)).isRefused(Reason.UNKNOWN_RUN);
      session.when(interruptRun("r-1").attempt(2)).isAcceptedAs(interrupted(FIRST, "r-1", 2, null));
    }
  }
}

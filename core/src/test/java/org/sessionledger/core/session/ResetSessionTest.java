package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.resetSession;
import static org.sessionledger.core.session.Past.*;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

class ResetSessionTest implements NeedsAnOpenSession, MayExpectAGeneration, BeginsAGeneration {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return resetSession();
  }

  @Override
  public Order wrongOrder() {
    return resetSession().expecting("never");
  }

  @Override
  public SessionEvent rotation(Generation ended, Generation begun) {
    return reset(ended, begun);
  }

  @Test
  void a_reset_supersedes_every_open_run_in_the_order_in_which_they_started() {
    session
        .given(
            opened(),
            started(FIRST, "r-2"),
            started(FIRST, "r-1"),
            started(FIRST, "r-3"),
            completed(FIRST, "r-3"))
        .when(resetSession().as("s-2"))
        .isAcceptedAs(reset(FIRST, SECOND, "r-2", "r-1"));
  }

  @Test
  void a_reset_supersedes_the_open_attempt() {
    session
        .given(opened(), started(FIRST, "r-1"), replaced(FIRST, "r-1", 2))
        .when(resetSession().as("s-2"))
        .isAcceptedAs(new SessionEvent.SessionReset(KEY, SECOND, FIRST, List.of(run("r-1", 2))));
  }

  @Test
  void a_reset_supersedes_what_a_compaction_had_carried() {
    session
        .given(opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, "r-1"))
        .when(resetSession().as("s-3"))
        .isAcceptedAs(reset(SECOND, THIRD, "r-1"));
  }

  @Test
  void a_second_reset_has_nothing_left_to_supersede() {
    session
        .given(opened(), started(FIRST, "r-1"), reset(FIRST, SECOND, "r-1"))
        .when(resetSession().as("s-3"))
        .isAcceptedAs(reset(SECOND, THIRD));
  }

  @Test
  void a_reset_in_place_supersedes_all_the_same() {
    session
        .given(opened(), started(FIRST, "r-1"))
        .when(resetSession().as("s-1"))
        .isAcceptedAs(reset(FIRST, SECOND_IN_PLACE, "r-1"));
  }

  @Test
  void a_wrong_expectation_comes_before_a_retired_session_id() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(resetSession().expecting("s-1").as("s-1"))
        .isRefused(Reason.EXPECTED_GENERATION);
  }

  @Test
  void the_id_of_a_session_under_another_key_is_free_here() {
    session
        .elsewhere(opened(OTHER_KEY, SECOND, RunPolicy.CONCURRENT))
        .given(opened())
        .when(resetSession().as("s-2"))
        .isAcceptedAs(reset(FIRST, SECOND));
  }
}

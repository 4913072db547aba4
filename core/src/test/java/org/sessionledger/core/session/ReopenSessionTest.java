package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.reopenSession;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

class ReopenSessionTest implements MayExpectAGeneration {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return reopenSession();
  }

  @Override
  public SessionEvent[] madeReady(Generation generation) {
    return new SessionEvent[] {closed(generation)};
  }

  /** The close retired the id, so what rotated in place before must take another one. */
  @Test
  @Override
  public void after_a_rotation_in_place_the_number_tells_the_double_click() {
    session.given(opened(), reset(FIRST, SECOND_IN_PLACE), closed(SECOND_IN_PLACE));
    session.when(reopenSession().expecting(FIRST)).isRefused(Reason.EXPECTED_GENERATION);
    session
        .when(reopenSession().expecting("s-1").as("s-3"))
        .isAcceptedAs(reopened(SECOND_IN_PLACE, THIRD));
  }

  @Test
  void a_closed_session_begins_a_new_generation() {
    session
        .given(opened(), reset(FIRST, SECOND), closed(SECOND))
        .when(reopenSession().as("s-3"))
        .isAcceptedAs(reopened(SECOND, THIRD));
  }

  @Test
  void without_a_session_id_the_ledger_makes_one() {
    session
        .given(opened(), closed(FIRST))
        .when(reopenSession())
        .isAcceptedAs(reopened(FIRST, generation(2, "made-1")));
  }

  @Test
  void the_id_that_the_close_retired_does_not_come_back() {
    session
        .given(opened(), closed(FIRST))
        .when(reopenSession().as("s-1"))
        .isRefused(Reason.SESSION_ID_REUSED)
        .saying("s-1 was retired with generation 1");
  }

  @Test
  void an_id_that_was_retired_before_does_not_come_back() {
    session
        .given(opened(), reset(FIRST, SECOND), closed(SECOND))
        .when(reopenSession().as("s-1"))
        .isRefused(Reason.SESSION_ID_REUSED)
        .tellingOfEnded(FIRST);
  }

  @Test
  void a_wrong_expectation_comes_before_a_retired_session_id() {
    session
        .given(opened(), closed(FIRST))
        .when(reopenSession().expecting("s-9").as("s-1"))
        .isRefused(Reason.EXPECTED_GENERATION);
  }

  @Test
  void the_runs_that_the_close_superseded_stay_superseded() {
    session
        .given(opened(), started(FIRST, "r-1"), closed(FIRST, "r-1"), reopened(FIRST, SECOND))
        .when(Order.completeRun("r-1"))
        .isRefused(Reason.RUN_SUPERSEDED)
        .tellingOfEnded(FIRST);
  }

  @Test
  void what_is_open_is_already_open_whatever_it_expects() {
    session.given(opened());
    session.when(reopenSession()).isRefused(Reason.ALREADY_OPEN).saying("1 (s-1)");
    session.when(reopenSession().expecting("s-9").as("s-1")).isRefused(Reason.ALREADY_OPEN);
  }

  @Test
  void a_key_that_was_never_opened_is_an_unknown_session() {
    session.given().when(reopenSession()).isRefused(Reason.UNKNOWN_SESSION);
  }

  @Test
  void a_key_that_moved_is_not_reopened() {
    session
        .given(opened(), migrated(FIRST, FIRST))
        .when(reopenSession())
        .isRefused(Reason.SESSION_MIGRATED)
        .sendingTo(OTHER_KEY);
  }
}

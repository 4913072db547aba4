package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.restoreSession;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

class RestoreSessionTest implements NeedsAnOpenSession, MayExpectAGeneration, BeginsAGeneration {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return restoreSession(1);
  }

  @Override
  public Order wrongOrder() {
    return restoreSession(9).expecting("never");
  }

  @Override
  public SessionEvent rotation(Generation ended, Generation begun) {
    return restored(ended, begun, FIRST);
  }

  @Test
  void an_older_generation_is_continued_in_a_new_one() {
    session
        .given(opened(), reset(FIRST, SECOND), reset(SECOND, THIRD))
        .when(restoreSession(2).as("s-4"))
        .isAcceptedAs(restored(THIRD, generation(4, "s-4"), SECOND));
  }

  @Test
  void the_current_generation_may_be_continued_too() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(restoreSession(2).as("s-3"))
        .isAcceptedAs(restored(SECOND, THIRD, SECOND));
  }

  @Test
  void a_restore_supersedes_the_open_runs() {
    session
        .given(opened(), reset(FIRST, SECOND), started(SECOND, "r-1"), started(SECOND, "r-2"))
        .when(restoreSession(1).as("s-3"))
        .isAcceptedAs(restored(SECOND, THIRD, FIRST, "r-1", "r-2"));
  }

  @Test
  void a_generation_that_never_was_is_not_continued() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(restoreSession(3))
        .isRefused(Reason.UNKNOWN_GENERATION)
        .saying("never had a generation 3", "2 (s-2)")
        .advising("from 1 to 2");
  }

  @Test
  void a_wrong_expectation_comes_before_an_unknown_generation() {
    session
        .given(opened())
        .when(restoreSession(3).expecting("s-9"))
        .isRefused(Reason.EXPECTED_GENERATION);
  }

  @Test
  void an_unknown_generation_comes_before_a_retired_session_id() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(restoreSession(3).as("s-1"))
        .isRefused(Reason.UNKNOWN_GENERATION);
  }

  @Test
  void the_session_id_of_the_restored_generation_stays_retired() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(restoreSession(1).as("s-1"))
        .isRefused(Reason.SESSION_ID_REUSED);
  }
}

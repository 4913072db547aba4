package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.openSession;
import static org.sessionledger.core.session.Past.*;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenSessionTest {

  private final SessionFixture session = new SessionFixture();

  @Test
  void a_new_key_begins_with_generation_one_and_the_session_id_that_is_asked_for() {
    session.given().when(openSession().as("s-1")).isAcceptedAs(opened());
  }

  @Test
  void without_a_session_id_the_ledger_makes_one() {
    session
        .given()
        .when(openSession())
        .isAcceptedAs(opened(KEY, generation(1, "made-1"), RunPolicy.CONCURRENT));
  }

  @Test
  void the_run_policy_and_the_attributes_are_kept() {
    session
        .given()
        .when(openSession().as("s-1").policy(RunPolicy.SINGLE).attributes(Map.of("team", "blue")))
        .isAcceptedAs(
            new SessionEvent.SessionOpened(
                KEY, FIRST, RunPolicy.SINGLE, Map.of("team", "blue"), null));
  }

  @Test
  void another_key_that_is_open_does_not_matter() {
    session
        .elsewhere(opened(OTHER_KEY, FIRST, RunPolicy.CONCURRENT))
        .given()
        .when(openSession().as("s-1"))
        .isAcceptedAs(opened());
  }

  @Test
  void opening_again_with_the_same_session_id_is_a_duplicate() {
    session.given(opened()).when(openSession().as("s-1")).isADuplicate();
  }

  @Test
  void opening_again_without_a_session_id_is_a_duplicate() {
    session.given(opened(), reset(FIRST, SECOND)).when(openSession()).isADuplicate();
  }

  @Test
  void opening_again_with_another_run_policy_is_a_duplicate_and_changes_nothing() {
    session.given(opened()).when(openSession().policy(RunPolicy.SINGLE)).isADuplicate();
  }

  @Test
  void opening_again_with_another_session_id_is_refused() {
    session
        .given(opened())
        .when(openSession().as("s-2"))
        .isRefused(Reason.ALREADY_OPEN)
        .saying("'" + KEY + "' is open already", "1 (s-1)", "open it as s-2")
        .advising("ResetSession");
  }

  @Test
  void opening_again_with_a_retired_session_id_is_refused() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(openSession().as("s-1"))
        .isRefused(Reason.ALREADY_OPEN)
        .saying("2 (s-2)", "s-1");
  }

  @Test
  void opening_with_the_current_session_id_after_a_rotation_is_a_duplicate() {
    session.given(opened(), reset(FIRST, SECOND)).when(openSession().as("s-2")).isADuplicate();
  }

  @Test
  void a_closed_session_is_not_opened_again_whatever_session_id_it_asks_for() {
    session.given(opened(), closed(FIRST));
    session.when(openSession()).isRefused(Reason.SESSION_CLOSED).advising("ReopenSession");
    session.when(openSession().as("s-1")).isRefused(Reason.SESSION_CLOSED);
    session.when(openSession().as("s-2")).isRefused(Reason.SESSION_CLOSED).tellingOfEnded(FIRST);
  }

  @Test
  void a_reopened_session_is_open() {
    session
        .given(opened(), closed(FIRST), reopened(FIRST, SECOND))
        .when(openSession().as("s-2"))
        .isADuplicate();
  }

  @Test
  void a_key_that_moved_is_not_opened_again() {
    session.given(opened(), migrated(FIRST, FIRST));
    session.when(openSession()).isRefused(Reason.SESSION_MIGRATED).sendingTo(OTHER_KEY);
    session.when(openSession().as("s-2")).isRefused(Reason.SESSION_MIGRATED);
  }
}

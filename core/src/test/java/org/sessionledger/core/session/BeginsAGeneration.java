package org.sessionledger.core.session;

import static org.sessionledger.core.session.Past.FIRST;
import static org.sessionledger.core.session.Past.SECOND;
import static org.sessionledger.core.session.Past.SECOND_IN_PLACE;
import static org.sessionledger.core.session.Past.THIRD;
import static org.sessionledger.core.session.Past.generation;
import static org.sessionledger.core.session.Past.opened;
import static org.sessionledger.core.session.Past.reset;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

/** What holds for every command that rotates an open session. */
interface BeginsAGeneration {

  /** A new order without a new session id. */
  Order order();

  /** The event of the order in a session without runs. */
  SessionEvent rotation(Generation ended, Generation begun);

  @Test
  default void the_next_number_and_the_session_id_that_is_asked_for() {
    inSecond().when(order().as("s-3")).isAcceptedAs(rotation(SECOND, THIRD));
  }

  @Test
  default void without_a_session_id_the_ledger_makes_one() {
    inSecond().when(order()).isAcceptedAs(rotation(SECOND, generation(3, "made-1")));
  }

  @Test
  default void the_current_session_id_rotates_in_place() {
    inSecond().when(order().as("s-2")).isAcceptedAs(rotation(SECOND, generation(3, "s-2")));
  }

  @Test
  default void in_place_twice_still_counts_on() {
    new SessionFixture()
        .given(opened(), reset(FIRST, SECOND_IN_PLACE))
        .when(order().as("s-1"))
        .isAcceptedAs(rotation(SECOND_IN_PLACE, generation(3, "s-1")));
  }

  @Test
  default void a_retired_session_id_never_becomes_current_again() {
    inSecond()
        .when(order().as("s-1"))
        .isRefused(Reason.SESSION_ID_REUSED)
        .tellingOfEnded(FIRST)
        .saying("session id s-1 was retired with generation 1", "2 (s-2)")
        .advising("new session id");
  }

  @Test
  default void a_session_id_retired_after_a_rotation_in_place_tells_its_last_generation() {
    new SessionFixture()
        .given(opened(), reset(FIRST, SECOND_IN_PLACE), reset(SECOND_IN_PLACE, THIRD))
        .when(order().as("s-1"))
        .isRefused(Reason.SESSION_ID_REUSED)
        .tellingOfEnded(SECOND_IN_PLACE);
  }

  private SessionFixture inSecond() {
    return new SessionFixture().given(opened(), reset(FIRST, SECOND));
  }
}

package org.sessionledger.core.session;

import static org.sessionledger.core.session.Past.FIRST;
import static org.sessionledger.core.session.Past.SECOND;
import static org.sessionledger.core.session.Past.SECOND_IN_PLACE;
import static org.sessionledger.core.session.Past.opened;
import static org.sessionledger.core.session.Past.reset;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

/** What holds for every command that may say which generation it means to end. */
interface MayExpectAGeneration {

  /** A new order that is good but for what it expects. */
  Order order();

  /** What has to happen in a generation before the order is accepted there. */
  default SessionEvent[] madeReady(Generation generation) {
    return new SessionEvent[0];
  }

  @Test
  default void expecting_nothing_ends_whatever_is_current() {
    inSecond().when(order()).isAccepted();
  }

  @Test
  default void the_expected_generation_is_current() {
    inSecond().when(order().expecting("s-2")).isAccepted();
    inSecond().when(order().expecting(2)).isAccepted();
    inSecond().when(order().expecting(SECOND)).isAccepted();
  }

  @Test
  default void a_double_click_does_not_end_the_healthy_successor() {
    inSecond()
        .when(order().expecting("s-1"))
        .isRefused(Reason.EXPECTED_GENERATION)
        .tellingOfEnded(FIRST)
        .saying("expects session id s-1", "2 (s-2)")
        .advising("Look at the session again");
    inSecond()
        .when(order().expecting(1))
        .isRefused(Reason.EXPECTED_GENERATION)
        .tellingOfEnded(FIRST)
        .saying("expects generation 1", "2 (s-2)");
    inSecond()
        .when(order().expecting(FIRST))
        .isRefused(Reason.EXPECTED_GENERATION)
        .tellingOfEnded(FIRST)
        .saying("expects generation 1 (s-1)");
  }

  @Test
  default void expecting_what_never_was_is_refused() {
    inSecond()
        .when(order().expecting("s-9"))
        .isRefused(Reason.EXPECTED_GENERATION)
        .tellingOfNoEndedGeneration();
    inSecond()
        .when(order().expecting(3))
        .isRefused(Reason.EXPECTED_GENERATION)
        .tellingOfNoEndedGeneration();
  }

  @Test
  default void one_wrong_half_is_enough_to_refuse() {
    inSecond()
        .when(order().expecting("s-2").expecting(1))
        .isRefused(Reason.EXPECTED_GENERATION)
        .tellingOfNoEndedGeneration();
    inSecond().when(order().expecting("s-1").expecting(2)).isRefused(Reason.EXPECTED_GENERATION);
  }

  @Test
  default void after_a_rotation_in_place_the_number_tells_the_double_click() {
    SessionFixture session =
        new SessionFixture()
            .given(opened(), reset(FIRST, SECOND_IN_PLACE))
            .given(madeReady(SECOND_IN_PLACE));
    session
        .when(order().expecting(FIRST))
        .isRefused(Reason.EXPECTED_GENERATION)
        .tellingOfEnded(FIRST);
    session.when(order().expecting("s-1")).isAccepted();
  }

  private SessionFixture inSecond() {
    return new SessionFixture().given(opened(), reset(FIRST, SECOND)).given(madeReady(SECOND));
  }
}

package org.sessionledger.core.session;

import static org.sessionledger.core.session.Past.FIRST;
import static org.sessionledger.core.session.Past.SECOND;
import static org.sessionledger.core.session.Past.SECOND_IN_PLACE;
import static org.sessionledger.core.session.Past.THIRD;
import static org.sessionledger.core.session.Past.compacted;
import static org.sessionledger.core.session.Past.generation;
import static org.sessionledger.core.session.Past.opened;
import static org.sessionledger.core.session.Past.reset;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

/** What holds for every command that says which generation it belongs to. */
interface NamesItsGeneration extends NeedsAnOpenSession {

  /** What has to happen in a generation before the order is accepted there. */
  SessionEvent[] madeReady(Generation generation);

  @Override
  default Order wrongOrder() {
    return order().signedWith("never");
  }

  @Test
  default void the_current_generation_is_named_by_session_id() {
    inSecond().when(order().signedWith("s-2")).isAccepted();
  }

  @Test
  default void the_current_generation_is_named_by_number() {
    inSecond().when(order().numbered(2)).isAccepted();
  }

  @Test
  default void the_current_generation_is_named_by_both() {
    inSecond().when(order().of(SECOND)).isAccepted();
  }

  @Test
  default void an_ended_generation_named_by_session_id_is_stale() {
    inSecond()
        .when(order().signedWith("s-1"))
        .isRefused(Reason.STALE_GENERATION)
        .tellingOfEnded(FIRST)
        .saying("session id s-1", "(generation 1)", "2 (s-2)")
        .advising("s-2");
  }

  @Test
  default void an_ended_generation_named_by_number_is_stale() {
    inSecond()
        .when(order().numbered(1))
        .isRefused(Reason.STALE_GENERATION)
        .tellingOfEnded(FIRST)
        .saying("generation 1, which has ended", "2 (s-2)");
  }

  @Test
  default void an_ended_generation_named_by_both_is_stale() {
    inSecond()
        .when(order().of(FIRST))
        .isRefused(Reason.STALE_GENERATION)
        .tellingOfEnded(FIRST)
        .saying("generation 1 (s-1), which has ended", "2 (s-2)");
  }

  @Test
  default void after_a_compaction_the_old_session_id_is_stale_too() {
    new SessionFixture()
        .given(opened(), compacted(FIRST, SECOND))
        .given(madeReady(SECOND))
        .when(order().signedWith("s-1"))
        .isRefused(Reason.STALE_GENERATION)
        .tellingOfEnded(FIRST)
        .advising("go on with session id s-2");
  }

  @Test
  default void a_session_id_that_never_was_is_an_unknown_generation() {
    inSecond()
        .when(order().signedWith("s-9"))
        .isRefused(Reason.UNKNOWN_GENERATION)
        .saying("session id s-9", "never had", "2 (s-2)");
  }

  @Test
  default void a_number_that_never_was_is_an_unknown_generation() {
    inSecond()
        .when(order().numbered(3))
        .isRefused(Reason.UNKNOWN_GENERATION)
        .saying("generation 3", "2 (s-2)");
  }

  @Test
  default void a_known_session_id_with_a_number_that_never_was_is_an_unknown_generation() {
    inSecond()
        .when(order().signedWith("s-2").numbered(3))
        .isRefused(Reason.UNKNOWN_GENERATION)
        .saying("generation 3 (s-2)");
  }

  @Test
  default void a_known_number_with_a_session_id_that_never_was_is_an_unknown_generation() {
    inSecond()
        .when(order().signedWith("s-9").numbered(2))
        .isRefused(Reason.UNKNOWN_GENERATION)
        .saying("generation 2 (s-9)");
  }

  @Test
  default void a_session_id_and_a_number_that_both_exist_and_disagree_are_a_mismatch() {
    inSecond()
        .when(order().signedWith("s-1").numbered(2))
        .isRefused(Reason.GENERATION_MISMATCH)
        .saying("s-1", "number 2", "2 (s-2)");
    inSecond()
        .when(order().signedWith("s-2").numbered(1))
        .isRefused(Reason.GENERATION_MISMATCH)
        .saying("s-2", "number 1", "2 (s-2)");
  }

  @Test
  default void after_a_rotation_in_place_the_session_id_alone_names_the_newest() {
    inPlace().when(order().signedWith("s-1")).isAccepted();
  }

  @Test
  default void after_a_rotation_in_place_the_old_number_is_stale_with_and_without_the_session_id() {
    inPlace()
        .when(order().of(FIRST))
        .isRefused(Reason.STALE_GENERATION)
        .tellingOfEnded(FIRST)
        .saying("generation 1 (s-1)", "2 (s-1)");
    inPlace().when(order().numbered(1)).isRefused(Reason.STALE_GENERATION).tellingOfEnded(FIRST);
  }

  @Test
  default void a_session_id_of_several_ended_generations_names_the_newest_of_them() {
    Generation fourth = generation(4, "s-4");
    new SessionFixture()
        .given(opened(), reset(FIRST, SECOND_IN_PLACE), reset(SECOND_IN_PLACE, THIRD))
        .given(reset(THIRD, fourth))
        .when(order().signedWith("s-1"))
        .isRefused(Reason.STALE_GENERATION)
        .tellingOfEnded(SECOND_IN_PLACE)
        .saying("(generation 2)");
  }

  private SessionFixture inSecond() {
    return new SessionFixture().given(opened(), reset(FIRST, SECOND)).given(madeReady(SECOND));
  }

  private SessionFixture inPlace() {
    return new SessionFixture()
        .given(opened(), reset(FIRST, SECOND_IN_PLACE))
        .given(madeReady(SECOND_IN_PLACE));
  }
}

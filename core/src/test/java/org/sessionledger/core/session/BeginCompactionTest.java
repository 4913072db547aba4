package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.beginCompaction;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

class BeginCompactionTest implements NamesItsGeneration {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return beginCompaction("c-1");
  }

  @Override
  public SessionEvent[] madeReady(Generation generation) {
    return new SessionEvent[0];
  }

  @Test
  void a_compaction_begins_with_its_first_attempt() {
    session.given(opened()).when(beginCompaction("c-1")).isAcceptedAs(begun(FIRST, "c-1"));
  }

  @Test
  void beginning_the_same_again_is_a_duplicate() {
    session.given(opened(), begun(FIRST, "c-1")).when(beginCompaction("c-1")).isADuplicate();
  }

  @Test
  void another_id_overtakes_the_one_that_was_begun() {
    session.given(opened(), begun(FIRST, "c-1"));
    session.when(beginCompaction("c-2")).isAcceptedAs(begun(FIRST, "c-2"));
    session
        .given(begun(FIRST, "c-2"))
        .when(beginCompaction("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("'c-1' was overtaken", "1 (s-1)")
        .advising("under a new id");
    session.when(beginCompaction("c-2")).isADuplicate();
  }

  @Test
  void an_abandoned_one_begun_again_counts_its_attempts() {
    session
        .given(opened(), begun(FIRST, "c-1"), abandoned(FIRST, "c-1"))
        .when(beginCompaction("c-1"))
        .isAcceptedAs(begun(FIRST, "c-1", 2));
    session
        .given(begun(FIRST, "c-1", 2), abandoned(FIRST, "c-1", 2))
        .when(beginCompaction("c-1"))
        .isAcceptedAs(begun(FIRST, "c-1", 3));
  }

  @Test
  void an_abandoned_one_may_be_begun_again_in_a_later_generation() {
    session
        .given(opened(), begun(FIRST, "c-1"), abandoned(FIRST, "c-1"), reset(FIRST, SECOND))
        .when(beginCompaction("c-1"))
        .isAcceptedAs(begun(SECOND, "c-1", 2));
  }

  @Test
  void one_that_a_reset_overtook_is_not_begun_again() {
    session
        .given(opened(), begun(FIRST, "c-1"), reset(FIRST, SECOND))
        .when(beginCompaction("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("overtaken", "2 (s-2)");
  }

  @Test
  void a_completed_one_is_not_begun_again() {
    session
        .given(opened(), compacted(FIRST, SECOND, "c-1", runs(), runs()))
        .when(beginCompaction("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("'c-1' was completed already");
  }

  @Test
  void a_stale_generation_comes_before_the_compaction_id() {
    session
        .given(opened(), begun(FIRST, "c-1"), reset(FIRST, SECOND))
        .when(beginCompaction("c-1").of(FIRST))
        .isRefused(Reason.STALE_GENERATION);
  }

  @Test
  void a_compaction_of_another_key_is_not_known_here() {
    session
        .elsewhere(
            opened(OTHER_KEY, FIRST, RunPolicy.CONCURRENT),
            new SessionEvent.CompactionBegun(
                OTHER_KEY, FIRST, new org.sessionledger.core.identity.CompactionId("c-1"), 1))
        .given(opened())
        .when(beginCompaction("c-1"))
        .isAcceptedAs(begun(FIRST, "c-1"));
  }
}

package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.abandonCompaction;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

class AbandonCompactionTest implements NamesItsGeneration {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return abandonCompaction("c-1");
  }

  @Override
  public SessionEvent[] madeReady(Generation generation) {
    return new SessionEvent[] {begun(generation, "c-1")};
  }

  @Test
  void the_begun_compaction_is_abandoned() {
    session
        .given(opened(), begun(FIRST, "c-1"))
        .when(abandonCompaction("c-1"))
        .isAcceptedAs(abandoned(FIRST, "c-1"));
  }

  @Test
  void the_attempt_that_was_begun_is_abandoned() {
    session
        .given(opened(), begun(FIRST, "c-1"), abandoned(FIRST, "c-1"), begun(FIRST, "c-1", 2))
        .when(abandonCompaction("c-1"))
        .isAcceptedAs(abandoned(FIRST, "c-1", 2));
  }

  @Test
  void one_that_was_never_begun_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"))
        .when(abandonCompaction("c-2"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("'c-2' was never begun", "1 (s-1)");
  }

  @Test
  void one_that_was_abandoned_already_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), abandoned(FIRST, "c-1"))
        .when(abandonCompaction("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("'c-1' was abandoned");
  }

  @Test
  void one_that_another_overtook_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), begun(FIRST, "c-2"))
        .when(abandonCompaction("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("'c-1' was overtaken");
  }

  @Test
  void one_that_a_rotation_overtook_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), restored(FIRST, SECOND, FIRST))
        .when(abandonCompaction("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("overtaken", "2 (s-2)");
  }

  @Test
  void one_that_was_completed_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), compacted(FIRST, SECOND, "c-1", runs(), runs()))
        .when(abandonCompaction("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("'c-1' was completed already");
  }

  @Test
  void a_stale_generation_comes_before_the_compaction_id() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(abandonCompaction("c-9").of(FIRST))
        .isRefused(Reason.STALE_GENERATION);
  }
}

package org.sessionledger.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What ends a life says which one, so that it cannot end the life after it. */
interface ExpectedLives extends Clauses {

  /** A double click: the second must not destroy the healthy successor. */
  @Test
  default void a_second_reset_that_expects_the_life_before_is_refused() {
    Scene session = scene().needs(RuntimeAdapter.Trait.EXPECTED_RESETS);
    String before = session.opened();
    session.needs(RuntimeAdapter.Trait.ROTATING_RESETS);
    assertThat(session.reset(before, false).taken())
        .as(session.told("a reset that expects the current life is carried out"))
        .isTrue();
    String after = session.sessionId();
    session.take(session.start("run-1", after));
    Snapshot healthy = session.snapshot();

    Answer second = session.reset(before, false);

    assertThat(second.taken()).as(session.told("the second reset is refused")).isFalse();
    session.shows(healthy);
    session.take(session.complete("run-1", after));
  }

  @Test
  default void a_compaction_that_a_reset_overtook_is_refused() {
    Scene session = scene().needs(RuntimeAdapter.Trait.ROTATING_COMPACTIONS);
    String before = session.openedWithRun("run-1");
    String after = session.reset();
    session.take(session.start("run-2", after));
    Snapshot healthy = session.snapshot();

    Answer late = session.compact(before);

    assertThat(late.taken()).as(session.told("the late compaction is refused")).isFalse();
    session.shows(healthy);
    session.take(session.complete("run-2", after));
  }
}

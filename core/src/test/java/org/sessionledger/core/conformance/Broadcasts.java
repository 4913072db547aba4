package org.sessionledger.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the store refuses, no subscriber sees. */
interface Broadcasts extends Clauses {

  @Test
  default void what_is_taken_is_broadcast_as_it_is_stored() {
    Scene session = scene().needs(RuntimeAdapter.Trait.BROADCASTS);
    String only = session.openedWithRun("run-1");
    session.broadcasts();

    session.take(session.fail("run-1", only));

    assertThat(session.broadcasts())
        .as(session.told("subscribers are shown the end"))
        .endsWith(session.snapshot());
  }

  @Test
  default void a_start_that_was_refused_is_not_broadcast() {
    Scene session = scene().needs(RuntimeAdapter.Trait.BROADCASTS);
    String before = session.opened();
    Report late = session.start("run-1", before);
    String after = session.reset();
    session.broadcasts();

    session.deliver(late);

    showsNothingBut(Snapshot.fresh(after), session);
  }

  @Test
  default void an_error_that_was_refused_is_not_broadcast() {
    Scene session = scene().needs(RuntimeAdapter.Trait.BROADCASTS);
    String before = session.openedWithRun("run-1");
    Report late = session.fail("run-1", before);
    String after = session.reset();
    session.broadcasts();

    session.deliver(late);

    showsNothingBut(Snapshot.fresh(after), session);
  }

  @Test
  default void an_end_that_was_refused_is_not_broadcast() {
    Scene session = scene().needs(RuntimeAdapter.Trait.BROADCASTS);
    String before = session.openedWithRun("run-1");
    Report late = session.complete("run-1", before);
    String after = session.reset();
    session.broadcasts();

    session.deliver(late);

    showsNothingBut(Snapshot.fresh(after), session);
  }

  /** To show the same again is allowed. */
  private static void showsNothingBut(Snapshot expected, Scene session) {
    assertThat(session.broadcasts())
        .as(session.told("subscribers see nothing of it"))
        .allMatch(expected::equals);
  }
}

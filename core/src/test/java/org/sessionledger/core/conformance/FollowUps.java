package org.sessionledger.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A fence that refuses what is right is as bad as none. */
interface FollowUps extends Clauses {

  @Test
  default void a_run_goes_from_its_start_to_its_end() {
    Scene session = scene();
    String only = session.opened();
    session.shows(Snapshot.fresh(only));

    session.take(session.start("run-1", only));
    session.take(session.progress("run-1", only));
    session.shows(Snapshot.Status.RUNNING, 1);
    session.take(session.fail("run-1", only));

    session.shows(new Snapshot(only, Snapshot.Status.FAILED, Scene.error("run-1"), 0));
  }

  /** The same run id is tried again: an error is not the end of it. */
  @Test
  default void a_run_that_failed_may_start_again_in_the_same_life() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    session.take(session.fail("run-1", only));

    session.take(session.start("run-1", only));

    session.shows(Snapshot.Status.RUNNING, 1);
    session.take(session.complete("run-1", only));
    session.shows(Snapshot.Status.DONE, 0);
  }

  @Test
  default void a_reset_leaves_nothing_of_the_life_before() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    session.take(session.start("run-2", before));
    session.take(session.fail("run-1", before));

    String after = session.reset();

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void a_run_that_starts_after_a_reset_is_taken() {
    Scene session = scene();
    session.openedWithRun("run-1");
    String after = session.reset();

    session.take(session.start("run-2", after));

    session.shows(Snapshot.Status.RUNNING, 1);
    session.take(session.complete("run-2", after));
    session.shows(Snapshot.Status.DONE, 0);
  }

  @Test
  default void a_run_that_starts_after_a_compaction_is_taken() {
    Scene session = scene();
    String before = session.opened();
    String after = session.compacted(before);

    session.take(session.start("run-1", after));

    session.shows(Snapshot.Status.RUNNING, 1);
    session.take(session.complete("run-1", after));
    session.shows(Snapshot.Status.DONE, 0);
  }

  @Test
  default void the_same_run_id_in_another_session_is_another_run() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    Scene other = session.another();
    String others = other.openedWithRun("run-1");
    assertThat(others).isNotEqualTo(before);
    session.reset();

    other.take(other.complete("run-1", others));

    other.shows(Snapshot.Status.DONE, 0);
    session.shows(Snapshot.Status.IDLE, 0);
  }
}

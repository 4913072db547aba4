package org.sessionledger.core.conformance;

import org.junit.jupiter.api.Test;

/** A reset that keeps the session id begins another life all the same. */
interface InPlaceResets extends Clauses {

  @Test
  default void progress_that_arrives_after_a_reset_in_place_is_refused() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    Report late = session.progress("run-1", only);
    session.resetInPlace();

    session.refuse(late);

    session.shows(Snapshot.fresh(only));
  }

  @Test
  default void an_error_that_arrives_after_a_reset_in_place_is_refused() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    Report late = session.fail("run-1", only);
    session.resetInPlace();

    session.refuse(late);

    session.shows(Snapshot.fresh(only));
  }

  @Test
  default void an_end_that_arrives_after_a_reset_in_place_is_refused() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    Report late = session.complete("run-1", only);
    session.resetInPlace();

    session.refuse(late);

    session.shows(Snapshot.fresh(only));
  }

  /** A retry: the run is known, and its life is over. */
  @Test
  default void an_old_run_that_starts_again_after_a_reset_in_place_is_refused() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    session.take(session.fail("run-1", only));
    Report retry = session.start("run-1", only);
    session.resetInPlace();

    session.refuse(retry);

    session.shows(Snapshot.fresh(only));
  }

  @Test
  default void a_reset_in_place_leaves_nothing_of_the_life_before() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    session.take(session.start("run-2", only));
    session.take(session.fail("run-1", only));

    session.resetInPlace();

    session.shows(Snapshot.fresh(only));
  }

  @Test
  default void a_run_that_starts_after_a_reset_in_place_is_taken() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    session.resetInPlace();

    session.take(session.start("run-2", only));

    session.shows(Snapshot.Status.RUNNING, 1);
    session.take(session.complete("run-2", only));
    session.shows(Snapshot.Status.DONE, 0);
  }
}

package org.sessionledger.core.conformance;

import org.junit.jupiter.api.Test;

/** What a run of the life before sends, and what arrives only after a reset gave a new id. */
interface LateReports extends Clauses {

  @Test
  default void a_start_that_arrives_after_a_reset_is_refused() {
    Scene session = scene();
    String before = session.opened();
    Report late = session.start("run-1", before);
    String after = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void progress_that_arrives_after_a_reset_is_refused() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    Report late = session.progress("run-1", before);
    String after = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void an_error_that_arrives_after_a_reset_is_refused() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    Report late = session.fail("run-1", before);
    String after = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void an_end_that_arrives_after_a_reset_is_refused() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    Report late = session.complete("run-1", before);
    String after = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void an_abort_that_arrives_after_a_reset_is_refused() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    Report late = session.abort("run-1", before);
    String after = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(after));
  }

  /** The row's id is not the run's: a run belongs to the life in which it began. */
  @Test
  default void an_old_run_that_signs_with_the_new_session_id_is_refused() {
    Scene session = scene();
    session.openedWithRun("run-1");
    String after = session.reset();

    session.refuse(session.fail("run-1", after));

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void an_error_that_arrives_beside_the_next_run_does_not_touch_it() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    Report late = session.fail("run-1", before);
    String after = session.reset();
    session.take(session.start("run-2", after));

    session.refuse(late);

    session.shows(Snapshot.Status.RUNNING, 1);
    session.take(session.complete("run-2", after));
    session.shows(Snapshot.Status.DONE, 0);
  }
}

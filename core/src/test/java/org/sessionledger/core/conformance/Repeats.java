package org.sessionledger.core.conformance;

import org.junit.jupiter.api.Test;

/** Messages are delivered at least once. Whether a repeat is called taken or refused is free. */
interface Repeats extends Clauses {

  @Test
  default void a_start_that_is_delivered_twice_is_one_run() {
    Scene session = scene();
    String only = session.opened();
    Report start = session.start("run-1", only);
    session.take(start);

    session.changesNothing(start);

    session.shows(Snapshot.Status.RUNNING, 1);
  }

  @Test
  default void an_end_that_is_delivered_twice_is_one_end() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    Report end = session.complete("run-1", only);
    session.take(end);

    session.changesNothing(end);
  }

  /** Else it runs for ever, as nobody will end it again. */
  @Test
  default void a_start_that_is_delivered_again_after_the_error_starts_nothing() {
    Scene session = scene();
    String only = session.opened();
    Report start = session.start("run-1", only);
    session.take(start);
    session.take(session.fail("run-1", only));

    session.changesNothing(start);
  }

  @Test
  default void a_start_that_is_delivered_again_after_a_reset_starts_nothing() {
    Scene session = scene();
    String before = session.opened();
    Report start = session.start("run-1", before);
    session.take(start);
    session.reset();

    session.changesNothing(start);
  }

  /** A real runtime tells an abort, and then an error, of one aborted run. */
  @Test
  default void a_second_end_that_contradicts_the_first_is_refused() {
    Scene session = scene();
    String only = session.openedWithRun("run-1");
    session.take(session.abort("run-1", only));

    session.refuse(session.fail("run-1", only));

    session.shows(Snapshot.Status.ABORTED, 0);
  }

  @Test
  default void an_end_of_a_run_that_never_started_is_refused() {
    Scene session = scene();
    String only = session.opened();

    session.refuse(session.fail("run-1", only));

    session.shows(Snapshot.fresh(only));
  }
}

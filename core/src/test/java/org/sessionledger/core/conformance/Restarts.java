package org.sessionledger.core.conformance;

import org.junit.jupiter.api.Test;

/** What a runtime knows of lives and runs must outlive its process. */
interface Restarts extends Clauses {

  @Test
  default void after_a_restart_the_session_is_what_it_was() {
    Scene session = scene().needs(RuntimeAdapter.Trait.RESTARTS);
    session.openedWithRun("run-1");
    String after = session.reset();
    session.take(session.start("run-2", after));
    session.take(session.fail("run-2", after));

    session.restarted();

    session.shows(new Snapshot(after, Snapshot.Status.FAILED, Scene.error("run-2"), 0));
  }

  @Test
  default void a_late_report_is_refused_after_a_restart_too() {
    Scene session = scene().needs(RuntimeAdapter.Trait.RESTARTS);
    String before = session.openedWithRun("run-1");
    Report late = session.fail("run-1", before);
    String after = session.reset();

    session.restarted();

    session.refuse(late);
    session.refuse(session.fail("run-1", after));
    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void a_run_that_starts_after_a_restart_is_taken() {
    Scene session = scene().needs(RuntimeAdapter.Trait.RESTARTS);
    session.openedWithRun("run-1");
    String after = session.reset();

    session.restarted();

    session.take(session.start("run-2", after));
    session.take(session.complete("run-2", after));
    session.shows(Snapshot.Status.DONE, 0);
  }
}

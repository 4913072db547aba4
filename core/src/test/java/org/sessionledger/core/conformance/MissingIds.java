package org.sessionledger.core.conformance;

import org.junit.jupiter.api.Test;

/** What does not say where it belongs, and is not known to belong here, is refused. */
interface MissingIds extends Clauses {

  @Test
  default void a_start_without_a_session_id_is_refused() {
    Scene session = scene();
    String only = session.opened();

    session.refuse(session.start("run-1", null));

    session.shows(Snapshot.fresh(only));
  }

  @Test
  default void a_late_error_without_a_session_id_is_refused() {
    Scene session = scene();
    session.openedWithRun("run-1");
    Report late = session.fail("run-1", null);
    String after = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void an_error_of_an_unknown_run_without_a_session_id_is_refused() {
    Scene session = scene();
    String only = session.opened();

    session.refuse(session.fail("run-1", null));

    session.shows(Snapshot.fresh(only));
  }

  @Test
  default void a_start_that_signs_with_an_id_that_never_was_is_refused() {
    Scene session = scene();
    String only = session.opened();

    session.refuse(session.start("run-1", "no-such-session"));

    session.shows(Snapshot.fresh(only));
  }
}

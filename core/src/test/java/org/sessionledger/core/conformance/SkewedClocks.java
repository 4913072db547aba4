package org.sessionledger.core.conformance;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Identity decides. The clocks of senders are days off, both ways. */
interface SkewedClocks extends Clauses {

  Duration DAYS = Duration.ofDays(3);

  @Test
  default void a_late_report_whose_clock_is_days_ahead_is_refused() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    Report late = session.fail("run-1", before).skewedBy(DAYS);
    String after = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void a_late_report_whose_clock_is_days_behind_is_refused() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    Report late = session.fail("run-1", before).skewedBy(DAYS.negated());
    String after = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(after));
  }

  @Test
  default void the_current_run_is_taken_when_its_clock_is_days_ahead() {
    Scene session = scene();
    session.opened();
    String after = session.reset();

    session.take(session.start("run-1", after).skewedBy(DAYS));
    session.take(session.complete("run-1", after).skewedBy(DAYS));

    session.shows(Snapshot.Status.DONE, 0);
  }

  @Test
  default void the_current_run_is_taken_when_its_clock_is_days_behind() {
    Scene session = scene();
    session.opened();
    String after = session.reset();

    session.take(session.start("run-1", after).skewedBy(DAYS.negated()));
    session.take(session.complete("run-1", after).skewedBy(DAYS.negated()));

    session.shows(Snapshot.Status.DONE, 0);
  }
}

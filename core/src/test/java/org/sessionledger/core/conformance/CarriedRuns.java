package org.sessionledger.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A compaction gives the session a new id while runs are at work (preflight). */
interface CarriedRuns extends Clauses {

  @Test
  default void a_carried_run_goes_on_under_the_new_session_id() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");

    String after = session.compacted(before, "run-1");

    session.shows(Snapshot.Status.RUNNING, 1);
    session.take(session.progress("run-1", after));
    session.take(session.complete("run-1", after));
    session.shows(new Snapshot(after, Snapshot.Status.DONE, null, 0));
  }

  /** It cannot know better: it is told, and says it again. */
  @Test
  default void a_carried_run_that_still_signs_with_the_old_id_is_told_the_new_one() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    String after = session.compacted(before, "run-1");

    Answer answer = session.refuse(session.complete("run-1", before));

    assertThat(answer.sessionId()).as(session.told("the id that it is told")).isEqualTo(after);
    session.take(session.complete("run-1", after));
    session.shows(Snapshot.Status.DONE, 0);
  }

  @Test
  default void a_run_that_a_compaction_left_behind_is_refused_whatever_it_signs_with() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");

    String after = session.compacted(before);

    session.refuse(session.fail("run-1", before));
    session.refuse(session.fail("run-1", after));
  }

  @Test
  default void a_reset_after_a_compaction_ends_the_carried_run() {
    Scene session = scene();
    String first = session.openedWithRun("run-1");
    String second = session.compacted(first, "run-1");
    Report late = session.fail("run-1", second);
    String third = session.reset();

    session.refuse(late);

    session.shows(Snapshot.fresh(third));
  }

  /** A compaction continues the session: only a reset begins blank. */
  @Test
  default void a_compaction_keeps_how_the_last_run_ended() {
    Scene session = scene();
    String before = session.openedWithRun("run-1");
    session.take(session.fail("run-1", before));

    String after = session.compacted(before);

    session.shows(new Snapshot(after, Snapshot.Status.FAILED, Scene.error("run-1"), 0));
  }
}

package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.session.Past.FIRST;
import static org.sessionledger.core.session.Past.SECOND;
import static org.sessionledger.core.session.Past.aborted;
import static org.sessionledger.core.session.Past.compacted;
import static org.sessionledger.core.session.Past.completed;
import static org.sessionledger.core.session.Past.failed;
import static org.sessionledger.core.session.Past.interrupted;
import static org.sessionledger.core.session.Past.opened;
import static org.sessionledger.core.session.Past.started;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

/** What holds for all three ends that a run reports of itself: an end is final. */
interface EndsARun extends ReportsOfARun {

  /** The stored name of the end. */
  String end();

  SessionEvent ended(Generation generation, String runId, long attempt, boolean corrects);

  @Override
  default SessionEvent reported(Generation generation, String runId, long attempt) {
    return ended(generation, runId, attempt, false);
  }

  @Test
  default void the_same_end_again_is_a_duplicate() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), ends().get(end()))
        .when(report("r-1"))
        .isADuplicate();
  }

  @Test
  default void the_same_end_again_is_a_duplicate_for_a_correction_too() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"))
        .given(ended(FIRST, "r-1", 1, true))
        .when(report("r-1"))
        .isADuplicate();
  }

  @Test
  default void a_different_end_is_refused() {
    ends()
        .forEach(
            (name, event) -> {
              if (!name.equals(end())) {
                new SessionFixture()
                    .given(opened(), started(FIRST, "r-1"), event)
                    .when(report("r-1"))
                    .isRefused(Reason.RUN_ENDED)
                    .saying("Attempt 1 of run 'r-1' ended already: " + how(name))
                    .advising("start attempt 2");
              }
            });
    assertThat(ends()).containsKey(end()).hasSize(3);
  }

  @Test
  default void the_real_end_corrects_an_interruption() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"))
        .when(report("r-1"))
        .isAcceptedAs(ended(FIRST, "r-1", 1, true));
  }

  @Test
  default void the_real_end_of_a_carried_run_corrects_its_interruption() {
    new SessionFixture()
        .given(
            opened(),
            started(FIRST, "r-1"),
            compacted(FIRST, SECOND, "r-1"),
            interrupted(SECOND, "r-1"))
        .when(report("r-1"))
        .isAcceptedAs(ended(SECOND, "r-1", 1, true));
  }

  @Test
  default void an_interruption_is_no_longer_corrected_once_the_next_attempt_began() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"))
        .given(started(FIRST, "r-1", 2))
        .when(report("r-1").attempt(1))
        .isRefused(Reason.ATTEMPT_SUPERSEDED);
  }

  private static Map<String, SessionEvent> ends() {
    return Map.of(
        "RunCompleted", completed(FIRST, "r-1"),
        "RunFailed", failed(FIRST, "r-1"),
        "RunAborted", aborted(FIRST, "r-1"));
  }

  private static String how(String end) {
    return Map.of("RunCompleted", "done", "RunFailed", "failed", "RunAborted", "aborted").get(end);
  }
}

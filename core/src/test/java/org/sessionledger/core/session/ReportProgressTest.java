package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.reportProgress;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

class ReportProgressTest implements ReportsOfARun {

  @Override
  public Order report(String runId) {
    return reportProgress(runId);
  }

  @Override
  public SessionEvent reported(Generation generation, String runId, long attempt) {
    return progressed(generation, runId, attempt, null, null);
  }

  @Test
  void the_note_and_the_tokens_are_kept() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"))
        .when(reportProgress("r-1").noting("half way").tokens(512))
        .isAcceptedAs(progressed(FIRST, "r-1", 1, "half way", 512L));
  }

  @Test
  void progress_after_any_end_is_refused() {
    SessionEvent[] ends = {completed(FIRST, "r-1"), failed(FIRST, "r-1"), aborted(FIRST, "r-1")};
    for (SessionEvent end : ends) {
      new SessionFixture()
          .given(opened(), started(FIRST, "r-1"), end)
          .when(reportProgress("r-1"))
          .isRefused(Reason.RUN_ENDED)
          .saying("Attempt 1 of run 'r-1' ended already");
    }
  }

  @Test
  void progress_does_not_correct_an_interruption() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), interrupted(FIRST, "r-1"))
        .when(reportProgress("r-1"))
        .isRefused(Reason.RUN_ENDED)
        .saying("interrupted")
        .advising("report its real end, or start attempt 2");
  }

  @Test
  void the_same_progress_again_is_progress_again() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), progressed(FIRST, "r-1"))
        .when(reportProgress("r-1"))
        .isAcceptedAs(progressed(FIRST, "r-1"));
  }
}

package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.abortRun;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;

class AbortRunTest implements EndsARun {

  @Override
  public Order report(String runId) {
    return abortRun(runId);
  }

  @Override
  public String end() {
    return "RunAborted";
  }

  @Override
  public SessionEvent ended(Generation generation, String runId, long attempt, boolean corrects) {
    return new SessionEvent.RunAborted(KEY, generation, new RunId(runId), attempt, corrects);
  }

  /** OpenClaw sends both for one aborted run. */
  @Test
  void an_error_after_the_abort_of_the_same_run_is_refused() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), aborted(FIRST, "r-1"))
        .when(Order.failRun("r-1").with("abort", "The operation was aborted"))
        .isRefused(Reason.RUN_ENDED)
        .saying("aborted");
  }
}

package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.completeRun;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;

class CompleteRunTest implements EndsARun {

  @Override
  public Order report(String runId) {
    return completeRun(runId);
  }

  @Override
  public String end() {
    return "RunCompleted";
  }

  @Override
  public SessionEvent ended(Generation generation, String runId, long attempt, boolean corrects) {
    return new SessionEvent.RunCompleted(KEY, generation, new RunId(runId), attempt, corrects);
  }

  @Test
  void one_run_ends_and_the_others_go_on() {
    new SessionFixture()
        .given(openedForOneRunAtATime(), started(FIRST, "r-1"))
        .given(ended(FIRST, "r-1", 1, false), started(FIRST, "r-2"))
        .when(completeRun("r-2"))
        .isAcceptedAs(ended(FIRST, "r-2", 1, false));
  }
}

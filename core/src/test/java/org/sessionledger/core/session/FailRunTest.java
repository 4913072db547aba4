package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.failRun;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;

class FailRunTest implements EndsARun {

  private static final String ROCKET = "\uD83D\uDE80";

  @Override
  public Order report(String runId) {
    return failRun(runId);
  }

  @Override
  public String end() {
    return "RunFailed";
  }

  @Override
  public SessionEvent ended(Generation generation, String runId, long attempt, boolean corrects) {
    return new SessionEvent.RunFailed(
        KEY, generation, new RunId(runId), attempt, null, null, null, corrects);
  }

  @Test
  void the_kind_and_the_message_of_the_error_are_kept() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"))
        .when(failRun("r-1").with("timeout", "slow\nmodel"))
        .isAcceptedAs(failed(FIRST, "r-1", 1, "timeout", "slow\nmodel"));
  }

  @Test
  void the_same_end_is_a_duplicate_whatever_its_texts() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), failed(FIRST, "r-1", 1, "timeout", "slow"))
        .when(failRun("r-1").with("overload", "busy"))
        .isADuplicate();
  }

  @Test
  void a_message_at_the_limit_is_kept_whole() {
    String whole = ROCKET.repeat(65_536);
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"))
        .when(failRun("r-1").with(null, whole))
        .isAcceptedAs(failed(FIRST, "r-1", 1, null, whole));
  }

  @Test
  void a_longer_message_is_cut_and_its_length_is_kept_beside() {
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"))
        .when(failRun("r-1").with(null, ROCKET.repeat(65_537)))
        .isAcceptedAs(
            new SessionEvent.RunFailed(
                KEY, FIRST, new RunId("r-1"), 1, null, ROCKET.repeat(65_536), 65_537L, false));
  }
}

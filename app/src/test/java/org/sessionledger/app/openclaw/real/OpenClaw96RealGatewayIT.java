package org.sessionledger.app.openclaw.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** OpenClaw 2026.9.6: every reset is in place, and a killed run is taken up again. */
class OpenClaw96RealGatewayIT extends Scenarios {

  OpenClaw96RealGatewayIT() {
    super("2026.9.6");
  }

  @Test
  @Order(3)
  void an_abort_is_followed_by_an_error() throws Exception {
    aborted("FailRun run-ended");
  }

  @Test
  @Order(4)
  void a_reset_in_the_grace_of_an_error() throws Exception {
    resetRightAfterAnError();
  }

  @Test
  @Order(5)
  void a_reset_while_a_run_is_being_prepared() throws Exception {
    resetWhilePreparing();
    good(PREPARE, "prepare-3");
    expect(
        PREPARE,
        "2 done",
        List.of(OPENED, RESET),
        List.of("prepare-1#1 1 done", "prepare-3#1 2 done"));
  }

  @Test
  @Order(6)
  void a_reset_in_the_middle_of_a_run() throws Exception {
    resetWhileRunning("aborted");
  }

  @Test
  @Order(9)
  void a_kill_in_the_middle_of_a_run_that_is_taken_up_again() throws Exception {
    killedAndStarted();
    model.release("killed-1");
    watch.until("it was taken up again", () -> watch.session(KILLED).equals("1 done"));
    good(KILLED, "killed-2");
    expect(
        KILLED,
        "1 done",
        List.of(OPENED),
        List.of("killed-1#1 1 interrupted", "recovery#1 1 done", "killed-2#1 1 done"));
  }

  @Test
  @Order(10)
  void the_gateway_shows_what_the_ledger_has() throws Exception {
    assertThat(differencesAtTheEnd()).isEmpty();
  }

  /**
   * Rows are told some time after the run itself: in the middle of what comes next, or before it.
   */
  @Override
  Set<String> refused(String key) {
    Set<String> all = new TreeSet<>(super.refused(key));
    all.removeIf(refusal -> refusal.startsWith("projected "));
    return all;
  }

  @Override
  Map<String, List<String>> runsOnDisk(Map<String, List<String>> followed) {
    return new TreeMap<>(followed);
  }
}

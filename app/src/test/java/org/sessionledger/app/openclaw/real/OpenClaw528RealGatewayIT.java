package org.sessionledger.app.openclaw.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.openclaw.real.Operator.projected;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.sessionledger.app.openclaw.Replay;

/** OpenClaw 2026.5.28, which has the reset race. */
class OpenClaw528RealGatewayIT extends Scenarios {

  OpenClaw528RealGatewayIT() {
    super("2026.5.28");
  }

  @Test
  @Order(3)
  void an_abort_is_followed_by_an_end_that_looks_like_a_success() throws Exception {
    aborted("CompleteRun run-ended");
  }

  @Test
  @Order(4)
  void a_reset_in_the_grace_of_an_error() throws Exception {
    resetRightAfterAnError();
  }

  /**
   * The row of before the reset comes back: with the run, which goes on in the old life, or 15 s
   * later with the error of the run, which the reset reached. It is a matter of milliseconds.
   */
  @Test
  @Order(5)
  void a_reset_while_a_run_is_being_prepared_is_undone_by_the_gateway() throws Exception {
    int now = operator.now();
    resetWhilePreparing();
    Predicate<JsonNode> ends = projected("prepare-2", "end");
    JsonNode end =
        operator.await("the end of prepare-2", now, ends.or(projected("prepare-2", "error")));
    List<String> runs = new ArrayList<>(List.of("prepare-1#1 1 done"));
    if (ends.test(end)) {
      runs.add("prepare-2#1 2 done");
      awaitDone("prepare-2");
    }
    good(PREPARE, "prepare-3");
    runs.add("prepare-3#1 2 done");
    Set<String> refused = Set.of("FailRun unknown-run", "projected FailRun unknown-run");
    expect(PREPARE, "2 done", List.of(OPENED, RESET), runs, ends.test(end) ? Set.of() : refused);
  }

  @Test
  @Order(6)
  void a_reset_in_the_middle_of_a_run_that_looks_like_a_success() throws Exception {
    resetWhileRunning("done");
  }

  @Test
  @Order(9)
  void a_kill_in_the_middle_of_a_run() throws Exception {
    killedAndStarted();
    model.release("killed-1");
    good(KILLED, "killed-2");
    expect(
        KILLED,
        "1 done",
        List.of(OPENED),
        List.of("killed-1#1 1 interrupted", "killed-2#1 1 done"));
  }

  @Test
  @Order(10)
  void the_gateway_shows_what_is_not_true_of_three_sessions() throws Exception {
    expect(
        GRACE,
        "2 idle",
        List.of(OPENED, RESET),
        List.of("grace-1#1 1 done", "grace-2#1 1 failed"),
        Set.of("projected FailRun run-superseded"));
    Map<String, String> shown = new TreeMap<>();
    for (Replay.Difference d : differencesAtTheEnd()) {
      boolean sameId = d.shown().sessionId().equals(d.ledger().sessionId());
      shown.put(
          d.sessionKey(),
          d.shown().status() + " for " + d.ledger().status() + (sameId ? "" : ", an ended id"));
    }
    assertThat(shown)
        .isEqualTo(
            Map.of(
                FAIL, "running for failed",
                GRACE, "failed for idle",
                PREPARE, "done for done, an ended id"));
  }

  @Override
  void awaitDone(String run) {
    watch.until("the trajectory of " + run + " is written", () -> isTraced(run));
  }

  private boolean isTraced(String run) {
    try (Stream<Path> files = Files.list(gateway.state().resolve("agents/main/sessions"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".trajectory.jsonl")).toList()) {
        String text = Files.readString(file);
        if (text.contains("\"session.ended\"") && text.contains("\"" + run + "\"")) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  Map<String, List<String>> runsOnDisk(Map<String, List<String>> followed) {
    Map<String, List<String>> runs = new TreeMap<>(followed);
    // Its failure is written before the reset or after it: failed, or kept out by the fence.
    runs.remove(GRACE);
    // What was aborted has a trajectory when the gateway comes to write it, and only then a name.
    runs.remove(ABORT);
    runs.remove(RUNNING);
    // A killed run leaves no trajectory.
    runs.put(KILLED, List.of("killed-2#1 1 done"));
    return runs;
  }
}

package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.openclaw.Tape.KEY;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.app.openclaw.Replay.Difference;
import org.sessionledger.core.session.Json;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReplayTest {

  @Test
  void the_result_is_the_json_that_the_command_line_promises() throws Exception {
    try (ScratchLedger ledger = new ScratchLedger()) {
      Replay replay =
          RecordingReplay.replay(List.of(Recording.demo()), ledger.decider(), ReplayListener.NONE);
      String decision = replay.differences().get(0).decisionId();
      JsonNode promised =
          Json.mapper()
              .readTree(
                  """
                  {"arrivals":10,"accepted":6,"duplicates":3,"rejected":1,
                   "rejectedByReason":{"run-superseded":1},
                   "sessions":[{"sessionKey":"agent:main:reset-grace",
                     "sessionId":"651001ed-6a1d-4cf2-a948-d11f8899cdb7","generation":2,
                     "status":"idle","activeRuns":0}],
                   "differences":[{"sessionKey":"agent:main:reset-grace",
                     "runId":"agent-1795413821849",
                     "shown":{"sessionId":"651001ed-6a1d-4cf2-a948-d11f8899cdb7","status":"failed"},
                     "ledger":{"sessionId":"651001ed-6a1d-4cf2-a948-d11f8899cdb7","status":"idle"},
                     "decisionId":"%s"}]}
                  """
                      .formatted(decision));
      assertThat(Json.mapper().readTree(Json.write(replay))).isEqualTo(promised);
    }
  }

  @Test
  void a_row_without_status_is_idle_and_its_null_is_told() throws Exception {
    ScriptedDecider ledger = new ScriptedDecider().holds(KEY, "s-1", "done", 0);
    Replay replay = new Tape().row("s-1", null).replay(ledger).replay();
    assertThat(Json.write(replay.differences().get(0)))
        .isEqualTo(
            "{\"sessionKey\":\"agent:main:chat\",\"runId\":null,\"shown\":{\"sessionId\":\"s-1\","
                + "\"status\":null},\"ledger\":{\"sessionId\":\"s-1\",\"status\":\"done\"},"
                + "\"decisionId\":null}");
    assertThat(differences("idle", 0, null)).isEmpty();
  }

  @Test
  void killed_and_timeout_are_aborted_and_failed_may_be_interrupted() {
    assertThat(differences("aborted", 0, "killed")).isEmpty();
    assertThat(differences("aborted", 0, "timeout")).isEmpty();
    assertThat(differences("interrupted", 0, "failed")).isEmpty();
    assertThat(differences("failed", 0, "interrupted")).hasSize(1);
    assertThat(differences("done", 0, "failed")).hasSize(1);
    assertThat(differences("done", 0, "a word of a later version")).hasSize(1);
  }

  private static List<Difference> differences(String held, int activeRuns, String shown) {
    ScriptedDecider ledger = new ScriptedDecider().holds(KEY, "s-1", held, activeRuns);
    return new Tape().row("s-1", shown).replay(ledger).replay().differences();
  }

  @Test
  void another_identity_is_a_difference_even_when_only_a_listing_shows_it() {
    ScriptedDecider ledger = new ScriptedDecider().holds(KEY, "s-1", "idle", 0);
    Replay replay =
        new Tape()
            .row("s-1", null)
            .ask("l", "sessions.list", Tape.map())
            .answer(
                "l",
                Tape.map(
                    "sessions",
                    List.of(
                        Tape.map("key", KEY, "sessionId", "s-2"),
                        Tape.map("key", "only:listed", "sessionId", "s-3", "status", "done"))))
            .replay(ledger)
            .replay();
    assertThat(replay.differences()).hasSize(1);
    assertThat(replay.differences().get(0).shown().sessionId()).isEqualTo("s-2");
    assertThat(replay.differences().get(0).ledger().sessionId()).isEqualTo("s-1");
  }

  @Test
  void a_session_that_was_opened_by_an_inferred_id_agrees_with_its_real_one() {
    Tape tape =
        new Tape()
            .run("r", "start")
            .run("r", "end")
            .close(1_005)
            .hello("b", 900_000)
            .row("s-1", "done");
    String inferred = tape.commands().get(0).substring("1 OpenSession ".length());
    ScriptedDecider ledger = new ScriptedDecider().holds(KEY, inferred, "done", 0);
    assertThat(tape.replay(ledger).replay().differences()).isEmpty();
  }

  @Test
  void an_active_run_that_the_ledger_does_not_have_is_a_difference_that_explains_itself() {
    ScriptedDecider ledger = new ScriptedDecider().holds(KEY, "s-1", "running", 1);
    Replay replay =
        new Tape()
            .changed("send", "s-1", "status", "running", "hasActiveRun", false)
            .replay(ledger)
            .replay();
    assertThat(replay.differences()).hasSize(1);
    assertThat(replay.differences().get(0).shown().hasActiveRun()).isFalse();
    assertThat(replay.differences().get(0).ledger().activeRuns()).isEqualTo(1);
  }

  @Test
  void commands_are_handed_over_in_batches_and_an_opening_ends_one() {
    Tape tape = new Tape();
    for (int i = 0; i < 600; i++) {
      tape.run6("s-1", "r-" + i, "start");
    }
    ScriptedDecider ledger = new ScriptedDecider();
    tape.replay(ledger);
    assertThat(ledger.batches).containsExactly(1, 500, 100);
  }
}

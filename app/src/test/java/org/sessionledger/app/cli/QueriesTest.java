package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;
import static org.sessionledger.app.cli.CommandLineRun.runOnTerminal;
import static org.sessionledger.app.cli.CommandLineRun.runWithInput;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The questions, asked of the race after it was replayed and of a session with a hostile key. A
 * server has the folder, so that each question is quick; {@link RemoteTest} holds that it would
 * answer the same without one.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class QueriesTest {

  private static final String RACE = "agent:main:reset-grace";
  private static final String HOSTILE = "../a/b%2F #?\u202e\ud83d\ude42";

  @TempDir private static Path folder;

  private static ServeVerb.Running server;

  @BeforeAll
  static void a_ledger_with_the_race() {
    server = ServedFolder.serve(folder);
    String data = folder.toString();
    String file = OpenclawReplayTest.recording("2026.5.28/reset-in-error-grace.jsonl");
    assertThat(run("openclaw", "replay", file, "--data", data).status()).isZero();
    String key = "\"sessionKey\":\"" + HOSTILE + "\"";
    String commands =
        "{\"type\":\"OpenSession\","
            + key
            + ",\"sessionId\":\"h-1\",\"actor\":\"ann\\u001b[31m\"}\n"
            + "{\"type\":\"StartRun\","
            + key
            + ",\"sessionId\":\"h-1\",\"runId\":\"r\\u0007\"}\n"
            + "{\"type\":\"FailRun\","
            + key
            + ",\"runId\":\"r\\u0007\",\"errorMessage\":\"\\u001b]0;owned\\u0007\\n\\u009b2J\"}\n"
            + "{\"type\":\"CompleteRun\","
            + key
            + ",\"runId\":\"r\\u0007\"}\n";
    assertThat(runWithInput(commands, "command", "send", "-", "--data", data).jsonLines())
        .extracting(d -> d.path("verdict").asText())
        .containsExactly("accepted", "accepted", "accepted", "rejected");
  }

  @AfterAll
  static void stops() {
    server.close();
  }

  private static CommandLineRun ask(String... words) {
    return run(with(words, "--data", folder.toString()));
  }

  private static JsonNode json(String... words) {
    CommandLineRun run = run(with(words, "--json", "--data", folder.toString()));
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    return run.json();
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void session_list_shows_each_session() {
    assertThat(json("session", "list").path("items")).hasSize(2);
    assertThat(json("session", "list", "--status", "idle").path("items")).hasSize(1);
    assertThat(json("session", "list", "--prefix", "agent:").path("items")).hasSize(1);
    assertThat(ask("session", "list").lines())
        .anySatisfy(line -> assertThat(line).startsWith(RACE).contains("idle"));
    assertThat(ask("session", "list", "--prefix", "none").out()).isEqualTo("No sessions.\n");
  }

  @Test
  void a_page_says_how_the_list_goes_on() {
    JsonNode first = json("session", "list", "--limit", "1");
    String cursor = first.path("nextCursor").asText();
    JsonNode second = json("session", "list", "--limit", "1", "--cursor", cursor);
    assertThat(second.path("items").path(0).path("sessionKey").asText()).isEqualTo(RACE);
    assertThat(second.has("nextCursor")).isFalse();
    assertThat(ask("session", "list", "--limit", "1").out()).contains("--cursor " + cursor);
  }

  @Test
  void session_show_tells_now_and_then() {
    assertThat(json("session", "show", RACE).path("status").asText()).isEqualTo("idle");
    assertThat(json("session", "show", RACE, "--at-version", "5").path("status").asText())
        .isEqualTo("failed");
    String openedAt = json("session", "show", RACE).path("openedAt").asText();
    JsonNode then = json("session", "show", RACE, "--at", openedAt);
    assertThat(then.path("generation").asInt()).isEqualTo(1);
    assertThat(ask("session", "show", RACE).out())
        .contains(RACE + "  idle")
        .contains("651001ed-6a1d-4cf2-a948-d11f8899cdb7");
  }

  @Test
  void session_runs_tells_what_came_too_late() {
    JsonNode runs = json("session", "runs", RACE).path("items");
    assertThat(runs).hasSize(2);
    assertThat(runs.path(1).path("refusedReports")).hasSize(1);
    assertThat(ask("session", "runs", RACE).out()).contains("agent-1795413821849");
  }

  @Test
  void session_generations_tells_what_ended_each() {
    JsonNode generations = json("session", "generations", RACE).path("items");
    assertThat(generations).hasSize(2);
    assertThat(generations.path(0).path("endedBy").path("type").asText()).isEqualTo("SessionReset");
    assertThat(ask("session", "generations", RACE).out())
        .contains("generation 1", "generation 2", "current", "SessionReset (version 6)");
  }

  @Test
  void session_timeline_has_events_and_refusals() {
    JsonNode items = json("session", "timeline", RACE).path("items");
    assertThat(items)
        .extracting(item -> item.path("kind").asText())
        .containsOnly("event", "refusal");
    CommandLineRun shown = ask("session", "timeline", RACE);
    assertThat(shown.out()).contains("SessionReset").contains("refused: run-superseded");
    assertThat(shown.lines()).hasSize(items.size() + 1);
  }

  @Test
  void session_audit_is_told_in_words() {
    JsonNode audit = json("session", "audit", RACE);
    assertThat(audit.path("intact").asBoolean()).isTrue();
    assertThat(audit).isEqualTo(json("session", "audit", RACE, "--generation", "1"));
    assertThat(ask("session", "audit", RACE).out().replaceAll("\\s+", " "))
        .contains("ended generation 1 (335ee6bb-7194-4a64-ab33-340b1d90e1fd)")
        .contains("began generation 2 (651001ed-6a1d-4cf2-a948-d11f8899cdb7)")
        .contains("1 report of the ended generation came too late and was refused")
        .contains("The session is intact.");
  }

  @Test
  void decision_list_and_explain_name_the_way_out() {
    JsonNode refusals =
        json("decision", "list", "--reason", "run-superseded", "--session", RACE).path("items");
    assertThat(refusals).hasSize(1);
    assertThat(json("decision", "list").path("items")).hasSize(2);
    String id = refusals.path(0).path("decisionId").asText();
    JsonNode explained = json("decision", "explain", id);
    assertThat(explained.path("supersededBy").path("type").asText()).isEqualTo("SessionReset");
    assertThat(ask("decision", "explain", id).out())
        .contains("rejected  run-superseded  FailRun")
        .contains("What to do next")
        .contains("SessionReset");
    assertThat(ask("decision", "list").out()).contains("run-superseded", "run-ended");
  }

  @Test
  void projection_list_and_stats_add_up() {
    JsonNode stats = json("stats");
    assertThat(stats.path("arrivals").asInt()).isEqualTo(14);
    assertThat(json("projection", "list").path("items"))
        .hasSize(4)
        .allSatisfy(
            view ->
                assertThat(view.path("position").asLong())
                    .isEqualTo(stats.path("position").asLong()));
    assertThat(ask("projection", "list").out()).contains("VIEW", "timeline");
    assertThat(ask("stats").out()).contains("run-superseded").containsPattern("arrivals +14");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "session list",
        "session show KEY",
        "session runs KEY",
        "session generations KEY",
        "session timeline KEY",
        "decision list",
        "decision list --session KEY"
      })
  void what_a_runtime_sent_cannot_steer_the_terminal(String line) {
    String[] words =
        Stream.of(line.split(" ")).map(w -> w.equals("KEY") ? HOSTILE : w).toArray(String[]::new);
    CommandLineRun run = ask(words);
    assertThat(run.status()).isZero();
    assertThat(run.out().codePoints().filter(c -> Character.isISOControl(c) && c != '\n'))
        .isEmpty();
    assertThat(run.out()).contains("\\u").doesNotContain("\u202e");
    assertThat(run.lines())
        .allSatisfy(shown -> assertThat(Shown.width(shown)).isLessThanOrEqualTo(100));
    CommandLineRun asJson = run(with(words, "--json", "--data", folder.toString()));
    assertThat(asJson.out()).doesNotContain("\u202e", "\u001b", "\u009b");
  }

  @Test
  void colour_is_for_terminals_and_json_is_never_coloured() {
    String data = folder.toString();
    assertThat(runOnTerminal("session", "list", "--data", data).out()).contains("\u001b[");
    assertThat(runOnTerminal("session", "list", "--data", data, "--json").out())
        .doesNotContain("\u001b")
        .contains("\n  \"items\"");
    assertThat(ask("session", "list").out()).doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "session show nobody",
        "session show agent:main:reset-grace --at-version 99",
        "session runs nobody",
        "session generations nobody",
        "session timeline nobody",
        "session audit nobody",
        "session audit agent:main:reset-grace --generation 2",
        "decision explain nothing"
      })
  void what_is_not_there_is_a_failure_told_in_a_sentence(String line) {
    CommandLineRun run = ask(line.split(" "));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).hasLineCount(1).doesNotContain("Exception");
    CommandLineRun asJson = run(with(line.split(" "), "--json", "--data", folder.toString()));
    assertThat(asJson.status()).isEqualTo(1);
    assertThat(asJson.json().path("status").asInt()).isEqualTo(404);
  }
}

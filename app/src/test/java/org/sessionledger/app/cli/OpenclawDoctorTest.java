package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;
import static org.sessionledger.app.cli.CommandLineRun.runOnTerminal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.openclaw.Recording;
import org.sessionledger.app.openclaw.ScriptedGateway;
import org.sessionledger.app.openclaw.disk.TextStore;
import org.sessionledger.core.session.Json;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(60)
class OpenclawDoctorTest {

  private static final String KEY = "agent:main:reset-grace";
  private static final String FRESH = "651001ed-6a1d-4cf2-a948-d11f8899cdb7";

  /** The row that the real gateway listed 15 s after the reset, less what nobody reads. */
  private static final String ROW =
      "{\"key\":\"%s\",\"kind\":\"direct\",\"updatedAt\":1795413872496,\"sessionId\":\"%s\","
          + "\"systemSent\":false,\"abortedLastRun\":false,\"status\":\"failed\","
          + "\"startedAt\":1795413857421,\"endedAt\":1795413857421,\"runtimeMs\":0,"
          + "\"hasActiveRun\":false}";

  @TempDir private Path folder;

  private Path data;
  private Path tokenFile;

  @BeforeEach
  void token() throws IOException {
    data = folder.resolve("ledger");
    tokenFile = Files.writeString(folder.resolve("token"), ScriptedGateway.TOKEN + "\n");
  }

  /** Answers a listing to whoever reads. */
  private static ScriptedGateway listing(String... rows) throws IOException {
    return new ScriptedGateway(
        peer -> {
          peer.challenge();
          peer.answer(
              peer.expect("connect"),
              Json.tree(
                  "{\"type\":\"hello-ok\",\"protocol\":4,\"server\":{\"version\":\"2026.5.28\"}}"));
          String page = "{\"sessions\":[" + String.join(",", rows) + "],\"hasMore\":false}";
          peer.answer(peer.expect("sessions.list"), Json.tree(page));
          peer.awaitEnd();
        });
  }

  private CommandLineRun doctor(ScriptedGateway gateway, String... more) {
    return run(words(gateway, more));
  }

  private String[] words(ScriptedGateway gateway, String... more) {
    List<String> words = new ArrayList<>(List.of("openclaw", "doctor"));
    words.addAll(List.of("--url", gateway.uri().toString(), "--token-file", tokenFile.toString()));
    words.addAll(List.of("--settle", "0", "--data", data.toString()));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private void followRace() throws IOException {
    try (ScriptedGateway gateway = new ScriptedGateway(ScriptedGateway.of(Recording.demo()))) {
      CommandLineRun followed =
          run(
              "openclaw",
              "follow",
              "--once",
              "--url",
              gateway.uri().toString(),
              "--token-file",
              tokenFile.toString(),
              "--data",
              data.toString());
      assertThat(followed.status()).as(followed.err()).isZero();
    }
  }

  private JsonNode stats() {
    return run("stats", "--json", "--data", data.toString()).json();
  }

  @Test
  void the_race_is_one_finding_and_exit_4_and_nothing_is_written() throws Exception {
    followRace();
    JsonNode before = stats();
    CommandLineRun run;
    try (ScriptedGateway gateway = listing(ROW.formatted(KEY, FRESH))) {
      run = doctor(gateway, "--json");
    }
    assertThat(run.status()).as(run.err()).isEqualTo(4);
    JsonNode diagnosis = run.json();
    assertThat(diagnosis.path("differ").asInt()).isEqualTo(1);
    assertThat(diagnosis.path("findings")).hasSize(1);
    JsonNode finding = diagnosis.path("findings").get(0);
    assertThat(finding.path("kind").asText()).isEqualTo("reset-not-reached");
    assertThat(finding.at("/shown/status").asText()).isEqualTo("failed");
    assertThat(finding.at("/ledger/status").asText()).isEqualTo("idle");
    assertThat(finding.at("/ledger/generation").asInt()).isEqualTo(2);
    JsonNode refused = finding.at("/evidence/0");
    assertThat(refused.path("type").asText()).isEqualTo("refused-report");
    assertThat(refused.path("reason").asText()).isEqualTo("run-superseded");
    assertThat(refused.path("runId").asText()).isEqualTo("agent-1795413821849");
    assertThat(refused.at("/supersededBy/type").asText()).isEqualTo("SessionReset");
    assertThat(finding.at("/mend/command").asText())
        .startsWith(
            "openclaw gateway call sessions.reset --params '{\"key\":\"" + KEY + "\"}' --url ws://")
        .endsWith(" --token \"$(cat " + tokenFile + ")\"");
    assertThat(stats()).isEqualTo(before);
    assertThat(run.out() + run.err()).doesNotContain(ScriptedGateway.TOKEN);
  }

  @Test
  void for_people_how_it_stands_comes_first_then_what_why_and_how_to_mend_it() throws Exception {
    followRace();
    try (ServeVerb.Running running = ServedFolder.serve(data);
        ScriptedGateway gateway = listing(ROW.formatted(KEY, FRESH))) {
      assertThat(running.server().uri().getPort()).isPositive();
      CommandLineRun run = doctor(gateway);
      assertThat(run.status()).isEqualTo(4);
      assertThat(run.lines().get(0))
          .startsWith("OpenClaw 2026.5.28 shows 1 session; 1 disagrees with the ledger: 1 reset");
      assertThat(run.lines())
          .allSatisfy(
              line ->
                  assertThat(
                          line.contains("decision explain") || line.contains("Mend: ") ? "" : line)
                      .hasSizeLessThanOrEqualTo(100));
      assertThat(run.out())
          .contains(KEY + "  reset-not-reached")
          .contains("OpenClaw shows failed, the ledger says idle.")
          .contains("Refused (run-superseded), after version ")
          .contains("session-ledger decision explain ")
          .contains("Mend: openclaw gateway call sessions.reset --params ")
          .contains("In the ledger nothing has run since the reset");
    }
  }

  @Test
  void what_agrees_is_exit_0() throws Exception {
    followRace();
    try (ScriptedGateway gateway =
        listing(ROW.formatted(KEY, FRESH).replace("\"failed\"", "null"))) {
      CommandLineRun run = doctor(gateway);
      assertThat(run.status()).isZero();
      assertThat(run.lines())
          .containsExactly(
              "OpenClaw 2026.5.28 shows 1 session; none disagrees with the ledger.", "1 agrees.");
    }
  }

  @Test
  void a_command_can_be_copied_whatever_the_key_holds_and_nothing_steers_the_terminal()
      throws Exception {
    String key = "it's \"$(touch gone)\" `x` \\ \u202e -- é \ud83d\ude00";
    String open = "{\"type\":\"OpenSession\",\"sessionKey\":" + Json.write(key) + "}\n";
    CommandLineRun.runWithInput(open, "command", "send", "-", "--data", data.toString());
    String row =
        Json.write(
            Map.of("key", key, "sessionId", "other", "status", "\u001b[2J\u202e", "x", "\u001b"));
    CommandLineRun run;
    try (ScriptedGateway gateway = listing(row)) {
      run = runOnTerminal(words(gateway));
      assertThat(run.status()).isEqualTo(4);
    }
    assertThat(run.out().replaceAll("\u001b\\[\\d+m", ""))
        .doesNotContain("\u001b", "\u202e")
        .contains("unknown-session-id");
    String store =
        new TextStore(folder.resolve("state"))
            .row(key, "other", Map.of("status", "failed"))
            .row("k", "x", Map.of())
            .state()
            .toString();
    String close = "{\"type\":\"CloseSession\",\"sessionKey\":" + Json.write(key) + "}\n";
    String reset =
        "{\"type\":\"ResetSession\",\"newSessionId\":\"other\",\"sessionKey\":"
            + Json.write(key)
            + "}\n";
    CommandLineRun.runWithInput(reset + close, "command", "send", "-", "--data", data.toString());
    JsonNode finding =
        run("openclaw", "doctor", "--store", store, "--data", data.toString(), "--json")
            .json()
            .at("/findings/0");
    assertThat(finding.path("kind").asText()).isEqualTo("closed-still-there");
    List<String> words = inShell(finding.at("/mend/command").asText());
    assertThat(words.subList(0, 4))
        .containsExactly("gateway", "call", "sessions.delete", "--params");
    assertThat(Json.tree(words.get(4)).path("key").asText()).isEqualTo(key);
    assertThat(words).hasSize(5);
    assertThat(folder.resolve("gone")).doesNotExist();
  }

  /** The words that a shell makes of a call of {@code openclaw}. */
  private List<String> inShell(String command) throws Exception {
    Process shell =
        new ProcessBuilder(
                "sh", "-c", "openclaw() { for a; do printf '%s\\n' \"$a\"; done; }; " + command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(out).isZero();
    return out.lines().toList();
  }

  @Test
  void what_is_wrong_is_one_sentence_and_opens_no_ledger_when_it_can_be_known_before() {
    String token = tokenFile.toString();
    for (List<String> words :
        List.of(
            List.<String>of(),
            List.of("--token-file", token, "--settle", "-1"),
            List.of("--token-file", token, "--limit", "0"),
            List.of("--token-file", token, "--agent", "main"),
            List.of("--token-file", token, "--store", folder.toString()),
            List.of("--token-file", token, "--url", "ws://gateway.example:1"))) {
      List<String> all = new ArrayList<>(List.of("openclaw", "doctor", "--data", data.toString()));
      all.addAll(words);
      CommandLineRun run = run(all.toArray(String[]::new));
      assertThat(run.status()).as(run.err()).isEqualTo(2);
    }
    CommandLineRun none =
        run("openclaw", "doctor", "--store", folder + "/none", "--data", data.toString());
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err()).contains("/none does not exist").hasLineCount(1);
    assertThat(data).doesNotExist();
  }

  @Test
  void nobody_there_is_a_failure_with_one_sentence() throws Exception {
    ScriptedGateway gone = new ScriptedGateway();
    gone.close();
    CommandLineRun run = doctor(gone);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("cannot be read: no connection").hasLineCount(1);
  }
}

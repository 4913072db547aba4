package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.openclaw.Recording;
import org.sessionledger.app.openclaw.ScriptedGateway;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(60)
class OpenclawFollowTest {

  private static final String FRESH = "651001ed-6a1d-4cf2-a948-d11f8899cdb7";

  @TempDir private Path folder;

  private Path tokenFile;

  @BeforeEach
  void token() throws IOException {
    tokenFile = Files.writeString(folder.resolve("token"), ScriptedGateway.TOKEN + "\n");
  }

  private static ScriptedGateway race() throws IOException {
    return new ScriptedGateway(ScriptedGateway.of(Recording.demo()));
  }

  private CommandLineRun follow(ScriptedGateway gateway, Path data, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("openclaw", "follow", "--url", gateway.uri().toString(), "--token-file"));
    words.addAll(List.of(tokenFile.toString(), "--data", data.toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  @Test
  void the_race_is_told_line_by_line_and_the_token_is_nowhere() throws Exception {
    Path data = folder.resolve("ledger");
    Path raw = folder.resolve("raw");
    CommandLineRun run;
    try (ScriptedGateway gateway = race()) {
      run = follow(gateway, data, "--once", "--json", "--raw", raw.toString());
    }
    assertThat(run.status()).isZero();
    assertThat(run.jsonLines())
        .extracting(line -> line.path("event").asText())
        .containsExactly("connected", "refused", "disconnected", "difference", "summary");
    JsonNode refused = run.jsonLines().get(1);
    assertThat(refused.path("reason").asText()).isEqualTo("run-superseded");
    JsonNode difference = run.jsonLines().get(3);
    assertThat(difference.path("shown").path("status").asText()).isEqualTo("failed");
    assertThat(difference.path("ledger").path("status").asText()).isEqualTo("idle");
    assertThat(difference.path("decisionId")).isEqualTo(refused.path("decisionId"));
    JsonNode summary = run.jsonLines().get(4);
    assertThat(summary.path("rejectedByReason").path("run-superseded").asInt()).isEqualTo(1);
    assertThat(summary.path("connections").asInt()).isEqualTo(1);
    assertThat(run.out() + run.err()).doesNotContain(ScriptedGateway.TOKEN);
    for (Path where : List.of(data, raw)) {
      try (Stream<Path> files = Files.walk(where).filter(Files::isRegularFile)) {
        for (Path file : files.toList()) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .doesNotContain(ScriptedGateway.TOKEN);
        }
      }
    }
    assertThat(
            run("session", "show", "agent:main:reset-grace", "--json", "--data", data.toString())
                .json()
                .path("sessionId")
                .asText())
        .isEqualTo(FRESH);
  }

  /** The time between the two is a gap, and stands in the timeline of what it may concern. */
  @Test
  void who_follows_again_tells_the_time_in_which_nobody_did() throws Exception {
    Path data = folder.resolve("ledger");
    try (ScriptedGateway gateway =
        new ScriptedGateway(OpenclawFollowTest::running, OpenclawFollowTest::resting)) {
      assertThat(follow(gateway, data, "--once").status()).isZero();
      CommandLineRun again = follow(gateway, data, "--once", "--json");
      assertThat(again.jsonLines())
          .extracting(line -> line.path("event").asText())
          .containsExactly("gap", "connected", "disconnected", "summary");
      assertThat(again.jsonLines().get(0).path("why").asText())
          .isEqualTo("nobody followed the gateway");
      assertThat(again.jsonLines().get(0).path("sessions").asInt()).isEqualTo(1);
    }
    JsonNode timeline = run("session", "timeline", "k", "--json", "--data", data.toString()).json();
    assertThat(timeline.path("items"))
        .extracting(item -> item.path("type").asText())
        .containsExactly("SessionOpened", "RunStarted", "GapReported");
    assertThat(timeline.path("items").get(2).path("reason").asText())
        .startsWith("nobody followed the gateway");
  }

  private static void running(ScriptedGateway.Peer peer) throws IOException {
    peer.greet();
    peer.event(
        "agent",
        Map.of(
            "runId",
            "r",
            "stream",
            "lifecycle",
            "sessionKey",
            "k",
            "sessionId",
            "s-1",
            "seq",
            1,
            "ts",
            1_000,
            "data",
            Map.of("phase", "start")));
    peer.close();
  }

  private static void resting(ScriptedGateway.Peer peer) throws IOException {
    peer.greet();
    peer.close();
  }

  @Test
  void for_people_each_refusal_and_each_difference_is_a_line() throws Exception {
    CommandLineRun run;
    try (ScriptedGateway gateway = race()) {
      run = follow(gateway, folder.resolve("ledger"), "--once");
    }
    assertThat(run.status()).isZero();
    assertThat(run.lines())
        .satisfiesExactly(
            refused ->
                assertThat(refused)
                    .startsWith("refused  agent:main:reset-grace  FailRun  agent-1795413821849")
                    .contains("run-superseded"),
            differs ->
                assertThat(differs)
                    .isEqualTo(
                        "differs  agent:main:reset-grace  OpenClaw shows failed, the ledger says"
                            + " idle."),
            counts -> assertThat(counts).contains("commands: 6 accepted, 3 duplicates, 1 refused."),
            connections -> assertThat(connections).startsWith("1 connection, 0 gaps, 1 difference"),
            why -> assertThat(why).contains("decision list --data "));
    assertThat(run.err()).contains("Follows OpenClaw 2026.5.28").contains("closed with 1005");
  }

  @Test
  void while_a_server_has_the_folder_it_is_the_server_that_decides() throws Exception {
    Path data = folder.resolve("ledger");
    try (ServeVerb.Running running = ServedFolder.serve(data);
        ScriptedGateway gateway = race()) {
      CommandLineRun run = follow(gateway, data, "--once", "--json");
      assertThat(run.status()).isZero();
      assertThat(run.jsonLines())
          .last()
          .satisfies(
              summary -> {
                assertThat(summary.path("accepted").asInt()).isEqualTo(6);
                assertThat(summary.path("differences")).hasSize(1);
              });
      assertThat(running.server().uri().getPort()).isPositive();
    }
  }

  @Test
  void it_ends_after_the_time_that_it_was_given() throws Exception {
    try (ScriptedGateway gateway =
        new ScriptedGateway(
            peer -> {
              peer.greet();
              peer.awaitEnd();
            })) {
      CommandLineRun run = follow(gateway, folder.resolve("ledger"), "--for", "1", "--json");
      assertThat(run.status()).isZero();
      assertThat(run.jsonLines())
          .extracting(line -> line.path("event").asText())
          .containsExactly("connected", "summary");
    }
  }

  @Test
  void what_is_wrong_is_one_sentence_and_opens_no_ledger_when_it_can_be_known_before()
      throws Exception {
    Path data = folder.resolve("ledger");
    String token = tokenFile.toString();
    for (String url :
        List.of(
            "http://127.0.0.1:1",
            "ws://user:secret@127.0.0.1:1",
            "ws://127.0.0.1:1/?token=secret",
            "ws://gateway.example:1",
            "ws://127.0.0.1.example:1",
            "::")) {
      CommandLineRun run =
          run("openclaw", "follow", "--url", url, "--token-file", token, "--data", data.toString());
      assertThat(run.status()).as(url).isEqualTo(2);
      assertThat(run.err()).contains("--url").doesNotContain("secret");
    }
    CommandLineRun none =
        run("openclaw", "follow", "--token-file", folder + "/none", "--data", data.toString());
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err()).contains("/none cannot be read").hasLineCount(1);
    Path empty = Files.createFile(folder.resolve("empty"));
    CommandLineRun blank =
        run("openclaw", "follow", "--token-file", empty.toString(), "--data", data.toString());
    assertThat(blank.status()).isEqualTo(1);
    assertThat(blank.err()).contains("is empty");
    assertThat(data).doesNotExist();
  }

  @Test
  void a_wrong_token_fails_with_what_to_do_and_does_not_show_it() throws Exception {
    try (ScriptedGateway gateway =
        new ScriptedGateway(
            peer -> {
              peer.challenge();
              String id = peer.expect("connect").path("id").asText();
              peer.send(
                  "{\"type\":\"res\",\"id\":\""
                      + id
                      + "\",\"ok\":false,\"error\":{\"code\":\"INVALID_REQUEST\",\"message\":"
                      + "\"unauthorized: token mismatch\",\"details\":{\"code\":"
                      + "\"AUTH_TOKEN_MISMATCH\"}}}");
              peer.awaitEnd();
            })) {
      CommandLineRun run = follow(gateway, folder.resolve("ledger"), "--json");
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err())
          .contains("gateway.auth.token")
          .doesNotContain(ScriptedGateway.TOKEN)
          .hasLineCount(1);
    }
  }

  @Test
  void once_and_nobody_there_is_a_failure() throws Exception {
    ScriptedGateway gone = new ScriptedGateway();
    gone.close();
    CommandLineRun run = follow(gone, folder.resolve("ledger"), "--once");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("cannot be followed: no connection");
  }
}

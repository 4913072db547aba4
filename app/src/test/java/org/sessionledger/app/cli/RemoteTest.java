package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.app.cli.CommandLineRun.run;
import static org.sessionledger.app.cli.CommandLineRun.runWithInput;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.api.LedgerStorage;

/** While a server has the folder, the verbs ask it, and say the same. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RemoteTest {

  private static final String KEY = "../a/b%2F #?+\"\ud83d\ude42";
  private static final String RACE = "agent:main:reset-grace";

  @TempDir private Path folder;

  private ServeVerb.Running serve() {
    DataFolder mine = LedgerDoor.take(folder);
    LedgerServer server =
        LedgerServer.start(LedgerServer.Options.local(0, new LedgerStorage.Folder(folder)));
    mine.announce(server.uri());
    return new ServeVerb.Running(server, mine);
  }

  private CommandLineRun ask(String... words) {
    return run(
        Stream.concat(Stream.of(words), Stream.of("--json", "--data", folder.toString()))
            .toArray(String[]::new));
  }

  private List<CommandLineRun> askEverything() {
    String refusal =
        ask("decision", "list").json().path("items").path(0).path("decisionId").asText();
    List<CommandLineRun> answers = new ArrayList<>();
    for (String key : List.of(KEY, RACE, "nobody")) {
      answers.add(ask("session", "show", key));
      answers.add(ask("session", "show", key, "--at-version", "2"));
      answers.add(ask("session", "runs", key));
      answers.add(ask("session", "generations", key));
      answers.add(ask("session", "timeline", key));
      answers.add(ask("session", "timeline", key, "--limit", "2"));
      answers.add(ask("session", "audit", key));
      answers.add(ask("session", "list", "--prefix", key));
      answers.add(ask("decision", "list", "--session", key));
    }
    answers.add(ask("session", "list"));
    answers.add(ask("session", "list", "--status", "idle"));
    answers.add(ask("session", "list", "--status", "asleep"));
    answers.add(ask("decision", "list", "--reason", "run-superseded"));
    answers.add(ask("decision", "explain", refusal));
    answers.add(ask("decision", "explain", "a/b?"));
    answers.add(ask("projection", "list"));
    answers.add(ask("stats"));
    return answers;
  }

  @Test
  void every_verb_answers_the_same_with_a_server_and_without() {
    String file = OpenclawReplayTest.recording("2026.5.28/reset-in-error-grace.jsonl");
    ask("openclaw", "replay", file);
    String key = "\"sessionKey\":\"" + KEY.replace("\"", "\\\"") + "\"";
    String commands =
        "{\"type\":\"OpenSession\",\"commandId\":\"1\"," + key + ",\"sessionId\":\"s-1\"}\n"
            + "{\"type\":\"StartRun\",\"commandId\":\"2\"," + key
            + ",\"sessionId\":\"s-1\",\"runId\":\"r\"}\n"
            + "{\"type\":\"FailRun\",\"commandId\":\"3\"," + key + ",\"runId\":\"other\"}\n";
    runWithInput(commands, "command", "send", "-", "--data", folder.toString());
    List<CommandLineRun> without = askEverything();
    try (ServeVerb.Running server = serve()) {
      List<CommandLineRun> with = askEverything();
      for (int i = 0; i < with.size(); i++) {
        assertThat(with.get(i)).isEqualTo(without.get(i));
      }
    }
    assertThat(askEverything()).isEqualTo(without);
  }

  @Test
  void what_changes_the_ledger_goes_through_the_server_too() {
    try (ServeVerb.Running server = serve()) {
      String file = OpenclawReplayTest.recording("2026.5.28/reset-in-error-grace.jsonl");
      JsonNode replay = ask("openclaw", "replay", file).json();
      assertThat(replay.path("differences")).hasSize(1);
      byte[] lines = "{\"type\":\"OpenSession\",\"sessionKey\":\"k\"}\n\u00e4\n".getBytes(
          java.nio.charset.StandardCharsets.ISO_8859_1);
      CommandLineRun sent =
          runWithInput(lines, "command", "send", "-", "--data", folder.toString());
      assertThat(sent.status()).isZero();
      assertThat(sent.jsonLines())
          .extracting(d -> d.path("verdict").asText())
          .containsExactly("accepted", "rejected");
      assertThat(sent.jsonLines().get(1).path("detail").asText()).contains("UTF-8");
      CommandLineRun refused =
          runWithInput(
              "{\"type\":\"CloseSession\",\"sessionKey\":\"none\"}",
              "command",
              "send",
              "-",
              "--data",
              folder.toString());
      assertThat(refused.status()).isEqualTo(3);
      CommandLineRun demo = run("demo", "--data", folder.toString());
      assertThat(demo.status()).isZero();
      assertThat(demo.out()).contains("had heard the recording before");
    }
    assertThat(ask("stats").json().path("arrivals").asInt()).isEqualTo(23);
  }

  @Test
  void a_batch_over_a_server_s_limit_is_handed_over_in_parts() {
    try (ServeVerb.Running server = serve();
        RemoteLedgerApi api = new RemoteLedgerApi(server.server().uri())) {
      String line = "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"commandId\":\"c\"}";
      List<String> lines = java.util.Collections.nCopies(RemoteLedgerApi.BATCH_LINES_MAX + 1, line);
      assertThat(api.decideAll(lines))
          .hasSize(lines.size())
          .extracting(d -> d.path("verdict").asText())
          .startsWith("accepted", "duplicate");
    }
  }

  @Test
  void nobody_at_an_address_is_told_in_a_sentence() {
    RemoteLedgerApi api = new RemoteLedgerApi(URI.create("http://127.0.0.1:1"));
    assertThatThrownBy(api::stats)
        .isInstanceOf(Failure.class)
        .hasMessage("Nobody answers at http://127.0.0.1:1.");
    assertThat(RemoteLedgerApi.answers(URI.create("http://127.0.0.1:1"))).isFalse();
  }

  @Test
  void a_second_server_on_the_folder_is_told_of_the_first() {
    try (ServeVerb.Running server = serve()) {
      CommandLineRun second = run("serve", "--port", "0", "--data", folder.toString());
      assertThat(second.status()).isEqualTo(1);
      assertThat(second.err())
          .hasLineCount(1)
          .contains("A server runs on the data folder")
          .contains(server.server().uri().toString());
    }
  }

  @Test
  void a_port_that_is_taken_is_told_in_a_sentence() {
    try (ServeVerb.Running server = serve()) {
      String port = String.valueOf(server.server().port());
      Path other = folder.resolve("other");
      CommandLineRun run = run("serve", "--port", port, "--data", other.toString());
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err()).contains("Port " + port).hasLineCount(1);
      assertThat(run("stats", "--data", other.toString()).status()).isZero();
    }
  }
}

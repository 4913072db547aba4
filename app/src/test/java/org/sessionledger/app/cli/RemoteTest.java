package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.app.cli.CommandLineRun.run;
import static org.sessionledger.app.cli.CommandLineRun.runWithInput;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerApi.Moment;
import org.sessionledger.app.api.LedgerApi.Page;
import org.sessionledger.app.api.LedgerStorage;

/** While a server has the folder, the verbs ask it, and say the same. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@SuppressWarnings("try") // a server that runs is all that some of them need
class RemoteTest {

  private static final String KEY = "../a/b%2F #?+\"\ud83d\ude42";
  private static final String RACE = "agent:main:reset-grace";

  @TempDir private Path folder;

  private ServeVerb.Running serve() {
    return ServedFolder.serve(folder);
  }

  private CommandLineRun ask(String... words) {
    return run(
        Stream.concat(Stream.of(words), Stream.of("--json", "--data", folder.toString()))
            .toArray(String[]::new));
  }

  /** Every question, with what is asked and answered, a problem included. */
  private static List<String> askEverything(LedgerApi api) {
    Page all = new Page(100, null);
    Page two = new Page(2, null);
    List<Supplier<JsonNode>> questions = new ArrayList<>();
    for (String key : List.of(KEY, RACE, "nobody")) {
      questions.add(() -> api.session(key, Moment.NOW));
      questions.add(() -> api.session(key, new Moment(2L, null, null)));
      questions.add(() -> api.session(key, new Moment(null, Instant.EPOCH, null)));
      questions.add(() -> api.session(key, new Moment(null, null, 1L)));
      questions.add(() -> api.runs(key, null, all));
      questions.add(() -> api.generations(key, null, two));
      questions.add(() -> api.timeline(key, 1L, two));
      questions.add(() -> api.audit(key, null, null));
      questions.add(() -> api.audit(key, 1L, null));
      questions.add(() -> api.sessions(null, key, all));
      questions.add(() -> api.decisions("rejected", null, key, all));
    }
    questions.add(() -> api.sessions("idle", null, all));
    questions.add(() -> api.sessions("asleep", null, all));
    questions.add(() -> api.sessions(null, null, new Page(1, null)));
    questions.add(() -> api.sessions(null, null, new Page(1, "nonsense")));
    questions.add(() -> api.decisions("rejected", null, null, KEY, all));
    questions.add(() -> api.decisions("rejected", "run-superseded", null, all));
    questions.add(() -> api.decisions("rejected", "mood", null, all));
    questions.add(() -> api.decisions("duplicate", null, null, all));
    questions.add(
        () -> {
          JsonNode refusals = api.decisions("rejected", null, null, all).path("items");
          return api.decision(refusals.path(0).path("decisionId").asText());
        });
    questions.add(() -> api.decision("no such one"));
    questions.add(api::projections);
    questions.add(api::health);
    questions.add(() -> api.rebuildReport("status"));
    questions.add(() -> api.rebuildReport("nothing"));
    questions.add(() -> api.cancelRebuild("status"));
    questions.add(() -> api.rebuild("status", "sideways"));
    questions.add(api::stats);
    return questions.stream().map(RemoteTest::answer).toList();
  }

  private static String answer(Supplier<JsonNode> question) {
    try {
      return question.get().toString();
    } catch (ApiProblem e) {
      return e.document().toString();
    }
  }

  @Test
  void every_question_has_the_same_answer_with_a_server_and_without() {
    String file = OpenclawReplayTest.recording("2026.5.28/reset-in-error-grace.jsonl");
    ask("openclaw", "replay", file);
    String key = "\"sessionKey\":\"" + KEY.replace("\"", "\\\"") + "\"";
    String commands =
        "{\"type\":\"OpenSession\",\"commandId\":\"1\","
            + key
            + ",\"sessionId\":\"s-1\"}\n"
            + "{\"type\":\"StartRun\",\"commandId\":\"2\","
            + key
            + ",\"sessionId\":\"s-1\",\"runId\":\"r\"}\n"
            + "{\"type\":\"FailRun\",\"commandId\":\"3\","
            + key
            + ",\"runId\":\"other\"}\n";
    runWithInput(commands, "command", "send", "-", "--data", folder.toString());
    List<String> without;
    try (LedgerDoor.Opened mine = LedgerDoor.open(new LedgerStorage.Folder(folder))) {
      assertThat(mine.api()).isNotInstanceOf(RemoteLedgerApi.class);
      without = askEverything(mine.api());
    }
    CommandLineRun shown = ask("session", "timeline", KEY);
    try (ServeVerb.Running server = serve();
        LedgerDoor.Opened theirs = LedgerDoor.open(new LedgerStorage.Folder(folder))) {
      assertThat(theirs.api()).isInstanceOf(RemoteLedgerApi.class);
      assertThat(askEverything(theirs.api())).containsExactlyElementsOf(without);
      assertThat(ask("session", "timeline", KEY)).isEqualTo(shown);
    }
  }

  @Test
  void what_changes_the_ledger_goes_through_the_server_too() {
    try (ServeVerb.Running server = serve()) {
      String file = OpenclawReplayTest.recording("2026.5.28/reset-in-error-grace.jsonl");
      JsonNode replay = ask("openclaw", "replay", file).json();
      assertThat(replay.path("differences")).hasSize(1);
      byte[] lines =
          "{\"type\":\"OpenSession\",\"sessionKey\":\"k\"}\n\u00e4\n"
              .getBytes(StandardCharsets.ISO_8859_1);
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
  void nobody_at_an_address_is_told_in_a_sentence() {
    RemoteLedgerApi api = new RemoteLedgerApi(URI.create("http://127.0.0.1:1"));
    assertThatThrownBy(api::stats)
        .isInstanceOf(Failure.class)
        .hasMessage("Nobody answers at http://127.0.0.1:1.");
    assertThat(
            RemoteLedgerApi.answers(
                new DataFolder.Server(
                    URI.create("http://127.0.0.1:1"), 1, Instant.EPOCH, null, null)))
        .isFalse();
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

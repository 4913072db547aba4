package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;
import static org.sessionledger.app.cli.CommandLineRun.runWithInput;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CommandSendTest {

  private static final String OPEN =
      "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"sessionId\":\"s-1\"}";
  private static final String START =
      "{\"type\":\"StartRun\",\"sessionKey\":\"k\",\"sessionId\":\"s-1\",\"runId\":\"r\"}";
  private static final String STALE =
      "{\"type\":\"StartRun\",\"sessionKey\":\"k\",\"sessionId\":\"s-0\",\"runId\":\"r\"}";

  @TempDir private Path folder;

  private String data() {
    return folder.resolve("ledger").toString();
  }

  private CommandLineRun send(String input) {
    return runWithInput(input, "command", "send", "-", "--data", data());
  }

  @Test
  void each_line_gets_its_decision_in_order() {
    CommandLineRun run = send(OPEN + "\n\n" + START + "\r\n" + STALE + "\n" + START);
    assertThat(run.status()).isZero();
    assertThat(run.jsonLines())
        .extracting(d -> d.path("verdict").asText())
        .containsExactly("accepted", "accepted", "rejected", "duplicate");
    assertThat(run.err()).isEmpty();
    assertThat(run("stats", "--json", "--data", data()).json().path("arrivals").asLong())
        .isEqualTo(4);
  }

  @Test
  void a_dry_run_tells_what_would_be_decided_and_leaves_nothing() {
    send(OPEN);
    String reset = "{\"type\":\"ResetSession\",\"sessionKey\":\"k\"}";
    CommandLineRun run =
        runWithInput(
            String.join("\n", reset, STALE, "[1]", "{broken", reset),
            "command",
            "send",
            "--dry-run",
            "-",
            "--data",
            data());
    assertThat(run.jsonLines())
        .extracting(d -> d.path("verdict").asText(d.path("status").asText()))
        .containsExactly("accepted", "rejected", "400", "400", "accepted");
    assertThat(run.jsonLines().get(0).path("dryRun").asBoolean()).isTrue();
    assertThat(run.jsonLines().get(4).path("generation").asLong()).isEqualTo(2);
    assertThat(run.status()).isEqualTo(1);
    JsonNode stats = run("stats", "--json", "--data", data()).json();
    assertThat(stats.path("arrivals").asLong()).isEqualTo(1);
    assertThat(stats.path("rejected").asLong()).isZero();
  }

  @Test
  void a_file_is_as_good_as_stdin() throws Exception {
    Path file = Files.writeString(folder.resolve("commands.ndjson"), OPEN + "\n" + START + "\n");
    CommandLineRun run = run("command", "send", file.toString(), "--json", "--data", data());
    assertThat(run.status()).isZero();
    assertThat(run.jsonLines()).hasSize(2);
  }

  @Test
  void the_one_command_of_an_input_that_was_refused_gives_3() {
    CommandLineRun run = send(START + "\n");
    assertThat(run.status()).isEqualTo(3);
    JsonNode decision = run.json();
    assertThat(decision.path("reason").asText()).isEqualTo("unknown-session");
    assertThat(decision.path("next").asText()).isNotEmpty();
  }

  @Test
  void one_refusal_among_others_gives_0_and_so_does_a_lone_duplicate() {
    assertThat(send(OPEN + "\n" + STALE).status()).isZero();
    assertThat(send(OPEN).status()).isZero();
    assertThat(send(STALE + "\n" + STALE).status()).isZero();
    assertThat(send("\n  \n").status()).isZero();
  }

  @Test
  void a_broken_line_is_decided_invalid_and_the_others_go_on() {
    CommandLineRun run =
        send(
            String.join(
                "\n",
                OPEN,
                "{\"type\":\"StartRun\",",
                "[1]",
                "{\"type\":\"StartRun\",\"sessionKey\":\"k\",\"runId\":\"r\",\"runID\":\"r\"}",
                "NaN",
                "[".repeat(100_000),
                START));
    assertThat(run.status()).isZero();
    assertThat(run.jsonLines())
        .extracting(d -> d.path("reason").asText(d.path("verdict").asText()))
        .containsExactly(
            "accepted", "invalid", "invalid", "invalid", "invalid", "invalid", "accepted");
    assertThat(run.jsonLines().get(3).path("detail").asText()).contains("runID");
  }

  @Test
  void a_line_that_is_not_utf_8_is_decided_invalid_too() {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes(
        (OPEN + "\n{\"type\":\"StartRun\",\"note\":\"").getBytes(StandardCharsets.UTF_8));
    input.write(0xc3);
    input.writeBytes(("\"}\n" + START).getBytes(StandardCharsets.UTF_8));
    CommandLineRun run =
        runWithInput(input.toByteArray(), "command", "send", "-", "--data", data());
    assertThat(run.status()).isZero();
    assertThat(run.jsonLines()).hasSize(3);
    assertThat(run.jsonLines().get(1).path("detail").asText()).contains("UTF-8");
    assertThat(run.err()).contains("stdin:2 is not UTF-8");
  }

  @Test
  void a_line_over_4_mib_is_told_and_the_others_go_on() {
    String huge = "{\"type\":\"OpenSession\",\"sessionKey\":\"" + "k".repeat(4 << 20) + "\"}";
    CommandLineRun run = send(OPEN + "\n" + huge + "\n" + START);
    assertThat(run.status()).isEqualTo(1);
    List<JsonNode> lines = run.jsonLines();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1).path("status").asInt()).isEqualTo(413);
    assertThat(lines.get(2).path("verdict").asText()).isEqualTo("accepted");
    assertThat(run.err()).contains("stdin:2 has");
  }

  @Test
  void more_lines_than_fit_in_one_batch_are_all_decided() {
    StringBuilder input = new StringBuilder(OPEN);
    for (int i = 0; i < 12_345; i++) {
      input
          .append("\n{\"type\":\"ReportProgress\",\"sessionKey\":\"k\",\"runId\":\"r")
          .append(i % 7)
          .append("\"}");
    }
    CommandLineRun run = send(input.toString());
    assertThat(run.status()).isZero();
    assertThat(run.jsonLines()).hasSize(12_346);
    JsonNode stats = run("stats", "--json", "--data", data()).json();
    assertThat(stats.path("rejectedByReason").path("unknown-run").asLong()).isEqualTo(12_345);
  }

  @Test
  void a_dry_run_is_decided_and_leaves_nothing() {
    CommandLineRun run = send(OPEN.replace("}", ",\"dryRun\":true}"));
    assertThat(run.status()).isZero();
    assertThat(run.json().path("verdict").asText()).isEqualTo("accepted");
    assertThat(run("stats", "--json", "--data", data()).json().path("arrivals").asLong()).isZero();
  }

  @Test
  void a_file_that_cannot_be_read_is_told_before_a_ledger_is_opened() {
    CommandLineRun missing = run("command", "send", folder + "/none", "--data", data());
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err()).contains("none cannot be read: no such file").hasLineCount(1);
    CommandLineRun directory = run("command", "send", folder.toString(), "--data", data());
    assertThat(directory.status()).isEqualTo(1);
    assertThat(directory.err()).contains("is a folder").hasLineCount(1);
    assertThat(folder.resolve("ledger")).doesNotExist();
  }

  @Test
  void what_a_sender_wrote_cannot_steer_the_terminal() {
    CommandLineRun run = send("{\"type\":\"\u009b31m\u202e\",\"sessionKey\":\"k\"}");
    assertThat(run.out()).doesNotContain("\u009b", "\u202e").contains("\\u009b31m");
  }
}

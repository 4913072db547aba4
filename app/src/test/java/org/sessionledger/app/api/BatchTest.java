package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code POST /v1/commands} with one command a line. */
class BatchTest extends ServerTest {

  @Test
  void each_line_gets_its_decision_in_the_order_of_the_lines() {
    String key = freshKey();
    Client.Answer answer =
        client.batch(
            line("OpenSession", key, "\"sessionId\":\"s-1\""),
            line("StartRun", key, "\"sessionId\":\"s-1\",\"runId\":\"r-1\""),
            line("ResetSession", key, "\"newSessionId\":\"s-2\""),
            line(
                "CompleteRun",
                key,
                "\"sessionId\":\"s-1\",\"runId\":\"r-1\",\"commandId\":\"late " + key + "\""),
            line("StartRun", key, "\"sessionId\":\"s-2\",\"runId\":\"r-2\""));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/x-ndjson");
    assertThat(answer.body()).endsWith("\n");
    List<JsonNode> lines = answer.lines();
    assertThat(lines)
        .extracting(d -> d.path("verdict").asText())
        .containsExactly("accepted", "accepted", "accepted", "rejected", "accepted");
    assertThat(lines.get(4).path("version").asLong()).isEqualTo(4);
    Client.Answer alone =
        client.command(
            line(
                "CompleteRun",
                key,
                "\"sessionId\":\"s-1\",\"runId\":\"r-1\",\"commandId\":\"late " + key + "\""));
    assertThat(lines.get(3).path("reason")).isEqualTo(alone.json().path("reason"));
    assertThat(lines.get(3).fieldNames())
        .toIterable()
        .containsExactlyElementsOf(() -> alone.json().fieldNames());
  }

  @Test
  void a_broken_line_gets_its_own_decision_and_the_others_go_on() {
    String key = freshKey();
    JsonNode before = client.stats();
    byte[] body =
        String.join(
                "\r\n",
                line("OpenSession", key, "\"sessionId\":\"s-1\""),
                "",
                "   \t",
                "{\"type\":\"StartRun\"",
                "[1,2]",
                "{\"type\":\"StartRun\",\"sessionKey\":\""
                    + key
                    + "\",\"runId\":\"r\",\"runId\":\"r\"}",
                "{} {}",
                "\u00ff\u00fe",
                line("StartRun", key, "\"sessionId\":\"s-1\",\"runId\":\"r-1\""))
            .getBytes(StandardCharsets.ISO_8859_1);

    List<JsonNode> lines =
        client.post("application/x-ndjson", BodyPublishers.ofByteArray(body)).lines();

    assertThat(lines)
        .extracting(d -> d.path("verdict").asText() + d.path("reason").asText())
        .containsExactly(
            "accepted",
            "rejectedinvalid",
            "rejectedinvalid",
            "rejectedinvalid",
            "rejectedinvalid",
            "rejectedinvalid",
            "accepted");
    assertThat(lines.get(1).path("detail").asText()).contains("line 1, column");
    assertThat(lines.get(5).path("detail").asText()).contains("UTF-8");
    assertThat(lines.subList(1, 6)).allMatch(d -> !d.path("decisionId").asText().isEmpty());
    JsonNode after = client.stats();
    assertThat(after.path("arrivals").asLong()).isEqualTo(before.path("arrivals").asLong() + 7);
    assertThat(after.path("accepted").asLong()).isEqualTo(before.path("accepted").asLong() + 2);
    assertThat(after.path("rejected").asLong()).isEqualTo(before.path("rejected").asLong() + 5);
  }

  @Test
  void an_empty_batch_is_answered_with_nothing() {
    Client.Answer answer = client.batch("", "  ", "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void a_dry_run_in_a_batch_is_decided_alone_on_the_stored_state() {
    String key = freshKey();
    client.open(key, "s-1");
    List<JsonNode> lines =
        client
            .batch(
                line("ResetSession", key, "\"newSessionId\":\"s-2\",\"dryRun\":true"),
                line("StartRun", key, "\"sessionId\":\"s-1\",\"runId\":\"r-1\""))
            .lines();
    assertThat(lines.get(0).path("dryRun").asBoolean()).isTrue();
    assertThat(lines.get(1).path("verdict").asText()).isEqualTo("accepted");
    assertThat(lines.get(1).path("generation").asLong()).isEqualTo(1);
  }

  @Test
  void an_idempotency_key_does_not_go_with_a_batch() {
    String key = freshKey();
    JsonNode before = client.stats();
    problem(
        client.post(
            "application/x-ndjson",
            BodyPublishers.ofString(line("OpenSession", key, "\"sessionId\":\"s-1\"")),
            "Idempotency-Key",
            "x"),
        400,
        "bad-header");
    assertThat(client.stats()).isEqualTo(before);
  }

  @Test
  void ten_thousand_lines_are_a_batch_and_one_more_is_413_with_nothing_decided() {
    String key = freshKey();
    client.open(key, "s-1");
    JsonNode before = client.stats();
    String[] lines = new String[CommandBody.BATCH_LINES_MAX + 1];
    Arrays.fill(lines, line("OpenSession", key, "\"sessionId\":\"s-1\""));

    problem(client.batch(lines), 413, "too-large");
    assertThat(client.stats()).isEqualTo(before);

    lines[5] = " ";
    List<JsonNode> decisions = client.batch(lines).lines();
    assertThat(decisions).hasSize(CommandBody.BATCH_LINES_MAX);
    assertThat(decisions).allMatch(d -> d.path("verdict").asText().equals("duplicate"));
    assertThat(client.stats().path("duplicates").asLong())
        .isEqualTo(before.path("duplicates").asLong() + CommandBody.BATCH_LINES_MAX);
  }

  @Test
  void a_line_over_4_MiB_is_413_with_nothing_decided() {
    String key = freshKey();
    JsonNode before = client.stats();
    Client.Answer answer =
        client.batch(
            line("OpenSession", key, "\"sessionId\":\"s-1\""),
            "{" + " ".repeat(CommandBody.COMMAND_BYTES_MAX));
    problem(answer, 413, "too-large");
    assertThat(answer.text("/detail")).contains("command 2");
    assertThat(client.stats()).isEqualTo(before);
  }

  @Test
  void a_body_over_64_MiB_is_413_with_or_without_a_length() {
    String key = freshKey();
    JsonNode before = client.stats();
    byte[] first =
        (line("OpenSession", key, "\"sessionId\":\"s-1\"") + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] blank = new byte[CommandBody.BATCH_BYTES_MAX];
    Arrays.fill(blank, (byte) '\n');
    problem(
        client.post("application/x-ndjson", BodyPublishers.ofByteArrays(List.of(first, blank))),
        413,
        "too-large");
    problem(
        client.post("application/x-ndjson", BodyPublishers.ofInputStream(() -> both(first, blank))),
        413,
        "too-large");
    assertThat(client.stats()).isEqualTo(before);
  }

  private static InputStream both(byte[] first, byte[] second) {
    return new SequenceInputStream(
        new ByteArrayInputStream(first), new ByteArrayInputStream(second));
  }

  private static String line(String type, String key, String fields) {
    return "{\"type\":\"%s\",\"sessionKey\":\"%s\",%s}".formatted(type, key, fields);
  }
}

package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is broken is told with its place, and leaves nothing half-written. */
class BadInputTest extends ServerTest {

  static Stream<Arguments> invalid() {
    return Stream.of(
        bad("type", "{\"sessionKey\":\"k\"}"),
        bad("type", "{\"type\":\"Explode\",\"sessionKey\":\"k\"}"),
        bad("type", "{\"type\":7,\"sessionKey\":\"k\"}"),
        bad("sessionKey", "{\"type\":\"OpenSession\"}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":null}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":\"\"}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":17}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":\"" + "k".repeat(513) + "\"}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":\"a\\u0000b\"}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":\"a\\nb\"}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":\"a\\u0085b\"}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":\"a\\ud83eb\"}"),
        bad("sessionId", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"sessionId\":\"\"}"),
        bad("sessionId", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"sessionId\":[]}"),
        bad("runPolicy", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"runPolicy\":\"many\"}"),
        bad("commandId", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"commandId\":\"\"}"),
        bad("sesionId", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"sesionId\":\"s\"}"),
        bad(
            "expectedSesionId",
            "{\"type\":\"ResetSession\",\"sessionKey\":\"k\",\"expectedSesionId\":\"s\"}"),
        bad(
            "source.pid",
            "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"source\":{\"pid\":\"1\"}}"),
        bad("source", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"source\":\"gateway\"}"),
        bad("occurredAt", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"occurredAt\":\"now\"}"),
        bad("dryRun", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"dryRun\":\"true\"}"),
        bad(
            "generation",
            "{\"type\":\"StartRun\",\"sessionKey\":\"k\",\"runId\":\"r\",\"generation\":1.5}"),
        bad(
            "generation",
            "{\"type\":\"StartRun\",\"sessionKey\":\"k\",\"runId\":\"r\",\"generation\":\"1\"}"),
        bad(
            "generation",
            "{\"type\":\"StartRun\",\"sessionKey\":\"k\",\"runId\":\"r\",\"generation\":0}"),
        bad(
            "generation",
            "{\"type\":\"StartRun\",\"sessionKey\":\"k\",\"runId\":\"r\",\"generation\":"
                + "9".repeat(30)
                + "}"),
        bad(
            "errorMessageLength",
            "{\"type\":\"FailRun\",\"sessionKey\":\"k\",\"runId\":\"r\",\"errorMessageLength\":1}"),
        bad(
            "attributes",
            "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"attributes\":{\"a\":1}}"),
        bad("sessionKey", "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"sessionKey\":\"k\"}"),
        bad("", "[]"),
        bad("", "7"),
        bad("", "\"OpenSession\""),
        bad("", "null"));
  }

  private static Arguments bad(String field, String body) {
    return Arguments.of(field, body);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void a_malformed_command_is_refused_as_invalid_and_counted_once(String field, String body) {
    JsonNode before = client.stats();
    Client.Answer answer = client.command(body);
    problem(answer, 400, "invalid");
    assertThat(answer.text("/verdict")).isEqualTo("rejected");
    assertThat(answer.text("/field")).isEqualTo(field);
    assertThat(answer.text("/detail")).contains(field);
    assertThat(client.get("/v1/decisions/" + answer.text("/decisionId")).status()).isEqualTo(200);
    assertRejectedOneMore(before, client.stats());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  \n ",
        "{",
        "{\"type\":\"OpenSession\",\"sessionKey\":\"k\"",
        "{\"type\":\"OpenSession\",\"sessionKey\":\"k\"} x",
        "{\"type\":\"OpenSession\",\"sessionKey\":\"k\"}{}",
        "{'type':'OpenSession','sessionKey':'k'}",
        "{\"type\":\"ReportProgress\",\"sessionKey\":\"k\",\"runId\":\"r\",\"tokens\":NaN}",
        "{\"type\":\"ReportProgress\",\"sessionKey\":\"k\",\"runId\":\"r\",\"tokens\":-Infinity}",
        "{\"type\":\"ReportProgress\",\"sessionKey\":\"k\",\"runId\":\"r\",\"tokens\":01}",
        "{\"type\":\"OpenSession\",\"sessionKey\":\"a\u0001b\"}",
        "{\"type\":\"OpenSession\",\"sessionKey\":\"\\x41\"}",
        "type=OpenSession",
      })
  void what_is_no_JSON_is_told_and_not_counted(String body) {
    JsonNode before = client.stats();
    problem(client.command(body), 400, "unreadable");
    assertThat(client.stats()).isEqualTo(before);
  }

  @Test
  void the_place_of_a_JSON_error_is_named() {
    assertThat(client.command("{\"type\":\n \"Open\" x}").text("/detail"))
        .contains("line 2, column 9");
  }

  @Test
  void absurd_nesting_is_no_stack_overflow() {
    JsonNode before = client.stats();
    problem(client.command("[".repeat(1_000_000)), 400, "unreadable");
    problem(
        client.command(
            "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"attributes\":"
                + "{\"a\":".repeat(500_000)),
        400,
        "unreadable");
    assertThat(client.stats()).isEqualTo(before);
  }

  @Test
  void bytes_that_are_not_UTF_8_are_told() {
    byte[] latin1 =
        "{\"type\":\"OpenSession\",\"sessionKey\":\"k\u00e4se\"}"
            .getBytes(StandardCharsets.ISO_8859_1);
    JsonNode before = client.stats();
    problem(client.post("application/json", BodyPublishers.ofByteArray(latin1)), 400, "unreadable");
    assertThat(client.stats()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=iso-8859-1",
        "application/json;charset=UTF-16",
        "application/x-ndjson; charset=latin1",
        "application/xml",
        "application/cloudevents+json",
        "nonsense",
      })
  void another_media_type_or_charset_is_415(String type) {
    JsonNode before = client.stats();
    Client.Answer answer =
        client.post(
            type, BodyPublishers.ofString("{\"type\":\"OpenSession\",\"sessionKey\":\"k\"}"));
    problem(answer, 415, "unsupported-media-type");
    assertThat(answer.text("/detail")).contains("application/json");
    assertThat(client.stats()).isEqualTo(before);
  }

  @Test
  void a_body_without_a_media_type_or_with_a_coding_is_415() {
    var body = BodyPublishers.ofString("{\"type\":\"OpenSession\",\"sessionKey\":\"k\"}");
    problem(client.send("POST", "/v1/commands", body), 415, "unsupported-media-type");
    problem(
        client.post("application/json", body, "Content-Encoding", "gzip"),
        415,
        "unsupported-media-type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        "application/json; charset=\"utf-8\"",
        "APPLICATION/JSON",
      })
  void UTF_8_may_be_said(String type) {
    Client.Answer answer =
        client.post(
            type,
            BodyPublishers.ofString(
                "{\"type\":\"OpenSession\",\"sessionKey\":\"" + freshKey() + "\"}"));
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void a_command_of_4_MiB_is_read_and_a_longer_one_is_413() {
    JsonNode before = client.stats();
    String command = "{\"type\":\"OpenSession\",\"sessionKey\":\"" + freshKey() + "\"}";
    String longest = command + " ".repeat(CommandBody.COMMAND_BYTES_MAX - command.length());
    Client.Answer answer = client.command(longest + " ");
    problem(answer, 413, "too-large");
    assertThat(answer.text("/detail")).contains("4 MiB");
    problem(
        client.post(
            "application/json",
            BodyPublishers.fromPublisher(BodyPublishers.ofString(longest + " "))),
        413,
        "too-large");
    assertThat(client.stats()).isEqualTo(before);
    assertThat(client.command(longest).status()).isEqualTo(200);
  }

  @Test
  void an_error_message_over_the_limit_is_cut_and_its_length_kept() {
    String key = freshKey();
    client.open(key, "s-1");
    client.accepted(
        "{\"type\":\"StartRun\",\"sessionKey\":\"%s\",\"sessionId\":\"s-1\",\"runId\":\"r-1\"}"
            .formatted(key));
    client.accepted(
        "{\"type\":\"FailRun\",\"sessionKey\":\"%s\",\"runId\":\"r-1\",\"errorMessage\":\"%s\"}"
            .formatted(key, "x".repeat(70_000)));
    Client.Answer late =
        client.command(
            "{\"type\":\"AbortRun\",\"sessionKey\":\"%s\",\"runId\":\"r-1\"}".formatted(key));
    assertThat(late.text("/reason")).isEqualTo("run-ended");
  }

  static void assertRejectedOneMore(JsonNode before, JsonNode after) {
    assertThat(after.path("arrivals").asLong()).isEqualTo(before.path("arrivals").asLong() + 1);
    assertThat(after.path("rejected").asLong()).isEqualTo(before.path("rejected").asLong() + 1);
    assertThat(after.path("events")).isEqualTo(before.path("events"));
    assertThat(after.at("/rejectedByReason/invalid").asLong())
        .isEqualTo(before.at("/rejectedByReason/invalid").asLong() + 1);
  }
}

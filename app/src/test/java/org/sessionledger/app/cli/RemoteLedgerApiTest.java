package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.app.api.ApiProblem;

/** What goes over the wire, and what comes of answers that no ledger gives. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RemoteLedgerApiTest {

  private static final String ACCEPTED = "{\"verdict\":\"accepted\"}\n";

  private final List<Integer> batchLines = new ArrayList<>();
  private final List<Integer> batchBytes = new ArrayList<>();
  private final List<String> paths = new ArrayList<>();
  private HttpServer server;
  private RemoteLedgerApi api;
  private int status = 200;
  private String answer = "{}";

  @BeforeEach
  void a_server() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    api = new RemoteLedgerApi(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stops() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    paths.add(exchange.getRequestURI().toString());
    byte[] body = exchange.getRequestBody().readAllBytes();
    String content = answer;
    if (answer.equals(ACCEPTED)) {
      int lines = (int) new String(body, StandardCharsets.ISO_8859_1).lines().count();
      batchLines.add(lines);
      batchBytes.add(body.length);
      content = ACCEPTED.repeat(lines);
    }
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void a_batch_is_handed_over_in_parts_of_10_000_lines() {
    answer = ACCEPTED;
    assertThat(api.decideAll(Collections.nCopies(25_000, "{}"))).hasSize(25_000);
    assertThat(batchLines).containsExactly(10_000, 10_000, 5_000);
  }

  @Test
  void a_batch_is_handed_over_in_parts_of_64_mib() {
    answer = ACCEPTED;
    String line = "x".repeat(4 << 20);
    assertThat(api.decideAll(Collections.nCopies(17, line))).hasSize(17);
    assertThat(batchLines).containsExactly(15, 2);
    assertThat(batchBytes).allSatisfy(b -> assertThat(b).isLessThanOrEqualTo(64 << 20));
  }

  @Test
  void a_line_that_is_not_utf_8_stays_so_on_the_wire() {
    answer = ACCEPTED;
    List<String> lines = new ArrayList<>();
    lines.add("{}");
    lines.add(null);
    assertThat(api.decideAll(lines)).hasSize(2);
    assertThat(batchBytes).containsExactly(5);
  }

  @Test
  void every_character_of_a_key_is_encoded_but_letters_and_digits() {
    api.session("..", org.sessionledger.app.api.LedgerApi.Moment.NOW);
    api.audit("a/b %2F#?+\u00fc\ud83d\ude42", 3L, null);
    assertThat(paths)
        .containsExactly(
            "/v1/sessions/%2E%2E",
            "/v1/sessions/a%2Fb%20%252F%23%3F%2B%C3%BC%F0%9F%99%82/audit?generation=3");
  }

  @Test
  void a_problem_is_a_problem_and_a_rejection_is_a_decision() {
    status = 404;
    answer = "{\"type\":\"urn:session-ledger:x\",\"status\":404,\"detail\":\"None.\"}";
    assertThatThrownBy(api::stats).isInstanceOf(ApiProblem.class).hasMessage("None.");
    assertThatThrownBy(() -> api.decide("{")).isInstanceOf(ApiProblem.class);
    status = 409;
    answer = "{\"verdict\":\"rejected\",\"status\":409}";
    assertThat(api.decide("{}").path("verdict").asText()).isEqualTo("rejected");
  }

  @Test
  void an_answer_that_is_no_ledger_s_is_told_in_a_sentence() {
    answer = "<html>It works!</html>";
    assertThatThrownBy(api::stats).isInstanceOf(Failure.class).hasMessageContaining("no Session");
    answer = "{}";
    assertThatThrownBy(() -> api.decideAll(List.of("{}", "{}")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("1 decision to 2 commands");
    status = 500;
    answer = "[]";
    assertThatThrownBy(api::stats).isInstanceOf(Failure.class).hasMessageContaining("no Session");
  }
}

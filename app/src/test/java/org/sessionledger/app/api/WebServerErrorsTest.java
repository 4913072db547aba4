package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.core.session.Json;

/** Errors of the web server itself are problem documents too. */
class WebServerErrorsTest extends ServerTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/stats HTTP/1.1\r\n\r\n",
        "GET /v1/stats HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /v1/stats HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /v1/st\u00e4ts HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/sessions/a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/decisions/a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/../../x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET nothing HTTP/1.1\r\nHost: a\r\n\r\n",
        "G@T /v1/stats HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/stats HTTP/1.1\r\nHost: a\r\nBroken\r\n\r\n",
        "GET /v1/stats HTTP/1.1\r\nHost: a\r\nBro ken: x\r\n\r\n",
        "POST /v1/commands HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /v1/commands HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /v1/commands HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /v1/commands HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 9\r\n\r\n{",
      })
  void broken_HTTP_is_400(String request) {
    RawSocket.Answer answer = RawSocket.send(client.server(), request);
    assertThat(answer.status()).as(answer.head() + answer.body()).isEqualTo(400);
    assertProblem(answer);
  }

  @Test
  void a_connection_takes_more_than_a_hundred_requests() {
    String request = "GET /v1/stats HTTP/1.1\r\nHost: x\r\n\r\n";
    String answers = RawSocket.exchange(client.server(), request.repeat(150));
    assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(151);
  }

  @Test
  void headers_over_64_KiB_are_a_problem() {
    RawSocket.Answer answer = RawSocket.get(client.server(), "/v1/stats?" + "x".repeat(70_000));
    assertThat(answer.status()).isIn(400, 414, 431);
    assertProblem(answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/stats HTTP/9.9\r\nHost: a\r\n\r\n",
        "POST /v1/commands HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: rot13\r\n\r\n",
      })
  void what_the_server_does_not_speak_is_50x(String request) {
    RawSocket.Answer answer = RawSocket.send(client.server(), request);
    assertThat(answer.status()).as(answer.head()).isIn(501, 505);
    assertProblem(answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH", "POST", "TRACE", "BREW"})
  void another_method_is_405_with_what_is_allowed(String method) {
    RawSocket.Answer answer =
        RawSocket.send(
            client.server(),
            method
                + " /v1/sessions/a%2Fb HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                + "Content-Length: 0\r\n\r\n");
    assertThat(answer.status()).as(answer.head() + answer.body()).isEqualTo(405);
    assertThat(answer.head()).contains("Allow: ").contains("GET");
    assertProblem(answer);
  }

  @Test
  void reading_the_commands_is_405_with_POST() {
    Client.Answer answer = client.get("/v1/commands");
    problem(answer, 405, "method-not-allowed");
    assertThat(answer.header("allow")).isEqualTo("POST");
  }

  @Test
  void another_representation_is_406() {
    problem(client.get("/v1/stats", "Accept", "text/html"), 406, "not-acceptable");
    problem(client.get("/v1/stats", "Accept", "nonsense"), 406, "not-acceptable");
    String key = freshKey();
    JsonNode before = client.stats();
    problem(
        client.command(
            "{\"type\":\"OpenSession\",\"sessionKey\":\"" + key + "\"}", "Accept", "text/xml"),
        406,
        "not-acceptable");
    assertThat(client.stats()).isEqualTo(before);
    for (String accept :
        new String[] {"application/json", "*/*", "application/*", "text/html, */*;q=0.1"}) {
      assertThat(client.get("/v1/stats", "Accept", accept).status()).isEqualTo(200);
    }
  }

  @Test
  void HEAD_and_OPTIONS_are_answered_without_a_body() {
    Client.Answer head = client.send("HEAD", "/v1/stats", BodyPublishers.noBody());
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    Client.Answer options = client.send("OPTIONS", "/v1/stats", BodyPublishers.noBody());
    assertThat(options.status()).isEqualTo(200);
    assertThat(options.header("allow")).contains("GET");
  }

  @Test
  void nothing_tells_what_the_server_is_made_of() {
    RawSocket.Answer broken = RawSocket.send(client.server(), "nonsense\r\n\r\n");
    assertProblem(broken);
    for (String text : new String[] {broken.head() + broken.body(), client.get("/x").body()}) {
      assertThat(text)
          .doesNotContainIgnoringCase("tomcat")
          .doesNotContain("java.", "<html", "Exception");
    }
  }

  @Test
  void a_pipelined_second_request_is_its_own() {
    String two =
        "GET /v1/sessions/x%2Fy HTTP/1.1\r\nHost: a\r\n\r\n"
            + "GET /v1/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    String all =
        new String(
            RawSocket.send(client.server(), two.getBytes(StandardCharsets.US_ASCII))
                .body()
                .getBytes(StandardCharsets.UTF_8),
            StandardCharsets.UTF_8);
    assertThat(all).contains("unknown-session").contains("/v1/nothing");
  }

  private static void assertProblem(RawSocket.Answer answer) {
    assertThat(answer.head()).contains("application/problem+json");
    JsonNode problem = Json.tree(answer.body());
    assertThat(problem.path("status").asInt()).isEqualTo(answer.status());
    assertThat(problem.path("type").asText()).startsWith("urn:session-ledger:");
    assertThat(problem.path("title").asText()).isNotBlank();
    assertThat(problem.path("detail").asText()).isNotBlank();
  }
}

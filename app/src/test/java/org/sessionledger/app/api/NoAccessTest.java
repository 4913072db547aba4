package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server that asks nobody for credentials, and pages of other sites in the same browser. */
class NoAccessTest extends ServerTest {

  @Test
  void everybody_may_do_everything_but_give_tokens() {
    assertThat(client.open(freshKey(), "s-1").path("verdict").asText()).isEqualTo("accepted");
    problem(client.get("/v1/tokens"), 401, "unauthorized");
    problem(
        client.send(
            "POST",
            "/v1/tokens",
            BodyPublishers.ofString("{\"role\":\"admin\"}"),
            "Content-Type",
            "application/json"),
        401,
        "unauthorized");
    String local = "Bearer " + server.localToken();
    assertThat(client.get("/v1/tokens", "Authorization", local).status()).isEqualTo(200);
    problem(client.get("/v1/tokens", "Authorization", local + "x"), 401, "unauthorized");
  }

  @Test
  void a_token_that_is_sent_all_the_same_is_not_looked_at() {
    assertThat(client.get("/v1/stats", "Authorization", "Bearer nonsense").status()).isEqualTo(200);
    String key = freshKey();
    client.command(
        "{\"type\":\"OpenSession\",\"actor\":\"bo\",\"sessionKey\":\"" + key + "\"}",
        "Authorization",
        "Bearer " + server.localToken());
    assertThat(client.get("/v1/sessions/" + key + "/timeline?minVersion=1").text("/items/0/actor"))
        .isEqualTo("bo");
  }

  @Test
  void a_page_of_another_site_changes_nothing() {
    for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1:1", "x y")) {
      problem(
          client.send(
              "POST", "/v1/projections/status/rebuild", BodyPublishers.noBody(), "Origin", origin),
          403,
          "forbidden");
    }
    assertThat(client.get("/v1/stats", "Origin", "https://evil.example").status()).isEqualTo(200);
    assertThat(
            client
                .send(
                    "POST",
                    "/v1/projections/status/rebuild?mode=check",
                    BodyPublishers.noBody(),
                    "Origin",
                    server.uri().toString())
                .status())
        .isEqualTo(202);
  }

  @Test
  void a_name_that_a_stranger_could_point_here_is_not_answered() {
    for (String host : List.of("evil.example", "127.0.0.1.evil.example", "a.b")) {
      assertThat(get(host)).as(host).isEqualTo(403);
    }
    for (String host : List.of("localhost", "127.0.0.1:8080", "[::1]:1", "ledger", "x.localhost")) {
      assertThat(get(host)).as(host).isEqualTo(200);
    }
  }

  private int get(String host) {
    return RawSocket.send(
            client.server(),
            "GET /v1/stats HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
        .status();
  }
}

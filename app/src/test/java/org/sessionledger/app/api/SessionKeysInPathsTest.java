package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.core.session.Json;

/** A key in a path may hold anything; the server sees what the client meant. */
class SessionKeysInPathsTest extends ServerTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b",
        "/",
        "//",
        "a//b/",
        "/etc/passwd",
        "a/../b",
        "../../v1/stats",
        ".",
        "..",
        "...",
        "./",
        "a%2Fb",
        "%",
        "%25",
        "%zz",
        "%00",
        "a b",
        " ",
        " a ",
        "+15551234567",
        "a+b",
        "a;b=c",
        ";jsessionid=1",
        "a;b/c;d",
        "#",
        "a#b?c=d&e",
        "?",
        "a\\b",
        "\\..\\",
        "\"<>[]^`{|}",
        "{sessionKey}",
        "*",
        "**",
        "/runs",
        "runs",
        "a/runs",
        "agent:main:slack:channel:C1",
        "\u00fc\u00df",
        "\u65e5\u672c\u8a9e",
        "\uD83E\uDD9E\uD83C\uDDEB\uD83C\uDDF7",
        "e\u0301",
        "\u202Eevil",
        "\u00a0",
        "-",
        "a.json",
        "favicon.ico",
      })
  void a_key_comes_back_to_the_letter(String key) {
    client.open(key, "s-1");
    Client.Answer session = client.session(key, 1);
    assertThat(session.status()).as(session.body()).isEqualTo(200);
    assertThat(session.text("/sessionKey")).isEqualTo(key);
    for (String below : new String[] {"generations", "runs", "timeline"}) {
      Client.Answer answer =
          client.get("/v1/sessions/" + Client.encode(key) + "/" + below + "?minVersion=1");
      assertThat(answer.status()).as(below + answer.body()).isEqualTo(200);
    }
  }

  @Test
  void the_longest_key_fits_a_path() {
    String key = "\uD83E\uDD9E".repeat(512);
    client.open(key, "s-1");
    assertThat(client.session(key, 1).text("/sessionKey")).isEqualTo(key);
    assertThat(client.get("/v1/sessions?prefix=" + Client.encode(key)).json().path("items"))
        .hasSize(1);
  }

  @Test
  void a_fully_encoded_key_is_the_same_key() {
    String key = "agent:main/x";
    client.open(key, "s-1");
    client.session(key, 1);
    StringBuilder encoded = new StringBuilder();
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      encoded.append(String.format("%%%02x", b));
    }
    assertThat(client.get("/v1/sessions/" + encoded).text("/sessionKey")).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "/v1/sessions/..%2Fraw ../raw",
        "/v1/sessions/%2e%2e%2fraw ../raw",
        "/v1/sessions/raw;v=1 raw;v=1",
        "/v1/sessions/raw%5c\\ raw\\\\",
        "/v1/sessions/raw|{}^`\"<> raw|{}^`\"<>",
        "/v1/sessions/~raw!$&'()*,= ~raw!$&'()*,=",
        "http://x/v1/sessions/absolute%2Fform absolute/form",
      })
  void what_no_library_sends_is_read_as_it_stands(String target, String key) {
    client.open(key, "s-1");
    client.session(key, 1);
    RawSocket.Answer answer = RawSocket.get(client.server(), target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(Json.tree(answer.body()).path("sessionKey").asText()).isEqualTo(key);
  }

  @Test
  void dots_sent_bare_are_a_key() {
    client.open("..", "s-1");
    client.session("..", 1);
    assertThat(RawSocket.get(client.server(), "/v1/sessions/..").status()).isEqualTo(200);
    assertThat(RawSocket.get(client.server(), "/v1/sessions/../runs").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%FF", "%C0%AF", "a%2", "a%", "%zz", "%ED%A0%80", "%00", "a%0Ab", ""})
  void a_key_that_is_none_is_400_and_names_it(String segment) {
    RawSocket.Answer answer = RawSocket.get(client.server(), "/v1/sessions/" + segment + "/runs");
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.head()).contains("application/problem+json");
    assertThat(Json.tree(answer.body()).path("parameter").asText()).isEqualTo("sessionKey");
  }

  @Test
  void a_key_over_the_limit_is_400() {
    problem(client.session("k".repeat(513)), 400, "bad-parameter");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/sessions/a/b/runs",
        "/v1/sessions/a/../stats",
        "/v1/sessions/a/runs/",
        "/v1/sessions/a/unknown",
        "//v1/sessions/a",
        "/v1/%73essions/a",
        "/v1/./sessions/a",
        "/v2/sessions/a",
        "/nothing",
        "/favicon.ico",
      })
  void another_path_is_404_and_says_how_a_slash_is_written(String target) {
    client.open(freshKey(), "s-1");
    RawSocket.Answer answer = RawSocket.get(client.server(), target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(404);
    assertThat(answer.head()).contains("application/problem+json");
    assertThat(answer.body()).contains("%2F").doesNotContain("nowhere");
  }
}

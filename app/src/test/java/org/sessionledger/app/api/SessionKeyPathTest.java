package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionKeyPathTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "/v1/sessions/a /v1/sessions/- a",
        "/v1/sessions/a/runs /v1/sessions/-/runs a",
        "/v1/sessions/a%2Fb%2f/audit /v1/sessions/-/audit a/b/",
        "/v1/sessions/..%2F..%2Fetc /v1/sessions/- ../../etc",
        "/v1/sessions/%2E%2E/runs /v1/sessions/-/runs ..",
        "/v1/sessions/../runs /v1/sessions/-/runs ..",
        "/v1/sessions/. /v1/sessions/- .",
        "/v1/sessions/a%252Fb /v1/sessions/- a%2Fb",
        "/v1/sessions/%2B1555 /v1/sessions/- +1555",
        "/v1/sessions/+1555 /v1/sessions/- +1555",
        "/v1/sessions/a;b=c;d/timeline /v1/sessions/-/timeline a;b=c;d",
        "/v1/sessions/a%5Cb /v1/sessions/- a\\b",
        "/v1/sessions/%F0%9F%A6%9E /v1/sessions/- \uD83E\uDD9E",
      })
  void a_key_is_cut_out_raw_and_decoded_once(String path, String route, String key) {
    assertThat(SessionKeyPath.parse(path)).isEqualTo(new SessionKeyPath(route, key, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/sessions/%FF",
        "/v1/sessions/%C0%AF",
        "/v1/sessions/%ED%A0%80",
        "/v1/sessions/a%2",
        "/v1/sessions/a%",
        "/v1/sessions/%zz/runs",
      })
  void what_is_not_percent_encoded_UTF_8_is_told(String path) {
    SessionKeyPath parsed = SessionKeyPath.parse(path);
    assertThat(parsed.key()).isNull();
    assertThat(parsed.problem()).isNotBlank();
    assertThat(parsed.route()).startsWith("/v1/sessions/-");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/sessions/a/b/runs",
        "/v1/sessions/a/../b",
        "/v1/sessions/a//runs",
        "/v1/sessions/a/%72uns",
        "/v1/sessions/a/runs/",
        "/v1/sessions/a/",
      })
  void what_stands_below_a_key_is_a_plain_word(String path) {
    assertThat(SessionKeyPath.parse(path).route()).isEqualTo("/v1/nowhere");
  }

  @Test
  void other_paths_are_left_alone() {
    assertThat(SessionKeyPath.parse("/v1/sessions")).isNull();
    assertThat(SessionKeyPath.parse("/v1/decisions/x")).isNull();
    assertThat(SessionKeyPath.parse("")).isNull();
  }
}

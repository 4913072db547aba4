package org.sessionledger.app.openclaw.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sessionledger.app.openclaw.Secret;
import org.sessionledger.app.openclaw.follow.GatewayError.Kind;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RefusalsTest {

  private static final String TOKEN = "gw-token-0123456789abcdef";

  private static ObjectNode refusal(String code, String detail, String message) {
    ObjectNode frame = JsonNodeFactory.instance.objectNode();
    ObjectNode error = frame.putObject("error");
    error.put("code", code).put("message", message).put("retryAfterMs", 7);
    error.putObject("details").put("code", detail);
    return frame;
  }

  private static Throwable raised(JsonNode frame) {
    return catchThrowable(() -> Refusals.raise(frame, "connect", new Secret(TOKEN)));
  }

  @ParameterizedTest
  @CsvSource({
    "PROTOCOL_MISMATCH, , , PROTOCOL_MISMATCH",
    "INVALID_REQUEST, , Protocol mismatch, PROTOCOL_MISMATCH",
    "INVALID_REQUEST, MISSING_SCOPE, , MISSING_SCOPE",
    "INVALID_REQUEST, , missing scope: operator.read, MISSING_SCOPE",
    "NOT_PAIRED, , , NOT_PAIRED",
    "INVALID_REQUEST, DEVICE_IDENTITY_REQUIRED, , NOT_PAIRED",
    "INVALID_REQUEST, , pairing required, NOT_PAIRED",
    "INVALID_REQUEST, , device identity required, NOT_PAIRED",
    "INVALID_REQUEST, AUTH_TOKEN_MISMATCH, , WRONG_TOKEN",
    "INVALID_REQUEST, , unauthorized, WRONG_TOKEN",
    "SOMETHING_NEW, , , REFUSED"
  })
  void what_is_wrong_is_known_by_code_or_by_words(
      String code, String detail, String message, Kind kind) {
    assertThat(raised(refusal(code, detail, message)))
        .isInstanceOfSatisfying(GatewayError.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void what_passes_is_tried_again_after_the_time_that_is_asked_for() {
    ObjectNode retryable = refusal("SOMETHING_NEW", null, null);
    retryable.withObject("/error").put("retryable", true);
    for (ObjectNode frame :
        new ObjectNode[] {
          refusal("UNAVAILABLE", null, null),
          refusal("INVALID_REQUEST", "AUTH_RATE_LIMITED", null),
          retryable
        }) {
      assertThat(raised(frame))
          .isInstanceOfSatisfying(
              ConnectionLost.class, e -> assertThat(e.retryAfterMillis()).isEqualTo(7));
    }
    ObjectNode hopeless = refusal("NOT_PAIRED", null, null);
    hopeless.withObject("/error").put("retryable", true);
    assertThat(raised(hopeless)).isInstanceOf(GatewayError.class);
  }

  @Test
  void no_piece_of_the_token_is_told_and_no_more_than_a_sentence() {
    assertThat(raised(refusal("C " + TOKEN, null, "it ends with " + TOKEN.substring(10) + "!")))
        .hasMessageContaining("(C REDACTED: it ends with REDACTED!)");
    assertThat(raised(refusal("C", null, "x".repeat(1_000)))).hasMessageContaining("xxx…");
    assertThat(raised(refusal("C", null, "x".repeat(200)))).hasMessageNotContaining("…");
  }

  @Test
  void a_close_may_be_all_that_is_said_and_says_enough_with_two_codes_only() {
    for (int code : new int[] {1_008, 1_002}) {
      assertThat(
              catchThrowable(() -> Refusals.raiseClosed(new ConnectionLost(code, "unauthorized"))))
          .isInstanceOf(GatewayError.class);
    }
    assertThatCode(
            () -> {
              Refusals.raiseClosed(new ConnectionLost(1_011, "unauthorized"));
              Refusals.raiseClosed(new ConnectionLost(1_008, "for another reason"));
            })
        .doesNotThrowAnyException();
  }

  @Test
  void so_many_kinds_are_counted_by_name_and_no_more() {
    UnknownKinds kinds = new UnknownKinds();
    for (int i = 0; i < 60; i++) {
      kinds.note(JsonNodeFactory.instance.objectNode().put("type", i + "x".repeat(500)));
    }
    kinds.note(JsonNodeFactory.instance.objectNode().put("type", 0 + "x".repeat(500)));
    assertThat(kinds.counts()).hasSize(51).containsEntry("others", 10L).containsValue(2L);
    assertThat(kinds.counts().keySet()).allSatisfy(k -> assertThat(k).hasSizeLessThan(257));
  }
}

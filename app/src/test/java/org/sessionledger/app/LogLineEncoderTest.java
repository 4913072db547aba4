package org.sessionledger.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.session.Json;
import org.slf4j.event.KeyValuePair;

class LogLineEncoderTest {

  @Test
  void a_record_is_one_JSON_line_with_its_keys() {
    String line = encode("refused", null, "reason", "stale-generation", "version", 5L);
    assertThat(line).endsWith("}\n").hasLineCount(1);
    JsonNode json = Json.tree(line);
    assertThat(json.path("level").asText()).isEqualTo("INFO");
    assertThat(json.path("logger").asText()).isEqualTo("org.sessionledger.refusals");
    assertThat(json.path("message").asText()).isEqualTo("refused");
    assertThat(json.path("reason").asText()).isEqualTo("stale-generation");
    assertThat(json.path("version").asLong()).isEqualTo(5);
    assertThat(json.path("at").asText()).endsWith("Z");
  }

  @Test
  void what_a_runtime_sent_cannot_break_the_line_or_steer_a_terminal() {
    String evil = "a\nb\r\u001b[2J\u0085\u2028\u202e\u200b\"\\\ud83e";
    String line = encode("x", null, "sessionKey", evil);
    assertThat(line.strip()).matches("[ -~]*").doesNotContain("\u001b");
    assertThat(Json.tree(line).path("sessionKey").asText()).isEqualTo(evil);
  }

  @Test
  void letters_of_all_scripts_stay_readable() {
    assertThat(encode("x", null, "sessionKey", "\u00e9\u65e5\uD83E\uDD9E"))
        .contains("\u00e9\u65e5\uD83E\uDD9E");
  }

  @Test
  void long_values_are_cut_and_say_so() {
    String value =
        Json.tree(encode("x", null, "note", "\uD83E\uDD9E".repeat(10_000))).path("note").asText();
    assertThat(value).startsWith("\uD83E\uDD9E".repeat(LogLineEncoder.VALUE_MAX) + "\u2026");
    assertThat(value).endsWith("(10000 characters)");
  }

  @Test
  void a_key_cannot_replace_the_records_own() {
    assertThat(Json.tree(encode("x", null, "level", "FATAL")).path("level").asText())
        .isEqualTo("INFO");
  }

  @Test
  void a_stack_trace_stays_on_the_line() {
    String line = encode("failed", new IllegalStateException("two\nlines"));
    assertThat(line).hasLineCount(1);
    assertThat(Json.tree(line).path("error").asText()).contains("IllegalStateException");
  }

  private static String encode(String message, Throwable thrown, Object... pairs) {
    LoggingEvent event =
        new LoggingEvent(
            "",
            new LoggerContext().getLogger("org.sessionledger.refusals"),
            Level.INFO,
            message,
            thrown,
            null);
    for (int i = 0; i < pairs.length; i += 2) {
      event.addKeyValuePair(new KeyValuePair((String) pairs[i], pairs[i + 1]));
    }
    return new String(new LogLineEncoder().encode(event), StandardCharsets.UTF_8);
  }
}

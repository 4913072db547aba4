package org.sessionledger.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and ids: what they may be, and that they are compared to the letter. */
class NamesTest {

  private static final String ROCKET = "\uD83D\uDE80";

  /** A kind of id: the field that it blames, how it is made, and what it says of itself. */
  record Kind(String field, Function<String, Object> make) {

    @Override
    public String toString() {
      return field;
    }
  }

  static Stream<Kind> ids() {
    return Map.<String, Function<String, Object>>of(
            "sessionId", SessionId::new,
            "runId", RunId::new,
            "commandId", CommandId::new,
            "compactionId", CompactionId::new)
        .entrySet()
        .stream()
        .map(each -> new Kind(each.getKey(), each.getValue()));
  }

  static Stream<Kind> all() {
    return Stream.concat(ids(), Stream.of(new Kind("sessionKey", SessionKey::new)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void an_empty_name_is_invalid(Kind kind) {
    assertThatThrownBy(() -> kind.make().apply(""))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'" + kind + "' must not be empty");
  }

  @ParameterizedTest
  @MethodSource("all")
  void nul_is_invalid(Kind kind) {
    assertThatThrownBy(() -> kind.make().apply("a\0b"))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("'" + kind + "' must not hold the character NUL");
  }

  @ParameterizedTest
  @MethodSource("all")
  void a_lone_surrogate_is_invalid(Kind kind) {
    assertThatThrownBy(() -> kind.make().apply("a\uD83D"))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("'" + kind + "' holds a lone surrogate");
  }

  @ParameterizedTest
  @MethodSource("all")
  void a_name_says_itself_and_is_its_own_json(Kind kind) throws Exception {
    Object name = kind.make().apply("a \"b\"");
    assertThat(name).hasToString("a \"b\"");
    ObjectMapper json = new ObjectMapper();
    assertThat(json.writeValueAsString(name)).isEqualTo("\"a \\\"b\\\"\"");
    assertThat(json.readValue("\"a \\\"b\\\"\"", name.getClass())).isEqualTo(name);
  }

  @ParameterizedTest
  @MethodSource("ids")
  void an_id_has_256_characters_at_most_and_an_emoji_is_one(Kind kind) {
    assertThat(kind.make().apply(ROCKET.repeat(256))).hasToString(ROCKET.repeat(256));
    assertThatThrownBy(() -> kind.make().apply("a".repeat(257)))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'" + kind + "' has 257 characters, at most 256 are allowed");
  }

  @ParameterizedTest
  @MethodSource("ids")
  void an_id_may_hold_control_characters_other_than_nul(Kind kind) {
    assertThat(kind.make().apply("a\tb\u0001")).hasToString("a\tb\u0001");
  }

  @Test
  void a_session_key_has_512_characters_at_most_and_an_emoji_is_one() {
    assertThat(new SessionKey(ROCKET.repeat(512))).hasToString(ROCKET.repeat(512));
    assertThatThrownBy(() -> new SessionKey("a".repeat(513)))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'sessionKey' has 513 characters, at most 512 are allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0001", "a\nb", "\t", "\u001F", "\u007F", "\u0085", "\u009F"})
  void a_session_key_holds_no_control_characters(String key) {
    assertThatThrownBy(() -> new SessionKey(key))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'sessionKey' must not hold control characters");
  }

  /** Format and line separators are of other categories than Cc. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "agent:main:slack:channel:C1",
        "a/b#c%2F?d=e&f",
        "+15551234567",
        ".",
        "..",
        " ",
        "\u00A0",
        "\u200D",
        "\u2028",
        "\uFEFF",
        "caf\u00E9",
        ROCKET
      })
  void a_session_key_may_hold_anything_else(String key) {
    assertThat(new SessionKey(key).value()).isEqualTo(key);
  }

  @Test
  void keys_are_never_trimmed_folded_or_normalised() {
    assertThat(
            Stream.of("a", "A", "a ", " a", "caf\u00E9", "cafe\u0301", ".", "..")
                .map(SessionKey::new)
                .distinct())
        .hasSize(8);
    assertThat(new SessionKey("a")).isEqualTo(new SessionKey("a"));
  }
}

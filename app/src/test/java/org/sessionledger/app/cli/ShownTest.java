package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.session.Json;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ShownTest {

  @Test
  void what_steers_a_terminal_is_shown_as_an_escape() {
    assertThat(Shown.text("a\u001b[2J\u0007\u009b31m\u007f"))
        .isEqualTo("a\\u001b[2J\\u0007\\u009b31m\\u007f");
    assertThat(Shown.text("one\ntwo\r\tthree\u2028")).isEqualTo("one\\ntwo\\r\\tthree\\u2028");
  }

  @Test
  void what_turns_the_writing_direction_or_hides_is_shown_as_an_escape() {
    assertThat(Shown.text("abc\u202etxt\u200b\u2066")).isEqualTo("abc\\u202etxt\\u200b\\u2066");
    assertThat(Shown.text("\udb40\udc41")).isEqualTo("\\u{e0041}");
    assertThat(Shown.text("\ud800")).isEqualTo("\\ud800");
  }

  @Test
  void ordinary_text_of_any_script_is_left_alone() {
    String text = "agent:main #1/ü 東京 \ud83d\ude42 नमस्ते";
    assertThat(Shown.text(text)).isEqualTo(text);
  }

  @Test
  void what_is_long_is_cut_by_columns_and_not_by_characters() {
    assertThat(Shown.cut("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Shown.cut("abcdefg", 6)).isEqualTo("abcde…");
    assertThat(Shown.cut("東京東京", 6)).isEqualTo("東京…");
    assertThat(Shown.width("e\u0301")).isEqualTo(1);
  }

  @Test
  void escaped_json_is_the_same_document() {
    JsonNode document =
        Json.mapper().createObjectNode().put("k\u009b", "a\u001b[2J\u202e\u007f\ud83d\ude42");
    String shown = Shown.json(Json.write(document));
    assertThat(Json.read(shown, JsonNode.class)).isEqualTo(document);
    assertThat(shown).doesNotContain("\u009b", "\u202e", "\u007f").contains("\ud83d\ude42");
  }
}

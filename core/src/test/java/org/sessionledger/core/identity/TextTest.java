package org.sessionledger.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {

  private static final String ROCKET = "\uD83D\uDE80";

  @Test
  void the_limits_are_the_ones_that_are_promised() {
    assertThat(Text.SESSION_KEY_MAX).isEqualTo(512);
    assertThat(Text.ID_MAX).isEqualTo(256);
    assertThat(Text.NOTE_MAX).isEqualTo(4_096);
    assertThat(Text.ERROR_MESSAGE_MAX).isEqualTo(65_536);
  }

  @Test
  void a_length_is_counted_in_code_points() {
    assertThat(Text.length("")).isZero();
    assertThat(Text.length("a" + ROCKET + "b")).isEqualTo(3);
  }

  @Test
  void a_text_is_cut_between_code_points() {
    assertThat(Text.cut("a" + ROCKET + "b", 3)).isEqualTo("a" + ROCKET + "b");
    assertThat(Text.cut("a" + ROCKET + "b", 2)).isEqualTo("a" + ROCKET);
    assertThat(Text.cut("a" + ROCKET + "b", 1)).isEqualTo("a");
    assertThat(Text.cut("ab", 0)).isEmpty();
  }

  @Test
  void a_free_text_may_be_empty_and_hold_line_breaks_and_nul() {
    assertThat(Text.free("note", "", 3)).isEmpty();
    assertThat(Text.free("note", "a\nb", 3)).isEqualTo("a\nb");
    assertThat(Text.free("note", "\0", 3)).isEqualTo("\0");
  }

  @Test
  void a_free_text_at_the_limit_is_good_and_one_beyond_names_the_limit() {
    assertThat(Text.free("note", ROCKET.repeat(4), 4)).isEqualTo(ROCKET.repeat(4));
    assertThatThrownBy(() -> Text.free("note", ROCKET.repeat(5), 4))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'note' has 5 characters, at most 4 are allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uD83D", "a\uDE80", "\uDE80\uD83D", "\uD83D\uD83D\uDE80", "\uDFFF"})
  void a_lone_surrogate_is_no_character(String text) {
    assertThatThrownBy(() -> Text.free("note", text, 9))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'note' holds a lone surrogate, which is not a character");
    assertThatThrownBy(() -> Text.requireNoLoneSurrogate("note", text))
        .isInstanceOf(InvalidField.class);
  }

  @Test
  void characters_beside_the_surrogates_are_characters() {
    String text = "\uD7FF\uE000\uFFFF" + ROCKET;
    assertThat(Text.requireNoLoneSurrogate("note", text)).isEqualTo(text);
  }

  @Test
  void an_identifier_is_given_back_as_it_came() {
    assertThat(Text.identifier("runId", " r\n1 ", 9)).isEqualTo(" r\n1 ");
    assertThat(Text.key("sessionKey", " k ")).isEqualTo(" k ");
  }

  @Test
  void the_same_problem_may_be_told_of_another_field() {
    InvalidField problem = new InvalidField("sessionId", "must not be empty");
    assertThat(problem.field()).isEqualTo("sessionId");
    assertThat(problem).hasMessage("'sessionId' must not be empty");
    assertThat(problem.in("newSessionId").field()).isEqualTo("newSessionId");
    assertThat(problem.in("newSessionId")).hasMessage("'newSessionId' must not be empty");
  }
}

package org.sessionledger.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GenerationTest {

  @Test
  void the_first_generation_has_the_number_one() {
    assertThat(Generation.first(new SessionId("s-1")))
        .isEqualTo(new Generation(1, new SessionId("s-1")));
  }

  @Test
  void the_next_one_counts_on_whatever_its_session_id() {
    Generation first = Generation.first(new SessionId("s-1"));
    assertThat(first.next(new SessionId("s-2"))).isEqualTo(new Generation(2, new SessionId("s-2")));
    assertThat(first.next(new SessionId("s-1"))).isEqualTo(new Generation(2, new SessionId("s-1")));
  }

  @Test
  void there_is_no_generation_zero() {
    assertThatThrownBy(() -> new Generation(0, new SessionId("s-1")))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'generation' counts from 1, not 0");
  }

  @Test
  void a_generation_and_a_run_attempt_tell_who_they_are() {
    assertThat(new Generation(2, new SessionId("s-2"))).hasToString("2 (s-2)");
    assertThat(new RunAttempt(new RunId("r-1"), 3)).hasToString("r-1#3");
  }
}

package org.sessionledger.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClaimTest {

  private static final Generation SECOND = new Generation(2, new SessionId("s-2"));

  @Test
  void only_a_claim_without_both_is_absent() {
    assertThat(Claim.NONE.absent()).isTrue();
    assertThat(new Claim(null, null)).isEqualTo(Claim.NONE);
    assertThat(new Claim(new SessionId("s-2"), null).absent()).isFalse();
    assertThat(new Claim(null, 2L).absent()).isFalse();
    assertThat(new Claim(new SessionId("s-2"), 2L).absent()).isFalse();
  }

  @Test
  void a_claim_admits_what_nothing_in_it_contradicts() {
    assertThat(Claim.NONE.admits(SECOND)).isTrue();
    assertThat(new Claim(new SessionId("s-2"), null).admits(SECOND)).isTrue();
    assertThat(new Claim(null, 2L).admits(SECOND)).isTrue();
    assertThat(new Claim(new SessionId("s-2"), 2L).admits(SECOND)).isTrue();
  }

  @Test
  void one_half_that_contradicts_is_enough() {
    assertThat(new Claim(new SessionId("s-1"), null).admits(SECOND)).isFalse();
    assertThat(new Claim(null, 1L).admits(SECOND)).isFalse();
    assertThat(new Claim(null, 3L).admits(SECOND)).isFalse();
    assertThat(new Claim(new SessionId("s-1"), 2L).admits(SECOND)).isFalse();
    assertThat(new Claim(new SessionId("s-2"), 1L).admits(SECOND)).isFalse();
  }

  @Test
  void numbers_beyond_the_small_ones_compare_by_value() {
    Generation far = new Generation(1_000_000, new SessionId("s"));
    assertThat(new Claim(null, 1_000_000L).admits(far)).isTrue();
  }

  @Test
  void a_claim_tells_in_words_what_it_names() {
    assertThat(Claim.NONE).hasToString("no generation");
    assertThat(new Claim(null, 2L)).hasToString("generation 2");
    assertThat(new Claim(new SessionId("s-2"), null)).hasToString("session id s-2");
    assertThat(new Claim(new SessionId("s-2"), 2L)).hasToString("generation 2 (s-2)");
  }
}

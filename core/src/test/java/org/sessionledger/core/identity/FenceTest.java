package org.sessionledger.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Fence.Judgement;
import org.sessionledger.core.identity.Fence.Lineage;
import org.sessionledger.core.identity.Fence.Standing;

class FenceTest {

  private static final Generation FIRST = generation(1, "s-1");
  private static final Generation SECOND = generation(2, "s-2");

  /** An in-place rotation: the session id stays, the number counts on. */
  private static final Generation THIRD = generation(3, "s-2");

  private static final Generation FOURTH = generation(4, "s-4");

  private static final Lineage FOUR = lineage(FIRST, SECOND, THIRD, FOURTH);

  @Test
  void a_command_that_names_nothing_is_unnamed() {
    assertThat(judge(Claim.NONE)).isEqualTo(new Judgement(Standing.UNNAMED, null));
  }

  @Test
  void the_current_generation_is_current_by_id_by_number_and_by_both() {
    Judgement current = new Judgement(Standing.CURRENT, FOURTH);
    assertThat(judge(claim("s-4", null))).isEqualTo(current);
    assertThat(judge(claim(null, 4L))).isEqualTo(current);
    assertThat(judge(claim("s-4", 4L))).isEqualTo(current);
  }

  @Test
  void naming_the_current_generation_asks_the_lineage_nothing() {
    Lineage untouchable =
        new Lineage() {
          @Override
          public Optional<Generation> numbered(long number) {
            return fail("asked for generation " + number);
          }

          @Override
          public Optional<Generation> newest(SessionId sessionId) {
            return fail("asked for " + sessionId);
          }
        };
    assertThat(Fence.judge(claim("s-4", 4L), FOURTH, untouchable).standing())
        .isEqualTo(Standing.CURRENT);
    assertThat(Fence.judge(Claim.NONE, FOURTH, untouchable).standing()).isEqualTo(Standing.UNNAMED);
  }

  @Test
  void an_ended_generation_is_ended_by_id_by_number_and_by_both() {
    Judgement ended = new Judgement(Standing.ENDED, FIRST);
    assertThat(judge(claim("s-1", null))).isEqualTo(ended);
    assertThat(judge(claim(null, 1L))).isEqualTo(ended);
    assertThat(judge(claim("s-1", 1L))).isEqualTo(ended);
  }

  @Test
  void a_session_id_alone_names_the_newest_generation_that_has_it() {
    assertThat(judge(claim("s-2", null))).isEqualTo(new Judgement(Standing.ENDED, THIRD));
    assertThat(Fence.judge(claim("s-2", null), THIRD, lineage(FIRST, SECOND, THIRD)))
        .isEqualTo(new Judgement(Standing.CURRENT, THIRD));
  }

  @Test
  void a_number_tells_two_generations_with_one_session_id_apart() {
    assertThat(judge(claim("s-2", 2L))).isEqualTo(new Judgement(Standing.ENDED, SECOND));
    assertThat(judge(claim("s-2", 3L))).isEqualTo(new Judgement(Standing.ENDED, THIRD));
    assertThat(Fence.judge(claim("s-2", 2L), THIRD, lineage(FIRST, SECOND, THIRD)))
        .isEqualTo(new Judgement(Standing.ENDED, SECOND));
  }

  @Test
  void what_never_was_is_unknown() {
    Judgement unknown = new Judgement(Standing.UNKNOWN, null);
    assertThat(judge(claim("s-9", null))).isEqualTo(unknown);
    assertThat(judge(claim(null, 5L))).isEqualTo(unknown);
    assertThat(judge(claim("s-9", 5L))).isEqualTo(unknown);
  }

  @Test
  void half_unknown_is_unknown_and_no_mismatch() {
    Judgement unknown = new Judgement(Standing.UNKNOWN, null);
    assertThat(judge(claim("s-9", 4L))).isEqualTo(unknown);
    assertThat(judge(claim("s-9", 1L))).isEqualTo(unknown);
    assertThat(judge(claim("s-4", 5L))).isEqualTo(unknown);
    assertThat(judge(claim("s-1", 5L))).isEqualTo(unknown);
  }

  @Test
  void a_number_above_the_current_one_is_unknown_though_the_lineage_should_know_it() {
    assertThat(Fence.judge(claim(null, 4L), THIRD, FOUR))
        .isEqualTo(new Judgement(Standing.UNKNOWN, null));
  }

  @Test
  void two_that_exist_and_disagree_are_a_mismatch() {
    Judgement mismatch = new Judgement(Standing.MISMATCH, null);
    assertThat(judge(claim("s-1", 4L))).isEqualTo(mismatch);
    assertThat(judge(claim("s-4", 1L))).isEqualTo(mismatch);
    assertThat(judge(claim("s-1", 2L))).isEqualTo(mismatch);
  }

  @Test
  void only_the_current_generation_owns_its_runs_now() {
    assertThat(Fence.ownsNow(4, FOURTH)).isTrue();
    assertThat(Fence.ownsNow(3, FOURTH)).isFalse();
    assertThat(Fence.ownsNow(5, FOURTH)).isFalse();
  }

  private static Judgement judge(Claim claim) {
    return Fence.judge(claim, FOURTH, FOUR);
  }

  private static Claim claim(String sessionId, Long number) {
    return new Claim(sessionId == null ? null : new SessionId(sessionId), number);
  }

  private static Generation generation(long number, String sessionId) {
    return new Generation(number, new SessionId(sessionId));
  }

  private static Lineage lineage(Generation... generations) {
    List<Generation> all = List.of(generations);
    return new Lineage() {
      @Override
      public Optional<Generation> numbered(long number) {
        return all.stream().filter(each -> each.number() == number).findFirst();
      }

      @Override
      public Optional<Generation> newest(SessionId sessionId) {
        return all.stream()
            .filter(each -> each.sessionId().equals(sessionId))
            .max(Comparator.comparingLong(Generation::number));
      }
    };
  }
}

package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.compactSession;
import static org.sessionledger.core.session.Past.*;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;

class CompactSessionTest implements NamesItsGeneration, BeginsAGeneration {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return compactSession();
  }

  @Override
  public SessionEvent[] madeReady(Generation generation) {
    return new SessionEvent[0];
  }

  @Override
  public SessionEvent rotation(Generation ended, Generation begun) {
    return compacted(ended, begun);
  }

  @Test
  void the_id_the_trigger_and_the_tokens_are_kept() {
    session
        .given(opened())
        .when(
            compactSession()
                .under("c-1")
                .because(CompactionTrigger.OVERFLOW)
                .tokens(200_000)
                .tokensAfter(9_000)
                .as("s-2"))
        .isAcceptedAs(
            new SessionEvent.SessionCompacted(
                KEY,
                SECOND,
                FIRST,
                new CompactionId("c-1"),
                CompactionTrigger.OVERFLOW,
                List.of(),
                List.of(),
                200_000L,
                9_000L));
  }

  // Carried runs

  @Test
  void all_open_runs_are_carried_when_none_are_named() {
    session
        .given(
            opened(),
            started(FIRST, "r-2"),
            started(FIRST, "r-1"),
            started(FIRST, "r-3"),
            failed(FIRST, "r-3"))
        .when(compactSession().as("s-2"))
        .isAcceptedAs(compacted(FIRST, SECOND, "r-2", "r-1"));
  }

  @Test
  void the_named_runs_are_carried_in_their_order_and_the_others_are_superseded() {
    session
        .given(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), started(FIRST, "r-3"))
        .when(compactSession().carrying("r-3", "r-1").as("s-2"))
        .isAcceptedAs(compacted(FIRST, SECOND, null, runs("r-3", "r-1"), runs("r-2")));
  }

  @Test
  void naming_no_run_supersedes_them_all() {
    session
        .given(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"))
        .when(compactSession().carrying().as("s-2"))
        .isAcceptedAs(compacted(FIRST, SECOND, null, runs(), runs("r-1", "r-2")));
  }

  @Test
  void a_run_named_twice_is_carried_once() {
    session
        .given(opened(), started(FIRST, "r-1"))
        .when(compactSession().carrying("r-1", "r-1").as("s-2"))
        .isAcceptedAs(compacted(FIRST, SECOND, "r-1"));
  }

  @Test
  void the_open_attempt_is_carried() {
    session
        .given(opened(), started(FIRST, "r-1"), replaced(FIRST, "r-1", 2))
        .when(compactSession().carrying("r-1").as("s-2"))
        .isAcceptedAs(compacted(FIRST, SECOND, null, List.of(run("r-1", 2)), runs()));
  }

  @Test
  void a_run_is_carried_through_several_compactions() {
    session
        .given(opened(), started(FIRST, "r-1"), compacted(FIRST, SECOND, "r-1"))
        .when(compactSession().of(SECOND).as("s-3"))
        .isAcceptedAs(compacted(SECOND, THIRD, "r-1"));
  }

  @Test
  void in_place_the_runs_are_carried_all_the_same() {
    session
        .given(opened(), started(FIRST, "r-1"))
        .when(compactSession().as("s-1"))
        .isAcceptedAs(compacted(FIRST, SECOND_IN_PLACE, "r-1"));
  }

  @Test
  void a_thousand_runs_are_carried_by_name() {
    String[] names =
        IntStream.rangeClosed(1, 1_000).mapToObj(i -> "run-" + i).toArray(String[]::new);
    List<RunAttempt> all = runs(names);
    session
        .given(opened())
        .given(startedMany(FIRST, 1_000))
        .when(compactSession().carrying(names).as("s-2"))
        .isAcceptedAs(compacted(FIRST, SECOND, null, all, runs()));
  }

  @Test
  void an_unknown_run_to_carry_refuses_the_whole_compaction() {
    session
        .given(opened(), started(FIRST, "r-1"))
        .when(compactSession().carrying("r-1", "r-9"))
        .isRefused(Reason.UNKNOWN_RUN)
        .saying("'r-9'");
  }

  @Test
  void an_ended_run_to_carry_refuses_the_whole_compaction() {
    SessionEvent[] ends = {
      completed(FIRST, "r-2"),
      failed(FIRST, "r-2"),
      aborted(FIRST, "r-2"),
      interrupted(FIRST, "r-2")
    };
    for (SessionEvent end : ends) {
      new SessionFixture()
          .given(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), end)
          .when(compactSession().carrying("r-1", "r-2"))
          .isRefused(Reason.RUN_ENDED)
          .saying("'r-2'");
    }
  }

  @Test
  void a_foreign_run_to_carry_refuses_the_whole_compaction() {
    session
        .given(opened(), started(FIRST, "r-2"), reset(FIRST, SECOND, "r-2"), started(SECOND, "r-1"))
        .when(compactSession().carrying("r-1", "r-2"))
        .isRefused(Reason.RUN_SUPERSEDED)
        .tellingOfEnded(FIRST)
        .saying("'r-2'");
  }

  @Test
  void of_several_bad_runs_the_first_in_the_list_decides() {
    session.given(
        opened(),
        started(FIRST, "foreign"),
        reset(FIRST, SECOND, "foreign"),
        started(SECOND, "ended"),
        failed(SECOND, "ended"));
    session
        .when(compactSession().carrying("unknown", "ended", "foreign"))
        .isRefused(Reason.UNKNOWN_RUN);
    session
        .when(compactSession().carrying("ended", "foreign", "unknown"))
        .isRefused(Reason.RUN_ENDED);
    session
        .when(compactSession().carrying("foreign", "unknown", "ended"))
        .isRefused(Reason.RUN_SUPERSEDED);
  }

  // Compaction ids

  @Test
  void a_begun_compaction_is_completed() {
    session
        .given(opened(), begun(FIRST, "c-1"), started(FIRST, "r-1"))
        .when(compactSession().under("c-1").as("s-2"))
        .isAcceptedAs(compacted(FIRST, SECOND, "c-1", runs("r-1"), runs()));
  }

  @Test
  void beginning_first_is_optional() {
    session
        .given(opened(), begun(FIRST, "c-1"))
        .when(compactSession().under("c-2").as("s-2"))
        .isAcceptedAs(compacted(FIRST, SECOND, "c-2", runs(), runs()));
    session.when(compactSession().as("s-2")).isAcceptedAs(compacted(FIRST, SECOND));
  }

  @Test
  void one_that_was_completed_is_a_duplicate() {
    session
        .given(opened(), begun(FIRST, "c-1"), compacted(FIRST, SECOND, "c-1", runs(), runs()))
        .when(compactSession().under("c-1"))
        .isADuplicate();
  }

  @Test
  void one_that_was_completed_without_a_begin_is_a_duplicate_for_ever() {
    session
        .given(opened(), compacted(FIRST, SECOND, "c-1", runs(), runs()), reset(SECOND, THIRD))
        .when(compactSession().under("c-1").carrying("r-9"))
        .isADuplicate();
  }

  @Test
  void one_that_a_reset_overtook_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), reset(FIRST, SECOND))
        .when(compactSession().under("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("'c-1' was overtaken", "2 (s-2)")
        .advising("Drop its result");
  }

  @Test
  void one_that_a_reset_in_place_overtook_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), reset(FIRST, SECOND_IN_PLACE))
        .when(compactSession().signedWith("s-1").under("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED);
  }

  @Test
  void one_that_another_compaction_overtook_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), begun(FIRST, "c-2"))
        .when(compactSession().under("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("overtaken");
  }

  @Test
  void one_that_another_completed_compaction_overtook_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), compacted(FIRST, SECOND, "c-2", runs(), runs()))
        .when(compactSession().under("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED);
  }

  @Test
  void one_that_was_abandoned_is_refused() {
    session
        .given(opened(), begun(FIRST, "c-1"), abandoned(FIRST, "c-1"))
        .when(compactSession().under("c-1"))
        .isRefused(Reason.COMPACTION_SUPERSEDED)
        .saying("abandoned");
  }

  // The order of the checks

  @Test
  void a_stale_generation_comes_before_the_compaction_id() {
    session
        .given(opened(), begun(FIRST, "c-1"), reset(FIRST, SECOND))
        .when(compactSession().of(FIRST).under("c-1"))
        .isRefused(Reason.STALE_GENERATION);
  }

  @Test
  void a_stale_generation_comes_before_a_completed_compaction_id() {
    session
        .given(opened(), begun(FIRST, "c-1"), compacted(FIRST, SECOND, "c-1", runs(), runs()))
        .when(compactSession().of(FIRST).under("c-1"))
        .isRefused(Reason.STALE_GENERATION);
  }

  @Test
  void an_overtaken_compaction_comes_before_the_carried_runs() {
    session
        .given(opened(), begun(FIRST, "c-1"), reset(FIRST, SECOND))
        .when(compactSession().under("c-1").carrying("unknown"))
        .isRefused(Reason.COMPACTION_SUPERSEDED);
  }

  @Test
  void the_carried_runs_come_before_the_new_session_id() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(compactSession().carrying("unknown").as("s-1"))
        .isRefused(Reason.UNKNOWN_RUN);
  }
}

package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.forkSession;
import static org.sessionledger.core.session.Past.*;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

class ForkSessionTest implements NeedsAnOpenSession {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return forkSession();
  }

  @Override
  public Order wrongOrder() {
    return forkSession().from(9);
  }

  @Test
  void the_source_tells_of_the_fork_and_the_new_key_is_opened_with_its_origin() {
    session
        .given(opened())
        .when(forkSession().as("f-1"))
        .isAcceptedAs(
            forked(FIRST, FIRST, generation(1, "f-1")), heir(generation(1, "f-1"), FIRST));
  }

  @Test
  void without_a_session_id_the_ledger_makes_one_for_the_new_key() {
    Generation made = generation(1, "made-1");
    session
        .given(opened())
        .when(forkSession())
        .isAcceptedAs(forked(FIRST, FIRST, made), heir(made, FIRST));
  }

  @Test
  void a_fork_may_continue_an_older_generation() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(forkSession().from(1).as("f-1"))
        .isAcceptedAs(
            forked(SECOND, FIRST, generation(1, "f-1")), heir(generation(1, "f-1"), FIRST));
  }

  @Test
  void a_fork_may_name_the_current_generation() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(forkSession().from(2).as("f-1"))
        .isAcceptedAs(
            forked(SECOND, SECOND, generation(1, "f-1")), heir(generation(1, "f-1"), SECOND));
  }

  @Test
  void the_new_key_may_take_a_session_id_that_the_source_has_or_had() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(forkSession().as("s-1"))
        .isAcceptedAs(
            forked(SECOND, SECOND, generation(1, "s-1")), heir(generation(1, "s-1"), SECOND));
  }

  @Test
  void the_run_policy_and_the_attributes_are_inherited() {
    Map<String, String> attributes = Map.of("team", "blue");
    session
        .given(new SessionEvent.SessionOpened(KEY, FIRST, RunPolicy.SINGLE, attributes, null))
        .when(forkSession().as("f-1"))
        .isAcceptedAs(
            forked(FIRST, FIRST, generation(1, "f-1")),
            new SessionEvent.SessionOpened(
                OTHER_KEY,
                generation(1, "f-1"),
                RunPolicy.SINGLE,
                attributes,
                new SessionEvent.Origin(SessionEvent.Origin.Kind.FORK, KEY, FIRST)));
  }

  @Test
  void the_source_goes_on_with_its_runs() {
    session
        .given(opened(), started(FIRST, "r-1"), forked(FIRST, FIRST, generation(1, "f-1")))
        .when(Order.completeRun("r-1"))
        .isAcceptedAs(completed(FIRST, "r-1"));
  }

  @Test
  void a_generation_that_never_was_is_not_forked() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(forkSession().from(3))
        .isRefused(Reason.UNKNOWN_GENERATION)
        .saying("never had a generation 3", "2 (s-2)");
  }

  @Test
  void a_key_that_exists_is_no_target() {
    session
        .elsewhere(opened(OTHER_KEY, FIRST, RunPolicy.CONCURRENT))
        .given(opened())
        .when(forkSession())
        .isRefused(Reason.ALREADY_OPEN)
        .saying("'" + OTHER_KEY + "'")
        .advising("never opened");
  }

  @Test
  void a_key_that_exists_comes_before_an_unknown_generation() {
    session
        .elsewhere(opened(OTHER_KEY, FIRST, RunPolicy.CONCURRENT))
        .given(opened())
        .when(forkSession().from(9))
        .isRefused(Reason.ALREADY_OPEN);
  }

  private static SessionEvent heir(Generation target, Generation from) {
    return new SessionEvent.SessionOpened(
        OTHER_KEY,
        target,
        RunPolicy.CONCURRENT,
        Map.of(),
        new SessionEvent.Origin(SessionEvent.Origin.Kind.FORK, KEY, from));
  }
}

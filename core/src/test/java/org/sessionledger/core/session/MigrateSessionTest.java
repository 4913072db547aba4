package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.migrateSession;
import static org.sessionledger.core.session.Past.*;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;

class MigrateSessionTest implements NeedsAnOpenSession, MayExpectAGeneration {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return migrateSession();
  }

  @Override
  public Order wrongOrder() {
    return migrateSession().expecting("never");
  }

  @Test
  void the_old_key_ends_and_the_new_one_is_opened_with_its_origin() {
    session
        .given(opened(), reset(FIRST, SECOND))
        .when(migrateSession().as("m-1"))
        .isAcceptedAs(migrated(SECOND, generation(1, "m-1")), heir(generation(1, "m-1"), SECOND));
  }

  @Test
  void without_a_session_id_the_ledger_makes_one_for_the_new_key() {
    Generation made = generation(1, "made-1");
    session
        .given(opened())
        .when(migrateSession())
        .isAcceptedAs(migrated(FIRST, made), heir(made, FIRST));
  }

  @Test
  void the_session_id_may_move_along() {
    session
        .given(opened())
        .when(migrateSession().as("s-1"))
        .isAcceptedAs(migrated(FIRST, generation(1, "s-1")), heir(generation(1, "s-1"), FIRST));
  }

  @Test
  void a_migration_supersedes_the_open_runs() {
    session
        .given(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), failed(FIRST, "r-1"))
        .when(migrateSession().as("m-1"))
        .isAcceptedAs(
            migrated(FIRST, generation(1, "m-1"), "r-2"), heir(generation(1, "m-1"), FIRST));
  }

  @Test
  void the_run_policy_and_the_attributes_are_inherited() {
    Map<String, String> attributes = Map.of("team", "blue");
    session
        .given(new SessionEvent.SessionOpened(KEY, FIRST, RunPolicy.SINGLE, attributes, null))
        .when(migrateSession().as("m-1"))
        .isAcceptedAs(
            migrated(FIRST, generation(1, "m-1")),
            new SessionEvent.SessionOpened(
                OTHER_KEY,
                generation(1, "m-1"),
                RunPolicy.SINGLE,
                attributes,
                new SessionEvent.Origin(SessionEvent.Origin.Kind.MIGRATION, KEY, FIRST)));
  }

  @Test
  void a_late_report_to_the_old_key_is_told_where_the_session_went() {
    session
        .given(opened(), started(FIRST, "r-1"), migrated(FIRST, generation(1, "m-1"), "r-1"))
        .when(Order.failRun("r-1").of(FIRST))
        .isRefused(Reason.SESSION_MIGRATED)
        .sendingTo(OTHER_KEY);
  }

  @Test
  void a_key_that_exists_is_no_target() {
    session
        .elsewhere(opened(OTHER_KEY, FIRST, RunPolicy.CONCURRENT))
        .given(opened())
        .when(migrateSession())
        .isRefused(Reason.ALREADY_OPEN)
        .saying("'" + OTHER_KEY + "'");
  }

  @Test
  void a_key_that_exists_comes_before_a_wrong_expectation() {
    session
        .elsewhere(opened(OTHER_KEY, FIRST, RunPolicy.CONCURRENT))
        .given(opened())
        .when(migrateSession().expecting("s-9"))
        .isRefused(Reason.ALREADY_OPEN);
  }

  private static SessionEvent heir(Generation target, Generation from) {
    return new SessionEvent.SessionOpened(
        OTHER_KEY,
        target,
        RunPolicy.CONCURRENT,
        Map.of(),
        new SessionEvent.Origin(SessionEvent.Origin.Kind.MIGRATION, KEY, from));
  }
}

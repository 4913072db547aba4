package org.sessionledger.core.session;

import static org.sessionledger.core.session.Order.closeSession;
import static org.sessionledger.core.session.Past.*;

import org.junit.jupiter.api.Test;

class CloseSessionTest implements MayExpectAGeneration {

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return closeSession();
  }

  @Test
  void the_session_ends_with_its_last_generation() {
    session.given(opened(), reset(FIRST, SECOND)).when(closeSession()).isAcceptedAs(closed(SECOND));
  }

  @Test
  void a_close_supersedes_the_open_runs() {
    session
        .given(opened(), started(FIRST, "r-1"), started(FIRST, "r-2"), aborted(FIRST, "r-1"))
        .when(closeSession())
        .isAcceptedAs(closed(FIRST, "r-2"));
  }

  @Test
  void closing_what_is_closed_is_a_duplicate_whatever_it_expects() {
    session.given(opened(), closed(FIRST));
    session.when(closeSession()).isADuplicate();
    session.when(closeSession().expecting("s-9")).isADuplicate();
    session.when(closeSession().expecting(7)).isADuplicate();
  }

  @Test
  void what_was_reopened_is_closed_again() {
    session
        .given(opened(), closed(FIRST), reopened(FIRST, SECOND))
        .when(closeSession().expecting(SECOND))
        .isAcceptedAs(closed(SECOND));
  }

  @Test
  void a_key_that_was_never_opened_is_an_unknown_session() {
    session.given().when(closeSession()).isRefused(Reason.UNKNOWN_SESSION);
  }

  @Test
  void a_key_that_moved_is_not_closed() {
    session
        .given(opened(), migrated(FIRST, FIRST))
        .when(closeSession().expecting("s-9"))
        .isRefused(Reason.SESSION_MIGRATED)
        .sendingTo(OTHER_KEY);
  }
}

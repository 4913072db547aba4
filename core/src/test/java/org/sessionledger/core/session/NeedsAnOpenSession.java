package org.sessionledger.core.session;

import static org.sessionledger.core.session.Past.FIRST;
import static org.sessionledger.core.session.Past.KEY;
import static org.sessionledger.core.session.Past.OTHER_KEY;
import static org.sessionledger.core.session.Past.SECOND;
import static org.sessionledger.core.session.Past.closed;
import static org.sessionledger.core.session.Past.migrated;
import static org.sessionledger.core.session.Past.opened;
import static org.sessionledger.core.session.Past.reset;

import org.junit.jupiter.api.Test;

/** What holds for every command that only an open session takes. */
interface NeedsAnOpenSession {

  /** A new order that is good but for the session that it meets. */
  Order order();

  /** An order that also names or expects a generation that never was. */
  Order wrongOrder();

  @Test
  default void a_key_that_was_never_opened_is_an_unknown_session() {
    new SessionFixture()
        .given()
        .when(order())
        .isRefused(Reason.UNKNOWN_SESSION)
        .saying("'" + KEY + "'", "ever opened")
        .advising("OpenSession");
  }

  @Test
  default void an_unknown_session_comes_before_a_wrong_generation() {
    new SessionFixture().given().when(wrongOrder()).isRefused(Reason.UNKNOWN_SESSION);
  }

  @Test
  default void a_key_that_moved_refuses_and_tells_where_it_went() {
    new SessionFixture()
        .given(opened(), migrated(FIRST, FIRST))
        .when(order())
        .isRefused(Reason.SESSION_MIGRATED)
        .sendingTo(OTHER_KEY)
        .tellingOfEnded(FIRST)
        .saying("'" + KEY + "' moved to '" + OTHER_KEY + "'", "1 (s-1)")
        .advising("'" + OTHER_KEY + "'");
  }

  @Test
  default void a_key_that_moved_comes_before_a_wrong_generation() {
    new SessionFixture()
        .given(opened(), migrated(FIRST, FIRST))
        .when(wrongOrder())
        .isRefused(Reason.SESSION_MIGRATED);
  }

  @Test
  default void a_closed_session_refuses() {
    new SessionFixture()
        .given(opened(), reset(FIRST, SECOND), closed(SECOND))
        .when(order())
        .isRefused(Reason.SESSION_CLOSED)
        .tellingOfEnded(SECOND)
        .saying("'" + KEY + "' is closed", "2 (s-2)")
        .advising("ReopenSession");
  }

  @Test
  default void a_closed_session_comes_before_a_wrong_generation() {
    new SessionFixture()
        .given(opened(), closed(FIRST))
        .when(wrongOrder())
        .isRefused(Reason.SESSION_CLOSED);
  }
}

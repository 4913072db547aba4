package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.session.Order.reportGap;
import static org.sessionledger.core.session.Order.startRun;
import static org.sessionledger.core.session.Past.*;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.InvalidField;

class ReportGapTest implements NeedsAnOpenSession {

  private static final Instant FROM = Instant.parse("2026-05-31T08:00:00Z");
  private static final Instant TO = Instant.parse("2026-05-31T09:00:00Z");

  private final SessionFixture session = new SessionFixture();

  @Override
  public Order order() {
    return reportGap(FROM, TO);
  }

  /** It names no generation, so there is none that could be wrong. */
  @Override
  public Order wrongOrder() {
    return order();
  }

  @Test
  void a_gap_is_told_of_the_generation_that_is_current_after_it() {
    session
        .given(opened(), reset(FIRST, SECOND), started(SECOND, "r-1"))
        .when(reportGap(FROM, TO))
        .isAcceptedAs(gap(SECOND, FROM, TO));
  }

  @Test
  void it_changes_nothing() {
    session
        .given(opened(), started(FIRST, "r-1"), begun(FIRST, "c-1"), gap(FIRST, FROM, TO))
        .when(startRun("r-1"))
        .isADuplicate();
    new SessionFixture()
        .given(opened(), started(FIRST, "r-1"), begun(FIRST, "c-1"), gap(FIRST, FROM, TO))
        .when(Order.beginCompaction("c-1"))
        .isADuplicate();
  }

  /** A clock may stand still. */
  @Test
  void it_may_be_of_no_length() {
    session.given(opened()).when(reportGap(TO, TO)).isAcceptedAs(gap(FIRST, TO, TO));
  }

  @Test
  void it_does_not_end_before_it_began() {
    assertThatThrownBy(() -> reportGap(TO, FROM).command())
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("'to' is before 'from'");
  }
}

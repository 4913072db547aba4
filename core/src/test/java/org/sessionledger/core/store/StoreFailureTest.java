package org.sessionledger.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class StoreFailureTest {

  private static final SQLException CAUSE = new SQLException("gone");

  @Test
  void who_was_not_begun_does_not_hear_that_nobody_knows() {
    StoreFailure next = StoreFailure.unknownOutcome(CAUSE).forTheNext();
    assertThat(next).hasMessageStartingWith("no connection to the database").hasRootCause(CAUSE);
    assertThat(next.mayTryAgain()).isFalse();
  }

  @Test
  void other_failures_mean_the_same_to_all() {
    StoreFailure failed = new StoreFailure("cannot write", CAUSE);
    assertThat(failed.forTheNext()).isSameAs(failed);
    assertThat(failed.mayTryAgain()).isTrue();
  }
}

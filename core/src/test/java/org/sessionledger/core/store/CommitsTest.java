package org.sessionledger.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitsTest {

  private final Commits commits = new Commits();

  @Test
  void a_listener_that_fails_in_whatever_way_keeps_nothing_from_the_others() {
    List<Long> heard = new ArrayList<>();
    commits.listen(
        () -> {
          throw new IllegalStateException("by the test's order");
        });
    commits.listen(
        () -> {
          throw new StackOverflowError("by the test's order");
        });
    commits.listen(() -> heard.add(commits.position()));

    commits.reached(3);

    assertThat(heard).containsExactly(3L);
  }

  @Test
  void it_never_goes_back() {
    commits.reached(3);
    commits.reached(2);
    assertThat(commits.position()).isEqualTo(3);
  }
}

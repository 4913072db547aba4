package org.sessionledger.app.openclaw.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.openclaw.Decider;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;

@Timeout(20)
class PatientDeciderTest {

  private static final Predicate<RuntimeException> GONE = IllegalStateException.class::isInstance;

  private final List<String> troubles = new ArrayList<>();

  /** A ledger that fails in one way, or answers that there is nothing. */
  private record Fake(RuntimeException failure) implements Decider {

    @Override
    public List<Ruling> decide(List<Arrival> arrivals) {
      if (failure != null) {
        throw failure;
      }
      return List.of();
    }

    @Override
    public Optional<Replay.LedgerSession> session(SessionKey key, long minVersion) {
      decide(List.of());
      return Optional.empty();
    }
  }

  private static ApiProblem problem(int status) {
    return new ApiProblem(status, "t", "t", "because");
  }

  @Test
  void a_ledger_that_went_away_is_asked_again_where_it_is_now() {
    for (RuntimeException away :
        List.of(new IllegalStateException("Nobody answers."), problem(503), problem(429))) {
      troubles.clear();
      List<Decider> later = new ArrayList<>(List.of(new Fake(away), new Fake(null)));
      PatientDecider patient =
          new PatientDecider(
              new Fake(away),
              () -> Optional.of(later.remove(0)),
              GONE,
              troubles::add,
              Duration.ofMillis(5));
      assertThat(patient.session(new SessionKey("k"), 0)).isEmpty();
      assertThat(troubles).hasSize(2);
      assertThat(troubles.get(0)).contains("does not answer", away.getMessage());
      assertThat(troubles.get(1)).contains("answers again");
      assertThat(patient.decide(List.of())).isEmpty();
    }
  }

  @Test
  void what_asking_again_would_not_mend_is_a_failure() {
    PatientDecider patient =
        new PatientDecider(
            new Fake(problem(400)), Optional::empty, GONE, troubles::add, Duration.ofMillis(5));
    assertThatThrownBy(() -> patient.decide(List.of())).isInstanceOf(ApiProblem.class);
    assertThat(troubles).isEmpty();
  }

  @Test
  void who_is_in_a_hurry_gives_up() {
    PatientDecider patient =
        new PatientDecider(
            new Fake(new IllegalStateException("gone")),
            Optional::empty,
            GONE,
            troubles::add,
            Duration.ofMillis(5));
    patient.hurry();
    assertThatThrownBy(() -> patient.decide(List.of())).hasMessage("gone");
  }
}

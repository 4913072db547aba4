package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MissedTest {

  private final Missed missed = new Missed();

  private static SessionKey key(Object name) {
    return new SessionKey(String.valueOf(name));
  }

  private static Row updated(Long at) {
    return new Row(null, null, null, at, null, null);
  }

  @Test
  void a_session_that_was_not_met_counts_when_it_changed_since_somebody_listened() {
    missed.shown(key("nobody resumed"), updated(100L));
    missed.resumed(100L);
    missed.lost(List.of(new Missed.OpenRun(key("known"), new RunId("r"), 1)));
    missed.shown(key("before"), updated(99L));
    missed.shown(key("then"), updated(100L));
    missed.shown(key("who knows when"), updated(null));
    missed.shown(key("known"), updated(101L));
    Missed.Sessions sessions = missed.take();
    assertThat(sessions.known()).containsExactly(key("known"));
    assertThat(sessions.unknown()).containsExactly(key("then"));
    missed.shown(key("later"), updated(102L));
    assertThat(missed.take()).as("once").isEqualTo(new Missed.Sessions(List.of(), List.of()));
  }

  @Test
  void a_run_is_given_out_once_and_not_when_it_was_heard_of() {
    RunId r = new RunId("r");
    missed.lost(List.of(new Missed.OpenRun(key("k"), r, 1), new Missed.OpenRun(key("l"), r, 1)));
    missed.heardOf(key("l"), r);
    assertThat(missed.takeRuns(key("k"))).hasSize(1);
    assertThat(missed.takeRuns(key("k"))).isEmpty();
    assertThat(missed.takeRuns(key("l"))).isEmpty();
  }

  @Test
  void whatever_a_gateway_lists_it_stays_small() {
    missed.resumed(0L);
    for (int i = 0; i < 60_000; i++) {
      missed.concerns(key("k" + i));
      missed.shown(key("u" + i), updated(1L));
    }
    Missed.Sessions sessions = missed.take();
    assertThat(sessions.known()).hasSize(50_000);
    assertThat(sessions.unknown()).hasSize(5_000);
  }
}

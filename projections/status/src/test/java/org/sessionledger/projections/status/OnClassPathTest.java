package org.sessionledger.projections.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.axonframework.messaging.responsetypes.ResponseTypes;
import org.axonframework.queryhandling.SubscriptionQueryResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.FindStats;
import org.sessionledger.projections.kit.Live;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.Views;

/** A program that has the jar has the view: from the ledger's own door, and by hand. */
class OnClassPathTest {

  private static final SessionKey KEY = new SessionKey("agent:main");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void the_ledger_answers_the_view_s_questions() throws Exception {
    try (Ledger ledger = Ledger.open(folder)) {
      SubscriptionQueryResult<Optional<SessionStatus>, SessionStatus> live =
          Live.session(ledger.queries(), new FindSessionStatus(KEY));
      assertThat(live.initialResult().block(PATIENCE)).isEmpty();

      ledger.session(KEY).start(new RunId("r-1")).complete();

      assertThat(live.updates().take(3).blockLast(PATIENCE).status()).isEqualTo(Status.DONE);
      live.close();
      assertThat(
              ledger
                  .queries()
                  .query(
                      new FindSessionStatus(KEY),
                      ResponseTypes.optionalInstanceOf(SessionStatus.class))
                  .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                  .orElseThrow()
                  .version())
          .isEqualTo(3);
      assertThat(
              ledger
                  .queries()
                  .query(new FindStats(), Stats.class)
                  .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                  .accepted())
          .isEqualTo(3);
    }
    try (Ledger again = Ledger.open(folder)) {
      assertThat(again.queries()).isSameAs(again.queries());
    }
  }

  @Test
  void views_are_found_and_asked_directly() {
    try (Ledger ledger = Ledger.open(folder);
        Views views = Views.open(ledger)) {
      assertThat(Views.onClassPath(ledger)).hasOnlyElementsOfType(SessionStatusView.class);
      ledger.session(KEY);
      assertThat(views.awaitAll(PATIENCE)).isTrue();
      assertThat(views.view(SessionStatusView.class).find(new FindSessionStatus(KEY))).isPresent();
      assertThatThrownBy(() -> views.view(OtherView.class))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no OtherView here, there are [status]");
    }
  }

  private interface OtherView extends View {}
}

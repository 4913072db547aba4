package org.sessionledger.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.RunHandle;
import org.sessionledger.examples.FailuresView.CountFailures;
import org.sessionledger.projections.kit.RebuildReport;
import org.sessionledger.projections.kit.Views;

/** A view of a program's own stands beside ours, and is rebuilt like them. */
class OwnViewTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void it_is_found_on_the_class_path_and_answers() throws Exception {
    try (Ledger ledger = Ledger.open(folder);
        Views views = Views.open(ledger)) {
      for (int i = 0; i < 3; i++) {
        RunHandle run = ledger.session(new SessionKey("k-" + i % 2)).start(new RunId("r-" + i));
        run.fail(i == 0 ? "timeout" : "overloaded", "");
      }
      assertThat(views.awaitAll(PATIENCE)).isTrue();
      assertThat(views.states())
          .extracting(state -> state.name())
          .containsExactlyInAnyOrder("status", "runs", "lineage", "timeline", "failures");
      FailuresView.Counts counts =
          views
              .queries()
              .query(new CountFailures(), FailuresView.Counts.class)
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(counts.byKind()).isEqualTo(Map.of("timeout", 1L, "overloaded", 2L));

      RebuildReport checked = views.rebuilds().check("failures", told -> {});
      assertThat(checked.state()).isEqualTo(RebuildReport.State.DONE);
      assertThat(checked.events()).isEqualTo(8);
      assertThat(checked.mismatches()).isZero();
    }
  }
}

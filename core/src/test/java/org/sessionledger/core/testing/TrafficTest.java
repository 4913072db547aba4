package org.sessionledger.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Senders.Sent;

/** What the tests of faults rely on. */
class TrafficTest {

  @TempDir Path folder;

  @Test
  void seed_9_about_a_third_reports_progress_and_every_command_has_an_id() {
    List<String> keys = IntStream.range(0, 30).mapToObj(i -> "k-" + i).toList();
    try (Ledger ledger = Ledger.open(folder)) {
      List<Sent> sent = Senders.send(ledger, new Traffic(9, "t", keys), 1_500, 64);
      assertThat(sent).allMatch(each -> each.command().has("commandId"));
      assertThat(sent.stream().filter(TrafficTest::isProgress).count()).isBetween(450L, 550L);
      for (Verdict verdict : Verdict.values()) {
        assertThat(sent).anyMatch(each -> each.decision().verdict() == verdict);
      }
    }
  }

  private static boolean isProgress(Sent each) {
    return each.command().path("type").asText().equals("ReportProgress");
  }
}

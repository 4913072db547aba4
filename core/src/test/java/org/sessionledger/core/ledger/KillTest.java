package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.ChildJvm;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.LoadedChild;
import org.sessionledger.core.testing.LoadedChild.Told;

/**
 * kill -9 under load: no decision that a caller held is lost or changed, refusal counts included.
 * More rounds with {@code -Dkill.rounds}.
 */
class KillTest {

  private static final int ROUNDS = Integer.getInteger("kill.rounds", 3);

  @TempDir Path folder;

  @Test
  void seed_31_kills_under_load_lose_no_acknowledged_decision() {
    Random random = new Random(31);
    List<Told> told = new ArrayList<>();
    for (int round = 1; round <= ROUNDS; round++) {
      try (ChildJvm child = ChildJvm.start(LoadedChild.class, folder.toString(), "" + round)) {
        assertThat(child.line()).isEqualTo("open");
        int until = 150 + random.nextInt(350);
        for (int i = 0; i < until; i++) {
          told.add(Told.of(child.line()));
        }
        child.kill();
        for (String line = child.line(); line != null; line = child.line()) {
          // The last line may be cut in the middle: then nobody was told.
          if (line.split(" ").length == 3 && line.length() > 20) {
            told.add(Told.of(line));
          }
        }
      }
      try (Ledger ledger = Ledger.open(folder)) {
        assertKept(ledger, told, round);
      }
    }
  }

  private static void assertKept(Ledger ledger, List<Told> told, int round) {
    Stats stats = LedgerAudit.verify(ledger);
    long untold = (long) round * (LoadedChild.IN_FLIGHT + 1);
    assertThat(stats.arrivals()).isBetween((long) told.size(), told.size() + untold);
    Map<String, String> accepted = new HashMap<>();
    for (RecordedEvent event : LedgerAudit.events(ledger)) {
      accepted.put(
          event.commandId().value(), event.version() + "@" + event.event().sessionKey().value());
    }
    Map<String, Long> refusals = new HashMap<>();
    long duplicates = 0;
    for (Told each : told) {
      if (each.verdict().equals(Verdict.ACCEPTED.code())) {
        assertThat(accepted).containsEntry(each.commandId(), each.place());
      } else if (each.verdict().equals(Verdict.REJECTED.code())) {
        refusals.merge(each.place(), 1L, Long::sum);
      } else {
        duplicates++;
      }
    }
    assertThat(refusals).isNotEmpty();
    assertThat(stats.duplicates()).isBetween(duplicates, duplicates + untold);
    for (Map.Entry<String, Long> each : refusals.entrySet()) {
      LoggedDecision line = ledger.reader().decision(each.getKey()).orElseThrow();
      assertThat(line.count()).isBetween(each.getValue(), each.getValue() + untold);
    }
  }
}

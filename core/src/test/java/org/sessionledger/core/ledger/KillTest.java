package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Acknowledged;
import org.sessionledger.core.testing.ChildJvm;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.Faults;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LoadedChild;
import org.sessionledger.core.testing.OnBothDatabases;
import org.sessionledger.core.testing.Told;

/**
 * kill -9 of a program with a ledger under load: no decision that it held is lost or changed,
 * refusal counts included. The server's own test is the app's. More with {@code -Dfaults.kills}.
 */
@Tag("faults")
class KillTest {

  private static final int ROUNDS = Faults.measure("kills", 1, 15);

  @TempDir Path folder;

  @OnBothDatabases
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void seed_31_kills_under_load_lose_no_acknowledged_decision(Databases on) {
    Random random = new Random(31);
    Acknowledged told = new Acknowledged();
    try (FreshDatabase database = on.fresh(folder)) {
      for (int round = 1; round <= ROUNDS; round++) {
        try (ChildJvm child = ChildJvm.start(LoadedChild.class, database.place(), "" + round)) {
          assertThat(child.line()).isEqualTo("open");
          int until = 400 + random.nextInt(400);
          for (int i = 0; i < until; i++) {
            told.add(Told.of(child.line()));
          }
          child.kill();
          for (String line = child.line(); line != null; line = child.line()) {
            // The last line may be cut in the middle: then nobody was told.
            if (line.endsWith(LoadedChild.END)) {
              told.add(Told.of(line));
            }
          }
          told.untold(LoadedChild.IN_FLIGHT + 1);
        }
        database.awaitTheDead();
        try (Ledger ledger = database.open()) {
          told.assertKept(ledger);
        }
      }
    }
    assertThat(told.count(Verdict.REJECTED)).isPositive();
    assertThat(told.count(Verdict.DUPLICATE)).isPositive();
  }
}

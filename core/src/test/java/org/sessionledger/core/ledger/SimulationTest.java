package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.Senders;
import org.sessionledger.core.testing.Senders.Sent;
import org.sessionledger.core.testing.Traffic;

/**
 * Long traffic over many sessions. The long form: {@code -Dsimulation.commands=1000000
 * -Dsimulation.sessions=10000 -Dsimulation.database=H2}.
 */
class SimulationTest {

  private static final int COMMANDS = Integer.getInteger("simulation.commands", 20_000);
  private static final int SESSIONS = Integer.getInteger("simulation.sessions", 500);
  private static final Databases ON =
      Databases.valueOf(System.getProperty("simulation.database", "H2"));
  private static final int SENDERS = 4;
  private static final int IN_FLIGHT = 64;
  private static final int CHUNK = 2_000;

  @TempDir Path folder;

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void seed_41_everything_adds_up_and_every_session_is_the_fold_of_its_events() {
    try (FreshDatabase database = ON.fresh(folder)) {
      Stats stats;
      try (Ledger ledger = database.open()) {
        List<Supplier<Map<Verdict, Long>>> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
          int sender = i;
          senders.add(() -> send(ledger, sender));
        }
        long begun = System.nanoTime();
        Map<Verdict, Long> told = new HashMap<>();
        for (Map<Verdict, Long> each : Senders.together(senders)) {
          each.forEach((verdict, count) -> told.merge(verdict, count, Long::sum));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        System.out.printf(
            "simulation: %,d commands over %,d sessions on %s in %s, %,d a second; %s%n",
            COMMANDS, SESSIONS, ON, took, COMMANDS * 1_000L / took.toMillis(), told);

        stats = LedgerAudit.verify(ledger);
        assertThat(stats.arrivals()).isEqualTo(COMMANDS / SENDERS * SENDERS);
        assertThat(stats.accepted()).isEqualTo(told.get(Verdict.ACCEPTED));
        assertThat(stats.duplicates()).isEqualTo(told.get(Verdict.DUPLICATE));
        assertThat(stats.rejected()).isEqualTo(told.get(Verdict.REJECTED));
      }
      try (Ledger ledger = database.open()) {
        assertThat(ledger.reader().stats()).isEqualTo(stats);
      }
    }
  }

  /** Each sender owns its sessions, so that the order of their commands is known. */
  private static Map<Verdict, Long> send(Ledger ledger, int sender) {
    List<String> keys =
        IntStream.range(0, SESSIONS)
            .filter(i -> i % SENDERS == sender)
            .mapToObj(i -> "session-" + i)
            .toList();
    Traffic traffic = new Traffic(4_100 + sender, "t" + sender, keys);
    Map<Verdict, Long> told = new HashMap<>();
    Map<SessionKey, Long> versions = new HashMap<>();
    int left = COMMANDS / SENDERS;
    while (left > 0) {
      int now = Math.min(left, CHUNK);
      left -= now;
      for (Sent sent : Senders.send(ledger, traffic, now, IN_FLIGHT)) {
        assertThat(sent.failure()).isNull();
        Decision decision = sent.decision();
        told.merge(decision.verdict(), 1L, Long::sum);
        if (decision.verdict() == Verdict.ACCEPTED) {
          Long before = versions.put(decision.sessionKey(), decision.session().version());
          assertThat(decision.session().version()).isGreaterThan(before == null ? 0 : before);
        }
      }
    }
    return told;
  }
}

package org.sessionledger.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.api.LedgerViews;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerOptions;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Acknowledged;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.Faults;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.Replay;
import org.sessionledger.core.testing.Senders;
import org.sessionledger.core.testing.Senders.Sent;
import org.sessionledger.core.testing.Told;
import org.sessionledger.core.testing.Traffic;
import org.sessionledger.projections.kit.Views;

/**
 * Two nodes whose clocks are an hour apart take commands on the same few sessions, and share the
 * work on all views. More with {@code -Dfaults.hot-rounds} and {@code -Dfaults.hot-commands}.
 */
@Tag("faults")
class HotNodesTest {

  private static final int ROUNDS = Faults.measure("hot-rounds", 1, 10);
  private static final int COMMANDS = Faults.measure("hot-commands", 300, 5_000);
  private static final int SENDERS = 4;
  private static final int IN_FLIGHT = 16;

  @TempDir Path folder;

  private record Node(Ledger ledger, LedgerViews views, Views live) implements AutoCloseable {

    static Node on(Ledger ledger) {
      LedgerViews views = LedgerViews.of(ledger);
      return new Node(ledger, views, Views.open(ledger, views.all()));
    }

    @Override
    public void close() {
      live.close();
      ledger.close();
    }
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void seed_68_two_nodes_on_the_same_hot_sessions_make_one_history_and_one_of_each_view() {
    for (int round = 0; round < ROUNDS; round++) {
      load(68 + round);
    }
  }

  private void load(long seed) {
    List<String> hot = IntStream.range(0, 20).mapToObj(i -> "hot-" + i).toList();
    Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    Acknowledged told = new Acknowledged();
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Node here = Node.on(database.open());
        Node there = Node.on(database.open(LedgerOptions.defaults().with(ahead)))) {
      List<Supplier<Void>> senders = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        Ledger node = i % 2 == 0 ? here.ledger() : there.ledger();
        Traffic traffic = new Traffic(seed * 100 + i, "n" + i, hot);
        senders.add(
            () -> {
              Senders.send(node, traffic, COMMANDS, IN_FLIGHT).forEach(sent -> decided(sent, told));
              return null;
            });
      }
      Senders.together(senders);
      for (Node node : List.of(here, there)) {
        assertThat(told.assertKeptAndNothingElse(node.ledger()).arrivals())
            .isEqualTo((long) SENDERS * COMMANDS);
        RebuiltViews.assertSame(node.ledger(), node.views(), node.live());
      }
      assertThat(told.count(Verdict.REJECTED)).isPositive();
      Replay.againstTheReferenceModel(here.ledger());
      Faults.survived("two nodes on hot sessions", told);
    }
  }

  /** A conflict is the ledger's own affair: no sender hears of one. */
  private static void decided(Sent sent, Acknowledged told) {
    assertThat(sent.failure()).isNull();
    told.add(Told.of(sent.decision()));
  }
}

package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.complete;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.reset;
import static org.sessionledger.core.testing.Order.start;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.HeadLock;
import org.sessionledger.core.testing.HeadLooks;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.Replay;
import org.sessionledger.core.testing.Senders;
import org.sessionledger.core.testing.Senders.Sent;
import org.sessionledger.core.testing.Traffic;

/** Rule 13: with several nodes on one database, every decision is made on current truth. */
class TwoNodesTest {

  @TempDir Path folder;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void two_nodes_decide_on_the_same_hot_sessions_as_one_would(long seed) {
    List<String> hot = IntStream.range(0, 20).mapToObj(i -> "hot-" + i).toList();
    int each = 250;
    Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger here = database.open();
        Ledger there = database.open(LedgerOptions.defaults().with(ahead))) {
      List<Supplier<List<Sent>>> senders = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Ledger node = i % 2 == 0 ? here : there;
        Traffic traffic = new Traffic(seed * 100 + i, "n" + i, hot);
        senders.add(() -> Senders.send(node, traffic, each, 16));
      }
      List<Sent> all = Senders.together(senders).stream().flatMap(List::stream).toList();

      assertThat(all).allMatch(sent -> sent.failure() == null);
      Stats stats = LedgerAudit.verify(here);
      assertThat(stats.arrivals()).isEqualTo(4 * each);
      assertThat(all.stream().filter(sent -> sent.decision().verdict() == Verdict.ACCEPTED))
          .hasSize((int) stats.accepted());
      assertThat(stats.rejected()).isPositive();
      Replay.againstTheReferenceModel(here);
    }
  }

  @Test
  void what_another_node_writes_while_a_failed_group_is_decided_again_is_seen() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger there = database.open()) {
      open("k", "s-1").to(there);
      LedgerAudit.execute(
          there.dataSource(),
          "ALTER TABLE ledger_events ADD CONSTRAINT poison CHECK (command_id <> 'poison')");
      HeadLooks looks = new HeadLooks(database.dataSource());
      try (Ledger here = Ledger.open(looks.dataSource())) {
        CompletableFuture<Decision> first;
        CompletableFuture<Decision> ends;
        CompletableFuture<Decision> poison;
        try (HeadLock held = HeadLock.on(database.dataSource())) {
          first = start("k", "s-1", "r-0").submitTo(here);
          held.awaitAnother();
          // These two make a group, which fails.
          ends = complete("k", "r-1").submitTo(here);
          poison = start("k", "s-1", "r-2").id("poison").submitTo(here);
          // Their own look comes first.
          looks.after(1, () -> start("k", "s-1", "r-1").to(there));
        }
        assertThat(first.join().verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(poison).failsWithin(Duration.ofSeconds(30));
        assertThat(looks.happened()).isTrue();
        assertThat(ends.join().verdict()).isEqualTo(Verdict.ACCEPTED);
        LedgerAudit.verify(here);
      }
    }
  }

  /** A standby that took over without the newest commits, on which others wrote meanwhile. */
  @ParameterizedTest(name = "{0} commits where there were 2")
  @ValueSource(ints = {2, 3})
  void a_database_that_came_back_with_another_history_is_believed(int commits) {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger here = database.open()) {
      open("k", "s-1").to(here);
      start("k", "s-1", "r-1").to(here);
      for (String undo :
          List.of(
              "DELETE FROM ledger_events WHERE position = 2",
              "DELETE FROM ledger_instances",
              "UPDATE ledger_writers SET commits = 1",
              "UPDATE ledger_head SET commits = 1, position = 1, active_runs = 0, accepted = 1")) {
        LedgerAudit.execute(here.dataSource(), undo);
      }
      try (Ledger there = database.open()) {
        assertThat(reset("k", "s-2").to(there).verdict()).isEqualTo(Verdict.ACCEPTED);
        for (int i = 2; i < commits; i++) {
          open("k" + i, "s-1").to(there);
        }
      }

      assertThat(complete("k", "r-1").to(here).verdict()).isEqualTo(Verdict.REJECTED);
      assertThat(start("k", "s-2", "r-2").to(here).verdict()).isEqualTo(Verdict.ACCEPTED);
      LedgerAudit.verify(here);
    }
  }

  /** It has the same events, so that only the refusals can tell. */
  @Test
  void a_refusal_that_was_lost_with_its_database_is_counted_on_a_line_that_exists() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger here = database.open()) {
      open("k", "s-1").to(here);
      complete("k", "nobody").to(here);
      for (String undo :
          List.of(
              "DELETE FROM ledger_decisions",
              "DELETE FROM ledger_rejections",
              "UPDATE ledger_writers SET commits = 1",
              "UPDATE ledger_head SET commits = 1, decision_seq = 0, rejected = 0")) {
        LedgerAudit.execute(here.dataSource(), undo);
      }
      try (Ledger there = database.open()) {
        complete("k", "another").to(there);
        complete("k", "third").to(there);
      }

      complete("k", "nobody").to(here);
      assertThat(LedgerAudit.verify(here).rejected()).isEqualTo(3);
      List<String> runs = new ArrayList<>();
      LedgerAudit.each(
          here.dataSource(),
          "SELECT run_id FROM ledger_decisions ORDER BY seq",
          row -> runs.add(row.getString("run_id")));
      assertThat(runs).containsExactly("another", "third", "nobody");
    }
  }

  @Test
  void a_node_with_an_old_copy_in_memory_refuses_nothing_that_is_valid() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger here = database.open();
        Ledger there = database.open()) {
      open("k", "s-1").to(here);
      for (int i = 2; i <= 10; i++) {
        Ledger rotates = i % 2 == 0 ? here : there;
        Ledger starts = i % 2 == 0 ? there : here;
        start("k", "s-" + (i - 1), "old-" + i).to(starts);
        assertThat(reset("k", "s-" + i).to(rotates).verdict()).isEqualTo(Verdict.ACCEPTED);
        Decision started = start("k", "s-" + i, "new-" + i).to(starts);
        assertThat(started.verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(started.session().generation().number()).isEqualTo(i);
      }
      LedgerAudit.verify(there);
    }
  }

  @Test
  void what_one_node_commits_the_other_sees_long_before_it_would_look() throws Exception {
    int commits = 21;
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger here = database.open();
        Ledger there = database.open();
        BlockingStream<TrackedEventMessage<?>> seen = there.events().openStream(null)) {
      List<Long> millis = new ArrayList<>();
      for (int i = 0; i < commits; i++) {
        open("k" + i, "s-1").to(here);
        long acknowledged = System.nanoTime();
        assertThat(seen.hasNextAvailable(60, TimeUnit.SECONDS)).isTrue();
        millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - acknowledged));
        seen.nextAvailable();
      }
      millis.sort(null);
      // Each begins just after the last one was seen: who only looks now and then takes 500 ms.
      assertThat(millis.get(commits / 2)).as("all: %s", millis).isLessThan(250);
    }
  }

  @Test
  void nodes_may_open_an_empty_database_all_at_once() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder)) {
      List<Supplier<Ledger>> nodes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        nodes.add(database::open);
      }
      List<Ledger> opened = Senders.together(nodes);
      for (int i = 0; i < 4; i++) {
        assertThat(open("k" + i, "s-1").to(opened.get(i)).verdict()).isEqualTo(Verdict.ACCEPTED);
      }
      opened.forEach(Ledger::close);
      assertThat(LedgerAudit.verify(database.dataSource()).sessions()).isEqualTo(4);
    }
  }
}

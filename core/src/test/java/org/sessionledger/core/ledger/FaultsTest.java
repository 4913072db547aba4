package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.testing.Order.complete;
import static org.sessionledger.core.testing.Order.fail;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.progress;
import static org.sessionledger.core.testing.Order.start;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.store.StoreFailure;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FaultyDataSource;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.HeadLock;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.OnBothDatabases;
import org.sessionledger.core.testing.Order;
import org.sessionledger.core.testing.Senders;
import org.sessionledger.core.testing.Senders.Sent;
import org.sessionledger.core.testing.Traffic;

/** Databases and callers that misbehave cost nobody an acknowledged decision. */
class FaultsTest {

  private static final List<String> KEYS = IntStream.range(0, 10).mapToObj(i -> "k-" + i).toList();

  @TempDir Path folder;

  @OnBothDatabases
  void one_bad_entry_fails_alone_and_burns_no_position(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open("k", "s-1").to(ledger);
      LedgerAudit.execute(
          ledger.dataSource(),
          "ALTER TABLE ledger_events ADD CONSTRAINT poison CHECK (command_id <> 'poison')");
      LedgerAudit.execute(
          ledger.dataSource(),
          "ALTER TABLE ledger_decisions ADD CONSTRAINT bad_run CHECK (run_id <> 'bad run')");
      List<CompletableFuture<Decision>> good = new ArrayList<>();
      CompletableFuture<Decision> poison;
      CompletableFuture<Decision> badRefusal;
      try (HeadLock held = HeadLock.on(database.dataSource())) {
        // The first one waits for the head; the others then make one group.
        good.add(start("k", "s-1", "r-0").submitTo(ledger));
        good.add(start("k", "s-1", "r-1").submitTo(ledger));
        good.add(complete("k", "nobody").submitTo(ledger));
        poison = start("k", "s-1", "r-2").id("poison").submitTo(ledger);
        good.add(start("k", "s-1", "r-3").submitTo(ledger));
        badRefusal = complete("k", "bad run").submitTo(ledger);
        good.add(complete("k", "nobody").submitTo(ledger));
        good.add(complete("k", "r-1").submitTo(ledger));
      }
      assertThatThrownBy(poison::join).hasCauseInstanceOf(StoreFailure.class);
      assertThat(poison.handle((decision, failure) -> failure).join())
          .isInstanceOf(StoreFailure.class);
      assertThatThrownBy(badRefusal::join).hasCauseInstanceOf(StoreFailure.class);
      assertThat(good.stream().map(d -> d.join().verdict()))
          .containsExactly(
              Verdict.ACCEPTED,
              Verdict.ACCEPTED,
              Verdict.REJECTED,
              Verdict.ACCEPTED,
              Verdict.REJECTED,
              Verdict.ACCEPTED);
      // The run that was not started is unknown, in memory too.
      assertThat(complete("k", "r-2").to(ledger).verdict()).isEqualTo(Verdict.REJECTED);
      Stats stats = LedgerAudit.verify(ledger);
      assertThat(stats.events()).isEqualTo(5);
      assertThat(stats.arrivals()).isEqualTo(8);
    }
  }

  @Test
  void connections_that_are_cut_cost_nothing_that_was_acknowledged() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger ledger = database.open()) {
      Traffic traffic = new Traffic(11, "cut", KEYS);
      List<Sent> all = new ArrayList<>();
      for (int round = 0; round < 12; round++) {
        List<CompletableFuture<Decision>> waiting = new ArrayList<>();
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
          Order order = Order.of(traffic.next());
          orders.add(order);
          waiting.add(order.submitTo(ledger));
        }
        waiting.get(round * 3).join();
        cutConnections(database);
        for (int i = 0; i < waiting.size(); i++) {
          all.add(settled(ledger, orders.get(i), waiting.get(i)));
          traffic.learned(all.get(all.size() - 1).decision());
        }
      }
      assertEachDecidedOnce(ledger, all);
    }
  }

  /** A failure says that nothing is kept, so the sender sends it again. */
  private static Sent settled(Ledger ledger, Order order, CompletableFuture<Decision> decision) {
    CompletableFuture<Decision> now = decision;
    for (int attempt = 0; attempt < 5; attempt++) {
      try {
        return new Sent(order.json(), now.join(), null);
      } catch (CompletionException e) {
        assertThat(e).hasCauseInstanceOf(StoreFailure.class);
        now = order.submitTo(ledger);
      }
    }
    throw new AssertionError("not decided in five attempts: " + order.json());
  }

  private static void cutConnections(FreshDatabase database) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
          """);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertEachDecidedOnce(Ledger ledger, List<Sent> all) {
    Stats stats = LedgerAudit.verify(ledger);
    assertThat(stats.arrivals()).isEqualTo(all.size());
    Map<String, Long> versions = new HashMap<>();
    for (RecordedEvent event : LedgerAudit.events(ledger)) {
      versions.put(event.commandId().value(), event.version());
    }
    long accepted = 0;
    for (Sent sent : all) {
      if (sent.decision().verdict() == Verdict.ACCEPTED) {
        accepted++;
        assertThat(versions)
            .containsEntry(
                sent.decision().commandId().value(), sent.decision().session().version());
      }
    }
    assertThat(stats.accepted()).isEqualTo(accepted);
  }

  @OnBothDatabases
  void a_commit_whose_answer_is_lost_is_resolved_by_reading_back(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
      List<Sent> all = new ArrayList<>();
      try (Ledger ledger = Ledger.open(faulty.dataSource())) {
        Traffic traffic = new Traffic(12, "lost", KEYS);
        for (int round = 1; round <= 6; round++) {
          faulty.thenRefuseConnections(round % 3);
          if (round % 2 == 0) {
            faulty.loseAnswerOfCommit(2);
          } else {
            faulty.loseCommit(2);
          }
          all.addAll(Senders.send(ledger, traffic, 60, 8));
          assertThat(faulty.faults()).isEqualTo(round);
        }
        assertThat(all).allMatch(sent -> sent.failure() == null);
        assertEachDecidedOnce(ledger, all);
      }
    }
  }

  /** H2 has it before its file does: a view must not know what the file may never know. */
  @Test
  void a_group_that_fails_does_not_show_the_events_of_the_one_before_until_they_are_durable()
      throws Exception {
    try (FreshDatabase database = Databases.H2.fresh(folder)) {
      FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
      try (Ledger ledger = Ledger.open(faulty.dataSource());
          BlockingStream<TrackedEventMessage<?>> seen = ledger.events().openStream(null)) {
        open("k", "s-1").to(ledger);
        LedgerAudit.execute(
            database.dataSource(),
            "ALTER TABLE ledger_events ADD CONSTRAINT poison CHECK (command_id <> 'poison')");
        seen.nextAvailable();
        CompletableFuture<Decision> good;
        try (AutoCloseable held = faulty.holdCheckpoints()) {
          CompletableFuture<Decision> poison;
          try (HeadLock head = HeadLock.on(database.dataSource())) {
            good = start("k", "s-1", "r-1").submitTo(ledger);
            head.awaitAnother();
            poison = start("k", "s-1", "r-2").id("poison").submitTo(ledger);
          }
          assertThat(poison).failsWithin(Duration.ofSeconds(30));
          assertThat(good).isNotDone();
          assertThat(seen.hasNextAvailable()).isFalse();
        }
        assertThat(good.join().verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(seen.hasNextAvailable(30, TimeUnit.SECONDS)).isTrue();
        LedgerAudit.verify(database.dataSource());
      }
    }
  }

  @OnBothDatabases
  void a_database_that_is_away_for_a_moment_during_a_commit_is_waited_for(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
      try (Ledger ledger = Ledger.open(faulty.dataSource())) {
        open("k", "s-1").to(ledger);
        start("k", "s-1", "r-1").to(ledger);
        faulty.thenRefuseConnections(3).loseCommit(1);
        Decision after = progress("k", "r-1").to(ledger);
        assertThat(after.session().version()).isEqualTo(3);
        assertThat(LedgerAudit.verify(database.dataSource()).arrivals()).isEqualTo(3);
      }
    }
  }

  @OnBothDatabases
  void while_a_database_is_away_all_who_wait_fail_at_once_and_later_ones_are_taken(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
      try (Ledger ledger = Ledger.open(faulty.dataSource())) {
        open("k", "s-1").to(ledger);
        faulty.away(true);
        List<CompletableFuture<Decision>> waiting = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
          waiting.add(start("k", "s-1", "r-" + i).submitTo(ledger));
        }
        for (CompletableFuture<Decision> each : waiting) {
          assertThatThrownBy(each::join)
              .cause()
              .isInstanceOf(StoreFailure.class)
              .hasMessageContaining("no connection to the database");
        }
        faulty.away(false);
        assertThat(start("k", "s-1", "r-0").to(ledger).session().version()).isEqualTo(2);
        assertThat(LedgerAudit.verify(database.dataSource()).arrivals()).isEqualTo(2);
      }
    }
  }

  @Test
  void interrupted_callers_harm_nobody() throws InterruptedException {
    List<Sent> all = new ArrayList<>();
    try (FreshDatabase database = Databases.H2.fresh(folder)) {
      try (Ledger ledger = database.open()) {
        List<Thread> victims = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(4);
        List<Supplier<List<Sent>>> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Traffic traffic = new Traffic(20 + i, "i" + i, KEYS);
          senders.add(
              () -> {
                synchronized (victims) {
                  victims.add(Thread.currentThread());
                }
                List<Sent> sent = new ArrayList<>();
                for (int round = 0; round < 30; round++) {
                  sent.addAll(Senders.send(ledger, traffic, 10, 4));
                  readInterrupted(ledger);
                }
                done.countDown();
                return sent;
              });
        }
        Thread storm =
            new Thread(
                () -> {
                  while (done.getCount() > 0) {
                    synchronized (victims) {
                      victims.forEach(Thread::interrupt);
                    }
                    Thread.onSpinWait();
                  }
                });
        storm.start();
        Senders.together(senders).forEach(all::addAll);
        storm.join();
        assertThat(all).allMatch(sent -> sent.failure() == null);
        assertEachDecidedOnce(ledger, all);
      }
      try (Ledger ledger = database.open()) {
        assertEachDecidedOnce(ledger, all);
      }
    }
  }

  /** On a thread that is left alone: H2 tries for ever to read a file that was closed under it. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_reader_that_is_interrupted_while_it_reads_the_file_harms_nobody() throws SQLException {
    try (FreshDatabase database = Databases.H2.fresh(folder)) {
      try (Ledger ledger = database.open()) {
        open("k", "s-1").to(ledger);
        start("k", "s-1", "r-1").to(ledger);
        for (int i = 0; i < 500; i++) {
          progress("k", "r-1").with("note", "n".repeat(1_000)).submitTo(ledger);
        }
      }
      // Opened anew, nothing of it is in memory.
      try (Ledger ledger = database.open();
          Connection connection = ledger.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        Thread.currentThread().interrupt();
        statement.executeQuery("SELECT MAX(command) FROM ledger_events").close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(complete("k", "r-1").to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
        LedgerAudit.verify(ledger);
      }
    }
  }

  /** What an interrupted reader gets is its own affair. */
  private static void readInterrupted(Ledger ledger) {
    Thread.currentThread().interrupt();
    try {
      ledger.reader().eventsAfter(0, 50);
    } catch (StoreFailure e) {
      assertThat(e).hasMessageContaining("cannot read");
    }
  }

  @Test
  void a_full_queue_says_so_and_loses_nothing_of_what_it_took() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger ledger = database.open()) {
      open("k", "s-1").to(ledger);
      List<CompletableFuture<Decision>> taken = new ArrayList<>();
      try (HeadLock held = HeadLock.on(database.dataSource())) {
        assertThatThrownBy(
                () -> {
                  while (taken.size() < 30_000) {
                    taken.add(complete("k", "nobody").submitTo(ledger));
                  }
                })
            .isInstanceOf(LedgerBusy.class)
            .hasMessageContaining("again");
      }
      assertThat(taken).hasSizeBetween(20_000, 21_000);
      assertThat(taken).allMatch(d -> d.join().verdict() == Verdict.REJECTED);
      assertThat(LedgerAudit.verify(ledger).rejected()).isEqualTo(taken.size());
      assertThat(open("k2", "s-1").to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
    }
  }

  @Test
  void what_waits_is_bounded_by_its_length_too() {
    String message = "m".repeat(65_536);
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger ledger = database.open()) {
      open("k", "s-1").to(ledger);
      List<CompletableFuture<Decision>> taken = new ArrayList<>();
      try (HeadLock held = HeadLock.on(database.dataSource())) {
        assertThatThrownBy(
                () -> {
                  while (taken.size() < 1_000) {
                    taken.add(fail("k", "nobody", message).submitTo(ledger));
                  }
                })
            .isInstanceOf(LedgerBusy.class)
            .hasMessageContaining("again");
      }
      int fit = Writer.WAITING_CHARACTERS_MAX / message.length();
      assertThat(taken).hasSizeBetween(fit - 10, fit);
      assertThat(taken).allMatch(d -> d.join().verdict() == Verdict.REJECTED);
      // What was answered gave its room back.
      for (int i = 0; i < fit; i++) {
        fail("k", "nobody", message).to(ledger);
      }
      assertThat(LedgerAudit.verify(ledger).rejected()).isEqualTo(taken.size() + fit);
    }
  }

  @OnBothDatabases
  void closing_finishes_what_was_submitted(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      List<CompletableFuture<Decision>> taken = new ArrayList<>();
      Ledger ledger = database.open();
      for (int i = 0; i < 400; i++) {
        taken.add(open("k-" + i, "s").submitTo(ledger));
      }
      ledger.close();
      assertThat(taken).allMatch(CompletableFuture::isDone);
      assertThat(taken).allMatch(d -> d.join().verdict() == Verdict.ACCEPTED);
      try (Ledger again = database.open()) {
        assertThat(LedgerAudit.verify(again).sessions()).isEqualTo(400);
      }
    }
  }
}

package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.complete;
import static org.sessionledger.core.testing.Order.fail;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.order;
import static org.sessionledger.core.testing.Order.progress;
import static org.sessionledger.core.testing.Order.reset;
import static org.sessionledger.core.testing.Order.start;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.OnBothDatabases;
import org.sessionledger.core.testing.Order;
import org.sessionledger.core.testing.Senders;
import org.sessionledger.core.testing.Senders.Sent;
import org.sessionledger.core.testing.Traffic;

/** What is stored of accepted commands: positions, versions, times, hashes, states, every text. */
class StoredHistoryTest {

  private static final String ROCKET = "\uD83D\uDE80";

  @TempDir Path folder;

  @OnBothDatabases
  void every_arrival_is_counted_once_also_after_concurrent_senders_and_a_restart(Databases on) {
    List<String> keys = IntStream.range(0, 12).mapToObj(i -> "k-" + i).toList();
    try (FreshDatabase database = on.fresh(folder)) {
      Stats before;
      List<Sent> all;
      try (Ledger ledger = database.open()) {
        all =
            Senders.together(
                    IntStream.range(0, 3)
                        .<Supplier<List<Sent>>>mapToObj(
                            i ->
                                () ->
                                    Senders.send(
                                        ledger, new Traffic(70 + i, "t" + i, keys), 500, 32))
                        .toList())
                .stream()
                .flatMap(List::stream)
                .toList();
        before = LedgerAudit.verify(ledger);
      }
      try (Ledger ledger = database.open()) {
        assertThat(LedgerAudit.verify(ledger)).isEqualTo(before);
      }
      assertThat(before.arrivals()).isEqualTo(1_500);
      for (Verdict verdict : Verdict.values()) {
        long told = all.stream().filter(sent -> sent.decision().verdict() == verdict).count();
        long counted =
            switch (verdict) {
              case ACCEPTED -> before.accepted();
              case DUPLICATE -> before.duplicates();
              case REJECTED -> before.rejected();
            };
        assertThat(counted).as(verdict.code()).isEqualTo(told).isPositive();
      }
    }
  }

  @OnBothDatabases
  void recorded_times_never_run_backwards_though_the_clock_does(Databases on) {
    AtomicLong seconds = new AtomicLong(1_800_000_000L);
    Clock backwards =
        new Clock() {
          @Override
          public Instant instant() {
            return Instant.ofEpochSecond(seconds.getAndAdd(-3_600), 123_456_789);
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    try (FreshDatabase database = on.fresh(folder)) {
      Instant first = Instant.ofEpochSecond(1_800_000_000L, 123_456_000);
      for (int round = 0; round < 2; round++) {
        try (Ledger ledger = database.open(LedgerOptions.defaults().with(backwards))) {
          for (int i = 0; i < 5; i++) {
            Decision opened = open("k-" + round + "-" + i, "s").to(ledger);
            assertThat(opened.recordedAt()).isEqualTo(first);
            assertThat(complete("nobody", "r").to(ledger).recordedAt()).isEqualTo(first);
          }
          LedgerAudit.verify(ledger);
        }
      }
    }
  }

  @OnBothDatabases
  void the_longest_keys_and_ids_are_stored_and_found(Databases on) {
    String key = ROCKET.repeat(512);
    String run = "\uD83C\uDF0D".repeat(256);
    String session = "\uD83E\uDD16".repeat(256);
    String command = "\uD83D\uDCE8".repeat(256);
    try (FreshDatabase database = on.fresh(folder)) {
      Order opening = open(key, session).id(command).from(run);
      Order starting = start(key, session, run).id(command.substring(2) + "x").from(run);
      try (Ledger ledger = database.open()) {
        assertThat(opening.to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(starting.to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
        order("BeginCompaction", key).with("compactionId", run).to(ledger);
        order("CompactSession", key)
            .with("compactionId", run)
            .with("newSessionId", run)
            .with("carryRuns", List.of(run))
            .to(ledger);
      }
      try (Ledger ledger = database.open()) {
        assertThat(opening.to(ledger).verdict()).isEqualTo(Verdict.DUPLICATE);
        Decision stale = complete(key, run).with("sessionId", session).from(run).to(ledger);
        assertThat(stale.refusal().reason()).isEqualTo(Reason.STALE_GENERATION);
        assertThat(complete(key, run).to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(open(ROCKET.repeat(513), "s").to(ledger).refusal().field())
            .isEqualTo("sessionKey");
        assertThat(ledger.reader().session(new SessionKey(key)).orElseThrow().version())
            .isEqualTo(5);
        LedgerAudit.verify(ledger);
      }
    }
  }

  @OnBothDatabases
  void texts_keep_every_character_that_there_is(Databases on) {
    String controls =
        IntStream.range(0, 0xA0)
            .filter(c -> c < 0x20 || c >= 0x7F)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    String text = controls + "\"\\/\u2028\u2029\uFEFF\uFFFE\uFFFF\u202E" + ROCKET + "\uDBFF\uDFFD";
    String longest = (text + "x".repeat(100)).repeat(1_000);
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open("k", "s-1").with("reason", text).with("attributes", Map.of("text", text)).to(ledger);
      start("k", "s-1", "r-1").to(ledger);
      assertThat(progress("k", "r-1").with("note", text).to(ledger).verdict())
          .isEqualTo(Verdict.ACCEPTED);
      assertThat(fail("k", "r-1", longest).with("errorKind", text).to(ledger).verdict())
          .isEqualTo(Verdict.ACCEPTED);
      Decision refused = fail("k", "r-2", text).with("reason", text).to(ledger);
      assertThat(ledger.reader().decision(refused.refusal().decisionId()).orElseThrow())
          .satisfies(line -> assertThat(line.first().reason()).isEqualTo(text))
          .satisfies(
              line ->
                  assertThat(line.refusal().presented().get("errorMessage").asText())
                      .isEqualTo(text));
      List<RecordedEvent> events = LedgerAudit.events(ledger);
      assertThat(events.get(0).provenance().reason()).isEqualTo(text);
      assertThat(events.get(0).session().attributes()).containsEntry("text", text);
      assertThat(((SessionEvent.RunProgressed) events.get(2).event()).note()).isEqualTo(text);
      SessionEvent.RunFailed failed = (SessionEvent.RunFailed) events.get(3).event();
      assertThat(failed.errorMessage())
          .isEqualTo(longest.substring(0, failed.errorMessage().length()));
      assertThat(failed.errorMessage().codePointCount(0, failed.errorMessage().length()))
          .isEqualTo(65_536);
      assertThat(failed.errorMessageLength())
          .isEqualTo(longest.codePointCount(0, longest.length()));
      LedgerAudit.verify(ledger);
    }
  }

  @OnBothDatabases
  void the_worst_error_message_and_kind_fit_their_row(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open("k", "s-1").to(ledger);
      start("k", "s-1", "r-1").to(ledger);
      Order worst =
          fail("k", "r-1", "\u0001".repeat(65_536)).with("errorKind", "\u0002".repeat(99_000));
      assertThat(worst.to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(fail("k", "r-2", "\u0001".repeat(65_536)).to(ledger).refusal().reason())
          .isEqualTo(Reason.UNKNOWN_RUN);
      for (String field : List.of("errorKind", "traceparent")) {
        Decision tooLarge = fail("k", "r-3", "!").with(field, "x".repeat(1_000_001)).to(ledger);
        assertThat(tooLarge.refusal().reason()).as(field).isEqualTo(Reason.INVALID);
      }
      LedgerAudit.verify(ledger);
    }
  }

  @OnBothDatabases
  void a_reset_of_a_thousand_open_runs_with_the_longest_ids_fits_one_row(Databases on) {
    String tail = ROCKET.repeat(252);
    try (FreshDatabase database = on.fresh(folder)) {
      try (Ledger ledger = database.open()) {
        open("k", "s-1").to(ledger);
        List<CompletableFuture<Decision>> started = new ArrayList<>();
        for (int i = 1_000; i < 2_000; i++) {
          started.add(start("k", "s-1", i + tail).from(i + tail).submitTo(ledger));
        }
        assertThat(started).allMatch(d -> d.join().verdict() == Verdict.ACCEPTED);
        assertThat(start("k", "s-1", "one more").to(ledger).refusal().reason())
            .isEqualTo(Reason.TOO_MANY_RUNS);
        LedgerAudit.each(
            ledger.dataSource(),
            "SELECT version FROM ledger_snapshots",
            row -> assertThat(row.getLong("version")).isGreaterThanOrEqualTo(750));
      }
      try (Ledger ledger = database.open()) {
        assertThat(order("CompactSession", "k").to(ledger).session().activeRuns()).isEqualTo(1_000);
        assertThat(reset("k", "s-3").to(ledger).session().activeRuns()).isZero();
        assertThat(complete("k", 1_500 + tail).to(ledger).refusal().reason())
            .isEqualTo(Reason.RUN_SUPERSEDED);
        LedgerAudit.verify(ledger);
      }
    }
  }

  @OnBothDatabases
  void interrupting_a_dead_process_ends_its_runs_everywhere_in_the_order_of_their_starts(
      Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      for (String key : List.of("a", "b", "c")) {
        open(key, "s").to(ledger);
      }
      start("b", "s", "r-1").from("gw-1").to(ledger);
      start("a", "s", "r-2").from("gw-1").to(ledger);
      start("b", "s", "r-3").from("gw-1").to(ledger);
      start("c", "s", "r-4").from("gw-2").to(ledger);
      start("b", "s", "r-5").from("gw-2").to(ledger);
      complete("b", "r-3").to(ledger);
      start("a", "s", "r-6").from("gw-1").to(ledger);
      // Its next attempt runs in another process.
      start("b", "s", "r-1").with("attempt", 2).from("gw-2").to(ledger);
      reset("c", "s-2").to(ledger);

      Order dead = order("InterruptRuns", null).with("instance", "gw-1").id("c-dead");
      Decision decision = dead.to(ledger);
      assertThat(decision.interrupted()).isEqualTo(new Decision.Interrupted(1, 2));
      Decision others = order("InterruptRuns", null).with("instance", "gw-2").to(ledger);
      assertThat(others.interrupted()).isEqualTo(new Decision.Interrupted(1, 2));
      List<String> lost =
          LedgerAudit.events(ledger).stream()
              .map(RecordedEvent::event)
              .filter(SessionEvent.RunInterrupted.class::isInstance)
              .map(SessionEvent.RunInterrupted.class::cast)
              .map(e -> e.sessionKey() + " " + e.runId() + " " + e.attempt())
              .toList();
      assertThat(lost).containsExactly("a r-2 1", "a r-6 1", "b r-5 1", "b r-1 2");
      assertThat(dead.to(ledger).interrupted()).isEqualTo(new Decision.Interrupted(1, 2));
      assertThat(order("InterruptRuns", null).with("instance", "gw-1").to(ledger).interrupted())
          .isEqualTo(new Decision.Interrupted(0, 0));
      assertThat(LedgerAudit.verify(ledger).activeRuns()).isZero();
    }
  }

  @OnBothDatabases
  void a_fork_and_a_migration_write_both_sides_or_neither(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open("a", "s").to(ledger);
      open("taken", "s").to(ledger);
      for (String type : List.of("ForkSession", "MigrateSession")) {
        Decision refused = order(type, "a").with("newSessionKey", "taken").to(ledger);
        assertThat(refused.refusal().reason()).isEqualTo(Reason.ALREADY_OPEN);
      }
      assertThat(ledger.reader().position()).isEqualTo(2);
      order("ForkSession", "a").with("newSessionKey", "fork").to(ledger);
      // Two at once to the same new key: one wins, and the other finds it open.
      CompletableFuture<Decision> one =
          order("MigrateSession", "a").with("newSessionKey", "moved").submitTo(ledger);
      CompletableFuture<Decision> two =
          order("MigrateSession", "taken").with("newSessionKey", "moved").submitTo(ledger);
      assertThat(one.join().verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(two.join().refusal().reason()).isEqualTo(Reason.ALREADY_OPEN);
      Decision late = progress("a", "r").to(ledger);
      assertThat(late.refusal().reason()).isEqualTo(Reason.SESSION_MIGRATED);
      assertThat(late.refusal().movedTo()).isEqualTo(new SessionKey("moved"));
      assertThat(
              LedgerAudit.events(ledger).stream()
                  .map(e -> e.event().type() + " " + e.event().sessionKey()))
          .containsExactly(
              "SessionOpened a",
              "SessionOpened taken",
              "SessionForked a",
              "SessionOpened fork",
              "SessionMigrated a",
              "SessionOpened moved");
      LedgerAudit.verify(ledger);
    }
  }
}

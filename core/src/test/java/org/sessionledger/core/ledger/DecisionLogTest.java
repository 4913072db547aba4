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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.SupersededBy;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.store.JdbcLedgerReader;
import org.sessionledger.core.store.LedgerReader.DecisionQuery;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.OnBothDatabases;
import org.sessionledger.core.testing.Order;

/** Rules 9, 11 and 12: refusals are durable, lossless and flood-safe, and name the way out. */
class DecisionLogTest {

  private static final String KEY = "agent:main:slack:channel:C1";
  private static final SessionKey SESSION = new SessionKey(KEY);

  @TempDir Path folder;

  @OnBothDatabases
  void totals_fit_each_other_while_they_grow(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").to(ledger);
      AtomicBoolean over = new AtomicBoolean();
      CompletableFuture<Void> sender =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; !over.get(); i++) {
                  complete(KEY, "nobody-" + i).to(ledger);
                }
              });
      try {
        for (int i = 0; i < 150; i++) {
          Stats stats = ledger.reader().stats();
          assertThat(stats.rejectedByReason().values().stream().mapToLong(n -> n).sum())
              .isEqualTo(stats.rejected());
        }
      } finally {
        over.set(true);
        sender.join();
      }
    }
  }

  @OnBothDatabases
  void a_refusal_is_there_for_every_reader_when_its_caller_hears_of_it(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      JdbcLedgerReader reader = new JdbcLedgerReader(database.dataSource());
      try (Ledger ledger = database.open()) {
        open(KEY, "s-1").to(ledger);
        for (int i = 0; i < 50; i++) {
          String run = "nobody-" + i;
          LoggedDecision seen =
              complete(KEY, run)
                  .submitTo(ledger)
                  .thenApply(d -> reader.decision(d.refusal().decisionId()).orElseThrow())
                  .join();
          assertThat(seen.runId()).isEqualTo(run);
          assertThat(seen.refusal().reason()).isEqualTo(Reason.UNKNOWN_RUN);
        }
        LedgerAudit.verify(ledger);
      }
    }
  }

  @OnBothDatabases
  void a_flood_of_one_refusal_is_one_line_with_every_arrival_counted(Databases on) {
    int flood = 10_000;
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").to(ledger);
      List<CompletableFuture<Decision>> all = new ArrayList<>();
      Order late = fail(KEY, "r-gone", "late").from("gw-1");
      for (int i = 1; i <= flood; i++) {
        all.add(late.with("errorMessage", "late " + i).id("c-" + i).submitTo(ledger));
      }
      String decisionId = all.get(0).join().refusal().decisionId();
      assertThat(all).allMatch(d -> d.join().refusal().decisionId().equals(decisionId));

      LoggedDecision line = ledger.reader().decision(decisionId).orElseThrow();
      assertThat(line.count()).isEqualTo(flood);
      assertThat(line.firstCommand().get("commandId").asText()).isEqualTo("c-1");
      assertThat(line.firstCommand().get("errorMessage").asText()).isEqualTo("late 1");
      assertThat(line.lastCommand().get("commandId").asText()).isEqualTo("c-" + flood);
      assertThat(line.lastAt()).isAfterOrEqualTo(line.firstAt());
      assertThat(line.afterVersion()).isEqualTo(1);
      assertThat(LedgerAudit.rowCounts(ledger.dataSource()))
          .containsEntry("ledger_decisions", 1L)
          .containsEntry("ledger_commands", 0L)
          .containsEntry("ledger_events", 1L);
      Stats stats = LedgerAudit.verify(ledger);
      assertThat(stats.rejected()).isEqualTo(flood);
      assertThat(stats.rejectedByReason()).containsOnly(Map.entry("unknown-run", 10_000L));
    }
  }

  @OnBothDatabases
  void another_source_run_attempt_type_or_generation_is_another_line(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").to(ledger);
      Order late = complete(KEY, "r-gone").from("gw-1");
      List<Order> different =
          List.of(
              late,
              late.from("gw-2"),
              complete(KEY, "r-gone"),
              complete(KEY, "r-other").from("gw-1"),
              late.with("attempt", 1),
              late.with("sessionId", "s-1"),
              late.with("generation", 1),
              progress(KEY, "r-gone").from("gw-1"));
      different.forEach(order -> order.to(ledger));
      different.forEach(order -> order.to(ledger));
      assertThat(refusals(ledger)).hasSize(8).allMatch(line -> line.count() == 2);

      reset(KEY, "s-2").to(ledger);
      late.to(ledger);
      assertThat(refusals(ledger)).hasSize(9);
      assertThat(refusals(ledger).get(8).current().generation().number()).isEqualTo(2);
      LedgerAudit.verify(ledger);
    }
  }

  private static List<LoggedDecision> refusals(Ledger ledger) {
    return ledger.reader().refusalsOf(SESSION, 0, 1_000);
  }

  @OnBothDatabases
  void duplicates_are_counted_the_same_way_over_a_restart(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      Order again = open(KEY, "s-1").from("gw-1").id("c-1");
      for (int round = 0; round < 2; round++) {
        try (Ledger ledger = database.open()) {
          List<CompletableFuture<Decision>> all = new ArrayList<>();
          for (int i = 0; i < 500; i++) {
            all.add(again.submitTo(ledger));
          }
          all.forEach(CompletableFuture::join);
        }
      }
      try (Ledger ledger = database.open()) {
        List<LoggedDecision> lines =
            ledger
                .reader()
                .decisions(new DecisionQuery(Verdict.DUPLICATE, null, SESSION, null, 100));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).count()).isEqualTo(999);
        assertThat(LedgerAudit.verify(ledger).arrivals()).isEqualTo(1_000);
      }
    }
  }

  @OnBothDatabases
  void a_refusal_names_what_superseded_the_generation(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").to(ledger);
      start(KEY, "s-1", "r-1").to(ledger);
      // All in one group as a rule: the refusal is decided on a reset that is not written yet.
      CompletableFuture<Decision> reset =
          reset(KEY, "s-2").with("actor", "ada").with("reason", "stuck").submitTo(ledger);
      Decision together = complete(KEY, "r-1").submitTo(ledger).join();
      Decision later = complete(KEY, "r-1").with("sessionId", "s-1").to(ledger);
      SupersededBy by =
          new SupersededBy("SessionReset", 3, reset.join().recordedAt(), "ada", "stuck");
      for (Decision refused : List.of(together, later)) {
        assertThat(refused.refusal().supersededBy()).isEqualTo(by);
        assertThat(refused.refusal().ended().number()).isEqualTo(1);
        assertThat(refused.refusal().next()).isNotBlank();
        assertThat(ledger.reader().decision(refused.refusal().decisionId()).orElseThrow().refusal())
            .isEqualTo(refused.refusal());
      }
      assertThat(together.refusal().reason()).isEqualTo(Reason.RUN_SUPERSEDED);
      assertThat(later.refusal().reason()).isEqualTo(Reason.STALE_GENERATION);
    }
  }

  @OnBothDatabases
  void what_is_malformed_is_kept_with_what_came(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      List<String> lines =
          List.of(
              "{\"type\":\"ReportProgress\",\"sessionKey\":\"k\",\"runID\":\"r\"}",
              "{\"type\":\"Res\\u0000et\",\"sessionKey\":\"k\"}",
              "{\"type\":7,\"sessionKey\":\"k\\u0000\"}",
              "{\"sessionKey\":\"\\ud800\"}",
              "{\"type\":\"" + "\uD83D\uDE80".repeat(1_000) + "\"}",
              "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"source\":{\"pid\":1}}",
              "[1,2]",
              "null",
              "{\"a\":1,\"a\":2}",
              "\"\\u0000\"",
              "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"reason\":\""
                  + "x".repeat(99_999)
                  + "\"}",
              "not json \u0000 at all",
              "{\"commandId\":\"c\\u0000\"}");
      for (String line : lines) {
        Decision decision = ledger.submit(CommandJson.readLine(line, Ledger::newCommandId)).join();
        assertThat(decision.refusal().reason()).as(line).isEqualTo(Reason.INVALID);
        assertThat(ledger.reader().decision(decision.refusal().decisionId())).as(line).isPresent();
      }
      Stats stats = LedgerAudit.verify(ledger);
      assertThat(stats.rejected()).isEqualTo(lines.size());
      assertThat(stats.sessions()).isZero();
      LoggedDecision first = ledger.reader().refusalsOf(new SessionKey("k"), 0, 1).get(0);
      assertThat(first.firstCommand().at("/received/runID").asText()).isEqualTo("r");
      assertThat(first.refusal().field()).isEqualTo("runId");
    }
  }

  @OnBothDatabases
  void a_dry_run_decides_on_the_stored_state_and_leaves_no_trace(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").id("c-1").to(ledger);
      start(KEY, "s-1", "r-1").from("gw-1").to(ledger);
      Map<String, Long> rows = LedgerAudit.rowCounts(ledger.dataSource());
      Stats stats = ledger.reader().stats();

      Decision reset = reset(KEY, "s-2").dryRun().to(ledger);
      assertThat(reset.verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(reset.session().generation().number()).isEqualTo(2);
      assertThat(reset.dryRun()).isTrue();
      Decision refused = complete(KEY, "r-9").dryRun().to(ledger);
      assertThat(refused.refusal().reason()).isEqualTo(Reason.UNKNOWN_RUN);
      assertThat(refused.refusal().decisionId()).isNull();
      assertThat(open(KEY, "s-1").dryRun().to(ledger).verdict()).isEqualTo(Verdict.DUPLICATE);
      assertThat(open(KEY, "s-1").id("c-1").dryRun().to(ledger).verdict())
          .isEqualTo(Verdict.DUPLICATE);
      assertThat(open("new", "s-1").id("c-2").dryRun().to(ledger).verdict())
          .isEqualTo(Verdict.ACCEPTED);
      assertThat(
              order("ForkSession", KEY).with("newSessionKey", "new").dryRun().to(ledger).verdict())
          .isEqualTo(Verdict.ACCEPTED);
      assertThat(
              order("InterruptRuns", null)
                  .with("instance", "gw-1")
                  .dryRun()
                  .to(ledger)
                  .interrupted())
          .isEqualTo(new Decision.Interrupted(1, 1));
      assertThat(order("Nonsense", KEY).dryRun().to(ledger).refusal().reason())
          .isEqualTo(Reason.INVALID);

      assertThat(LedgerAudit.rowCounts(ledger.dataSource())).isEqualTo(rows);
      assertThat(ledger.reader().stats()).isEqualTo(stats);
      // Nothing of them stayed in memory either.
      assertThat(complete(KEY, "r-1").to(ledger).session().version()).isEqualTo(3);
      assertThat(open("new", "s-7").id("c-2").to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
      LedgerAudit.verify(ledger);
    }
  }

  @OnBothDatabases
  void dry_runs_among_commands_see_all_before_them_and_none_after(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-0").submitTo(ledger);
      List<CompletableFuture<Decision>> real = new ArrayList<>();
      List<CompletableFuture<Decision>> dry = new ArrayList<>();
      for (int i = 1; i <= 30; i++) {
        real.add(reset(KEY, "s-" + i).submitTo(ledger));
        dry.add(reset(KEY, "s-" + (i + 1)).dryRun().submitTo(ledger));
      }
      for (int i = 0; i < 30; i++) {
        assertThat(real.get(i).join().session().generation().number()).isEqualTo(i + 2);
        assertThat(dry.get(i).join().session().generation().number()).isEqualTo(i + 3);
      }
      assertThat(LedgerAudit.verify(ledger).events()).isEqualTo(31);
    }
  }
}

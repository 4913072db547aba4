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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.OnBothDatabases;
import org.sessionledger.core.testing.Order;

/** Rule 7: an accepted command's id is remembered, over the whole ledger and for ever. */
class IdempotencyTest {

  private static final String KEY = "agent:main:slack:channel:C1";

  @TempDir Path folder;

  @OnBothDatabases
  void the_same_command_again_gets_the_first_answer_also_after_a_rotation_and_a_restart(
      Databases on) {
    Order start = start(KEY, "s-1", "r-1").id("c-start").from("gw-1");
    Decision first;
    try (FreshDatabase database = on.fresh(folder)) {
      try (Ledger ledger = database.open()) {
        open(KEY, "s-1").to(ledger);
        first = start.to(ledger);
        assertThat(first.verdict()).isEqualTo(Verdict.ACCEPTED);
        complete(KEY, "r-1").to(ledger);
        assertFirstAnswer(start.to(ledger), first);

        reset(KEY, "s-2").to(ledger);
        assertFirstAnswer(start.to(ledger), first);
      }
      try (Ledger ledger = database.open()) {
        assertFirstAnswer(start.with("reason", "once more").to(ledger), first);
        Stats stats = LedgerAudit.verify(ledger);
        assertThat(stats.events()).isEqualTo(4);
        assertThat(stats.duplicates()).isEqualTo(3);
      }
    }
  }

  private static void assertFirstAnswer(Decision again, Decision first) {
    assertThat(again.verdict()).isEqualTo(Verdict.DUPLICATE);
    assertThat(again.session()).isEqualTo(first.session());
    assertThat(again.recordedAt()).isEqualTo(first.recordedAt());
    assertThat(again.commandType()).isEqualTo(first.commandType());
    assertThat(again.refusal()).isNull();
  }

  @Test
  void another_node_knows_the_id_at_once() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Ledger here = database.open();
        Ledger there = database.open()) {
      Decision first = open(KEY, "s-1").id("c-1").to(here);
      assertFirstAnswer(open(KEY, "s-1").id("c-1").to(there), first);
      Decision reused = open(KEY, "s-2").id("c-1").to(there);
      assertThat(reused.refusal().reason()).isEqualTo(Reason.COMMAND_ID_REUSED);
      LedgerAudit.verify(there);
    }
  }

  @OnBothDatabases
  void an_id_with_other_content_is_rejected_whatever_the_session(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").id("c-1").to(ledger);
      for (Order other :
          List.of(
              open("another", "s-1").id("c-1"),
              open(KEY, "s-9").id("c-1"),
              reset(KEY, "s-2").id("c-1"),
              order("InterruptRuns", null).with("instance", "gw").id("c-1"))) {
        assertThat(other.to(ledger).refusal().reason()).isEqualTo(Reason.COMMAND_ID_REUSED);
      }
      assertThat(ledger.reader().position()).isEqualTo(1);
      LedgerAudit.verify(ledger);
    }
  }

  @OnBothDatabases
  void times_texts_and_counters_are_not_content(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").to(ledger);
      start(KEY, "s-1", "r-1").to(ledger);
      progress(KEY, "r-1").with("note", "half").with("tokens", 5).id("c-p").to(ledger);
      Decision again =
          progress(KEY, "r-1")
              .with("note", "all")
              .with("tokens", 9)
              .with("occurredAt", "2026-05-31T09:00:00Z")
              .from("gw-2")
              .id("c-p")
              .to(ledger);
      assertThat(again.verdict()).isEqualTo(Verdict.DUPLICATE);
      fail(KEY, "r-1", "one way").id("c-f").to(ledger);
      assertThat(fail(KEY, "r-1", "or another").id("c-f").to(ledger).verdict())
          .isEqualTo(Verdict.DUPLICATE);
    }
  }

  @OnBothDatabases
  void a_refused_command_is_decided_anew_under_its_id(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      Order start = start(KEY, "s-1", "r-1").id("c-1");
      assertThat(start.to(ledger).refusal().reason()).isEqualTo(Reason.UNKNOWN_SESSION);
      open(KEY, "s-1").to(ledger);
      assertThat(start.to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(start.to(ledger).verdict()).isEqualTo(Verdict.DUPLICATE);
      assertThat(complete(KEY, "r-1").id("c-1").to(ledger).refusal().reason())
          .isEqualTo(Reason.COMMAND_ID_REUSED);
    }
  }

  @OnBothDatabases
  void one_id_sent_by_many_at_once_is_accepted_once(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").to(ledger);
      List<CompletableFuture<Decision>> all =
          IntStream.range(0, 200)
              .mapToObj(i -> start(KEY, "s-1", "r-" + i % 10).id("c-" + i % 10).submitTo(ledger))
              .toList();
      assertThat(all.stream().filter(d -> d.join().verdict() == Verdict.ACCEPTED)).hasSize(10);
      Stats stats = LedgerAudit.verify(ledger);
      assertThat(stats.duplicates()).isEqualTo(190);
      assertThat(stats.events()).isEqualTo(11);
    }
  }

  @OnBothDatabases
  void a_fork_and_a_command_over_every_session_give_their_first_answers_again(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open(KEY, "s-1").to(ledger);
      start(KEY, "s-1", "r-1").from("gw-1").to(ledger);
      Order fork = order("ForkSession", KEY).with("newSessionKey", "fork").id("c-fork");
      Decision forked = fork.to(ledger);
      Order interrupt = order("InterruptRuns", null).with("instance", "gw-1").id("c-int");
      Decision interrupted = interrupt.to(ledger);
      assertThat(interrupted.interrupted()).isEqualTo(new Decision.Interrupted(1, 1));
      Order nobody = order("InterruptRuns", null).with("instance", "gw-9").id("c-none");
      assertThat(nobody.to(ledger).interrupted()).isEqualTo(new Decision.Interrupted(0, 0));

      start(KEY, "s-1", "r-2").from("gw-1").to(ledger);
      assertFirstAnswer(fork.to(ledger), forked);
      assertFirstAnswer(interrupt.to(ledger), interrupted);
      assertThat(interrupt.to(ledger).interrupted()).isEqualTo(new Decision.Interrupted(1, 1));
      assertThat(nobody.to(ledger).interrupted()).isEqualTo(new Decision.Interrupted(0, 0));
      assertThat(ledger.reader().stats().activeRuns()).isEqualTo(1);
      LedgerAudit.verify(ledger);
    }
  }
}

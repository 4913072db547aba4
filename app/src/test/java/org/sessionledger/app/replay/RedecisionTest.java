package org.sessionledger.app.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.complete;
import static org.sessionledger.core.testing.Order.fail;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.order;
import static org.sessionledger.core.testing.Order.progress;
import static org.sessionledger.core.testing.Order.reset;
import static org.sessionledger.core.testing.Order.start;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.store.audit.BadBundle;
import org.sessionledger.core.store.audit.BundleWriter;
import org.sessionledger.core.store.audit.Forger;
import org.sessionledger.core.testing.Traffic;

/** The same program decides the same again, whatever else happened in the ledger meanwhile. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RedecisionTest {

  @TempDir private Path folder;

  @Test
  void what_other_sessions_had_to_do_with_it_is_made_so_again() {
    try (Ledger ledger = Ledger.open(folder)) {
      progress("k", "r-0").to(ledger);
      order("OpenSession", "k").to(ledger);
      open("k", "other").to(ledger);
      open("taken", "t-1").id("of-taken").to(ledger);
      order("StartRun", "k").with("generation", 1).with("runId", "r-1").from("gw-1").to(ledger);
      order("StartRun", "k").with("generation", 1).with("runId", "r-2").from("gw-1").to(ledger);
      order("ForkSession", "k").with("newSessionKey", "taken").to(ledger);
      order("ForkSession", "k").with("newSessionKey", "free").to(ledger);
      order("ForkSession", "k").with("newSessionKey", "free").to(ledger);
      order("ResetSession", "k").id("of-taken").to(ledger);
      order("InterruptRuns", null).with("instance", "gw-1").to(ledger);
      complete("k", "r-1").to(ledger);
      order("ResetSession", "k").id("r").to(ledger);
      order("ResetSession", "k").id("r").to(ledger);
      order("CompactSession", "k").with("sessionId", "no").to(ledger);
      fail("k", "r-2", "one").to(ledger);
      fail("k", "r-2", "two").to(ledger);
      order("Nonsense", "k").to(ledger);
      order("StartRun", "k").with("runId", 7).to(ledger);
      order("CloseSession", "k").to(ledger);
      progress("k", "r-2").to(ledger);
      order("ReopenSession", "k").to(ledger);
      order("StartRun", "k")
          .with("generation", 3)
          .with("runId", "r-9")
          .with("attempt", 5)
          .to(ledger);
      order("MigrateSession", "k").with("newSessionKey", "moved").to(ledger);
      progress("k", "r-2").to(ledger);
      progress("moved", "r-2").to(ledger);
      start("free", "no", "r").to(ledger);

      for (String key : List.of("k", "taken", "free", "moved")) {
        Redecision.Report report = again(ledger, key);
        assertThat(report.differences()).as(key).isEmpty();
        assertThat(report.different()).isZero();
        assertThat(report.notRepeatable()).isZero();
      }
      Redecision.Report report = again(ledger, "k");
      assertThat(report.accepted()).isEqualTo(10);
      assertThat(report.duplicates()).isEqualTo(1);
      assertThat(report.steps()).isEqualTo(report.accepted() + 1 + report.rejected());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void everyday_traffic_is_decided_the_same_again(long seed) {
    try (Ledger ledger = Ledger.open(folder)) {
      List<String> keys = List.of("a", "b", "c");
      Traffic one = new Traffic(seed, "one", keys);
      Traffic other = new Traffic(seed + 100, "other", keys);
      for (int i = 0; i < 400; i++) {
        Traffic traffic = i % 3 == 0 ? other : one;
        traffic.learned(
            ledger.submit(CommandJson.read(traffic.next(), Ledger::newCommandId)).join());
      }
      for (String key : keys) {
        Redecision.Report report = again(ledger, key);
        assertThat(report.differences()).as(key).isEmpty();
        assertThat(report.accepted()).isPositive();
        assertThat(report.rejected()).isPositive();
      }
    }
  }

  /** A record that this program did not write, hashes and all: another version may have been. */
  @Test
  void what_would_be_decided_otherwise_is_told_with_both_sides() {
    try (Ledger ledger = Ledger.open(folder)) {
      open("k", "s-1").to(ledger);
      start("k", "s-1", "r-1").from("gw-1").to(ledger);
      reset("k", "s-2").to(ledger);
      fail("k", "r-1", "late").to(ledger);
      progress("k", "r-1").to(ledger);
      Forger forger = new Forger(ledger.dataSource());
      forger.execute(
          "UPDATE ledger_decisions SET reason = 'run-ended',"
              + " refusal = REPLACE(refusal, 'run-superseded', 'run-ended') WHERE seq = 1");
      forger.execute(
          "UPDATE ledger_decisions SET current_standing ="
              + " REPLACE(current_standing, 'idle', 'done') WHERE seq = 2");
      forger.execute(
          "UPDATE ledger_events SET event = REPLACE(event, 'gw-1', 'gw-7') WHERE version = 2");
      forger.rehash();
      forger.rehashLines();
      Redecision.Report report = again(ledger, "k");
      assertThat(report.different()).isEqualTo(3);
      Difference event = report.differences().get(0);
      assertThat(event.step()).isEqualTo(2);
      assertThat(event.commandType()).isEqualTo("StartRun");
      assertThat(event.recorded().at("/events/0/instance").asText()).isEqualTo("gw-7");
      assertThat(event.now().at("/events/0/instance").asText()).isEqualTo("gw-1");
      Difference reason = report.differences().get(1);
      assertThat(reason.step()).isEqualTo(4);
      assertThat(reason.decisionId()).isNotEmpty();
      assertThat(reason.recorded().toString())
          .isEqualTo("{\"verdict\":\"rejected\",\"reason\":\"run-ended\"}");
      assertThat(reason.now().toString())
          .isEqualTo("{\"verdict\":\"rejected\",\"reason\":\"run-superseded\"}");
      Difference session = report.differences().get(2);
      assertThat(session.recorded().at("/session/status").asText()).isEqualTo("done");
      assertThat(session.now().at("/session/status").asText()).isEqualTo("idle");
    }
  }

  @Test
  void without_the_fence_a_late_event_would_have_shown_a_failure_that_is_none() {
    try (Ledger ledger = Ledger.open(folder)) {
      open("k", "s-1").to(ledger);
      start("k", "s-1", "r-1").to(ledger);
      reset("k", "s-2").to(ledger);
      order("FailRun", "k").with("runId", "r-1").with("sessionId", "s-2").to(ledger);
      ByKey.Report report = byKey(ledger, "k");
      assertThat(report.steps()).isEqualTo(4);
      assertThat(report.refused()).isEqualTo(1);
      assertThat(report.wrong()).isEqualTo(1);
      assertThat(report.wrongByRefused()).isEqualTo(1);
      assertThat(report.wrongAtEnd()).isTrue();
      assertThat(report.firstWrong()).isEqualTo(4);
      ByKey.Shown last = report.items().get(3);
      assertThat(last.shown()).isEqualTo(new ByKey.Row("s-2", "failed", "r-1"));
      assertThat(last.ledger()).isEqualTo(new ByKey.Truth("s-2", 2, "idle", 0));
      assertThat(last.reason()).isEqualTo("run-superseded");
      assertThat(report.summary())
          .startsWith(
              "Without the fence, a store by key would have been wrong after 1 of 4 arrivals, 1"
                  + " times by what the ledger refused, first at ")
          .endsWith(
              "(FailRun of r-1); in the end it would display failed of session s-2 where the ledger"
                  + " has idle of s-2.");
    }
  }

  @Test
  void where_nothing_came_late_both_display_the_same() {
    try (Ledger ledger = Ledger.open(folder)) {
      open("k", "s-1").to(ledger);
      start("k", "s-1", "r-1").to(ledger);
      complete("k", "r-1").to(ledger);
      order("ResetSession", "k").to(ledger);
      order("CloseSession", "k").to(ledger);
      order("ReopenSession", "k").to(ledger);
      order("ForkSession", "k").with("newSessionKey", "fork").to(ledger);
      order("MigrateSession", "k").with("newSessionKey", "moved").to(ledger);
      for (String key : List.of("k", "fork", "moved")) {
        ByKey.Report report = byKey(ledger, key);
        assertThat(report.items()).allMatch(item -> !item.differs());
        assertThat(report.wrong()).isZero();
        assertThat(report.firstWrong()).isNull();
      }
    }
  }

  private static Redecision.Report again(Ledger ledger, String key) {
    try {
      return Redecision.of(new ByteArrayInputStream(bundle(ledger, key)), key);
    } catch (IOException | BadBundle e) {
      throw new IllegalStateException(e);
    }
  }

  private static ByKey.Report byKey(Ledger ledger, String key) {
    try {
      return ByKey.of(new ByteArrayInputStream(bundle(ledger, key)), key);
    } catch (IOException | BadBundle e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bundle(Ledger ledger, String key) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      BundleWriter.of(ledger.dataSource(), new SessionKey(key)).orElseThrow().write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}

package org.sessionledger.core.store.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.complete;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.order;
import static org.sessionledger.core.testing.Order.progress;
import static org.sessionledger.core.testing.Order.start;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.OnBothDatabases;
import org.sessionledger.core.testing.Traffic;

/** An honest ledger is intact, and whatever is changed in one is found, at its place. */
class VerificationTest {

  /** So small that everything is forgotten and read again, many times. */
  private static final Limits TINY = new Limits(7, 2_000, 1, 100, 0, 3);

  @TempDir Path folder;

  @OnBothDatabases
  void an_honest_ledger_is_intact(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      assertThat(verify(ledger.dataSource()).head().at()).isEqualTo(new Checkpoint(0, 0));
      tellStory(ledger, 400);
      Stats stats = ledger.reader().stats();
      Verified found = verify(ledger.dataSource());
      assertThat(found.firstBreak()).isNull();
      assertThat(found.events()).isEqualTo(stats.position());
      assertThat(found.sessions()).isEqualTo(stats.sessions());
      assertThat(found.decisions()).isPositive();
      assertThat(found.snapshots()).isPositive();
      assertThat(found.then()).isNull();

      Verified inSmallSteps =
          Verification.verify(
              ledger.dataSource(),
              new Checkpoint(stats.position() / 2, found.decisions() / 2),
              Verification.Progress.NONE,
              TINY);
      assertThat(inSmallSteps.firstBreak()).isNull();
      assertThat(inSmallSteps.head()).isEqualTo(found.head());
      assertThat(inSmallSteps.snapshots()).isEqualTo(found.snapshots());
      assertThat(inSmallSteps.then().position()).isEqualTo(stats.position() / 2);
      assertThat(inSmallSteps.then().events()).isNotEqualTo(found.head().events());
    }
  }

  @OnBothDatabases
  void a_ledger_at_work_is_intact_and_its_past_stays_the_same(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      tellStory(ledger, 100);
      LedgerHead early = verify(ledger.dataSource()).head();
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                Traffic traffic = new Traffic(7, "live", List.of("a", "b", "new"));
                while (!enough.get()) {
                  traffic.learned(
                      ledger.submit(CommandJson.read(traffic.next(), Ledger::newCommandId)).join());
                }
              });
      try {
        long before = early.position();
        for (int i = 0; i < 20; i++) {
          Verified now =
              Verification.verify(
                  ledger.dataSource(), early.at(), Verification.Progress.NONE, Limits.USUAL);
          assertThat(now.firstBreak()).isNull();
          assertThat(now.then()).isEqualTo(early);
          assertThat(now.events()).isGreaterThanOrEqualTo(before);
          before = now.events();
        }
      } finally {
        enough.set(true);
        writer.join();
      }
    }
  }

  @OnBothDatabases
  void whatever_is_changed_is_found_at_its_place(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      DataSource dataSource = database.dataSource();
      long last;
      try (Ledger ledger = database.open()) {
        tellStory(ledger, 400);
        last = ledger.reader().position();
      }
      Forger forger = new Forger(dataSource);
      List<String> failures = new ArrayList<>();
      forgeries(last)
          .forEach(
              (sql, expected) -> {
                for (String each : sql.split(";")) {
                  forger.execute(each);
                }
                Break found = verify(dataSource).firstBreak();
                String told =
                    found == null
                        ? "nothing"
                        : found.check()
                            + (found.position() == null ? "" : " at " + found.position())
                            + (found.seq() == null ? "" : " line " + found.seq());
                if (!told.equals(expected)) {
                  failures.add(sql + "\n  is told as " + told + ", not as " + expected);
                }
                forger.undo(sql);
              });
      assertThat(failures).isEmpty();
      assertThat(verify(dataSource).firstBreak()).isNull();
    }
  }

  private static final String ONE_SAVED =
      " WHERE session_no = (SELECT MIN(session_no) FROM whole_ledger_snapshots)";

  /** What is done, and what must be found. */
  private static Map<String, String> forgeries(long last) {
    Map<String, String> all = new LinkedHashMap<>();
    String events = "UPDATE ledger_events SET ";
    all.put(events + "event = REPLACE(event, 's-1', 's-9') WHERE position = 1", "hash at 1");
    all.put(events + "event = '{}' WHERE position = 3", "event at 3");
    all.put(events + "type = 'Nothing' WHERE position = 3", "event at 3");
    all.put(events + "command = REPLACE(command, '}', ' }') WHERE position = 4", "hash at 4");
    all.put(events + "command_type = 'OpenSession' WHERE position = 4", "hash at 4");
    all.put(
        events + "session = REPLACE(session, '\"runs\":', '\"runs\": ') WHERE position = 5",
        "hash at 5");
    all.put(events + "hash = 'x' WHERE position = 6", "hash at 6");
    all.put(
        events + "recorded_at = recorded_at + INTERVAL '1' HOUR WHERE position = " + last,
        "hash at " + last);
    all.put(
        events + "recorded_at = recorded_at - INTERVAL '1' HOUR WHERE position = " + last,
        "recorded-at at " + last);
    all.put(events + "generation = generation + 1 WHERE position = 7", "generation at 7");
    all.put(events + "active_runs = 77 WHERE position = 7", "active-runs at 7");
    all.put(events + "command_id = 'another' WHERE position = 8", "command-id at 8");
    all.put(events + "command_id = NULL WHERE position = 7", "command-id at 8");
    all.put(events + "command_id = NULL WHERE position = " + last, "command-id at " + last);
    all.put(events + "version = 9999 WHERE position = 9", "version at 9");
    all.put(events + "session_no = 9999 WHERE position = 9", "session-no at 9");
    all.put("DELETE FROM ledger_events WHERE position = 10", "position at 10");
    all.put("DELETE FROM ledger_events WHERE position = " + last, "position at " + last);
    all.put(
        "UPDATE ledger_sessions SET session_key = 'z' WHERE session_no = 1", "session-key at 1");
    all.put("DELETE FROM ledger_sessions WHERE session_no = 1", "session-key at 1");
    all.put("INSERT INTO ledger_sessions VALUES (9999, 'z')", "sessions");
    all.put("DELETE FROM ledger_commands WHERE command_id = 'everywhere'", "command-id at 6");
    all.put("DELETE FROM ledger_commands WHERE command_id = 'nothing-there'", "head-accepted");
    String head = "UPDATE ledger_head SET ";
    all.put(head + "position = position - 1", "head-position");
    all.put(head + "position = position + 1", "position at " + (last + 1));
    all.put(head + "decision_seq = decision_seq - 1", "head-seq");
    all.put(head + "sessions = sessions + 1", "head-sessions");
    all.put(head + "active_runs = active_runs + 1", "head-active-runs");
    all.put(head + "accepted = accepted + 1", "head-accepted");
    all.put(head + "duplicates = duplicates + 1", "head-duplicates");
    all.put(head + "rejected = rejected - 1", "head-rejected");
    all.put(head + "recorded_at = recorded_at - INTERVAL '1' DAY", "head-recorded-at");
    all.put("UPDATE ledger_rejections SET arrivals = arrivals + 1", "rejections");
    all.put("UPDATE ledger_snapshots SET state = '{}'" + ONE_SAVED, "snapshot");
    all.put(
        "UPDATE ledger_snapshots SET state = REPLACE(state, 'false', 'true')" + ONE_SAVED,
        "snapshot");
    all.put("UPDATE ledger_snapshots SET version = 99999" + ONE_SAVED, "snapshot");
    all.put("DELETE FROM ledger_runs WHERE session_no = 1 AND run_id = 'r-1'", "facts");
    all.put("UPDATE ledger_runs SET status = 'done' WHERE status = 'interrupted'", "facts");
    all.put("UPDATE ledger_runs SET status = 'odd' WHERE run_id = 'r-1'", "facts");
    all.put("UPDATE ledger_runs SET generation = generation + 1 WHERE session_no = 2", "facts");
    all.put("INSERT INTO ledger_runs VALUES (1, 'stray', 1, 1, 'done')", "facts");
    all.put(
        "UPDATE ledger_generations SET session_id = 'z' WHERE session_no = 1 AND generation = 1",
        "facts");
    all.put(
        "UPDATE ledger_generations SET in_place = in_place + 7 WHERE session_no = 1 AND generation = 2",
        "facts");
    all.put("UPDATE ledger_generations SET ended_position = NULL", "facts");
    all.put("UPDATE ledger_generations SET ended_position = ended_position + 1", "facts");
    all.put("DELETE FROM ledger_compactions WHERE compaction_id = 'c-1'", "facts");
    all.put("UPDATE ledger_compactions SET state = 'BEGUN' WHERE state = 'COMPLETED'", "facts");
    all.put("UPDATE ledger_compactions SET state = 'ODD' WHERE compaction_id = 'c-2'", "facts");
    all.put("UPDATE ledger_compactions SET attempt = attempt + 1", "facts");
    all.put("DELETE FROM ledger_instances WHERE instance = 'gw-2'", "instance at 9");
    String lines = "UPDATE ledger_decisions SET ";
    all.put(
        lines + "first_command = REPLACE(first_command, '}', ' }') WHERE seq = 2", "hash line 2");
    all.put(lines + "reason = 'invalid' WHERE seq = 1", "hash line 1");
    all.put(lines + "session_key = 'z' WHERE seq = 2", "hash line 2");
    all.put(lines + "verdict = 'duplicate' WHERE seq = 1", "hash line 1");
    all.put(lines + "after_position = after_position + 1 WHERE seq = 3", "hash line 3");
    all.put(lines + "current_standing = NULL WHERE seq = 3", "hash line 3");
    all.put(lines + "after_version = 99 WHERE seq = 3", "after-version line 3");
    all.put(lines + "arrivals = 0 WHERE seq = 3", "arrivals line 3");
    all.put(lines + "arrivals = arrivals + 1 WHERE seq = 1", "head-rejected");
    all.put(lines + "last_after_position = 0 WHERE seq = 3", "after-position line 3");
    all.put(lines + "last_at = first_at - INTERVAL '1' DAY WHERE seq = 3", "recorded-at line 3");
    all.put(
        lines + "refusal = REPLACE(refusal, 'unknown-session', 'invalid') WHERE seq = 1",
        "hash line 1");
    all.put(lines + "refusal = REPLACE(refusal, 'r-0', 'r-8') WHERE seq = 2", "hash line 2");
    all.put(lines + "coalesce_key = 'z' WHERE seq = 2", "hash line 2");
    all.put(lines + "run_id = 'r-8' WHERE seq = 2", "run line 2");
    all.put(lines + "attempt = 7 WHERE seq = 2", "attempt line 2");
    all.put("DELETE FROM ledger_decisions WHERE seq = 4", "seq line 4");
    // The line before it takes its number: the gap moves to the end, the chain tells.
    all.put(
        "DELETE FROM ledger_decisions WHERE seq = 1;"
            + "UPDATE ledger_decisions SET seq = 1 WHERE seq = 2",
        "hash line 1");
    return all;
  }

  @OnBothDatabases
  void who_makes_the_hashes_fit_again_is_found_by_what_events_fold_to(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      DataSource dataSource = database.dataSource();
      LedgerHead kept;
      try (Ledger ledger = database.open()) {
        tellStory(ledger, 100);
        kept = verify(dataSource).head();
      }
      Forger forger = new Forger(dataSource);
      forger.execute(
          "UPDATE ledger_events SET session = REPLACE(session, '\"running\"', '\"failed\"')"
              + " WHERE position = 2");
      forger.rehash();
      Break found = verify(dataSource).firstBreak();
      assertThat(found.check()).isEqualTo("session");
      assertThat(found.position()).isEqualTo(2);
      assertThat(found.sessionKey()).isEqualTo("a");
      assertThat(found.expected()).contains("\"running\"");
      assertThat(found.found()).contains("\"failed\"");

      // Whoever makes that fit, too, is found by a head that was kept elsewhere, and by it alone.
      forger.undo();
      forger.execute("UPDATE ledger_events SET command = REPLACE(command, 'gw-1', 'gw-8')");
      forger.rehash();
      Verified rewritten = Verification.verify(dataSource, kept.at(), Verification.Progress.NONE);
      assertThat(rewritten.firstBreak()).isNull();
      assertThat(rewritten.then().decisions()).isEqualTo(kept.decisions());
      assertThat(rewritten.then().events()).isNotEqualTo(kept.events());
    }
  }

  @OnBothDatabases
  void a_ledger_that_was_cut_does_not_reach_a_head_that_was_kept(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open("k", "s-1").to(ledger);
      Verified found =
          Verification.verify(
              ledger.dataSource(), new Checkpoint(2, 0), Verification.Progress.NONE);
      assertThat(found.intact()).isTrue();
      assertThat(found.then()).isNull();
    }
  }

  @OnBothDatabases
  void progress_is_told_up_to_the_end(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      tellStory(ledger, 50);
      Map<String, Long> told = new LinkedHashMap<>();
      Verified found =
          Verification.verify(
              ledger.dataSource(), null, (part, done, total) -> told.put(part, done), TINY);
      assertThat(told).isEqualTo(Map.of("events", found.events(), "decisions", found.decisions()));
    }
  }

  /** All kinds of commands, then everyday traffic of a fixed seed. */
  private static void tellStory(Ledger ledger, int commands) {
    progress("nowhere", "r").to(ledger); // line 1, without a session
    open("a", "s-1").id("open-a").to(ledger);
    start("a", "s-1", "r-1").from("gw-1").to(ledger);
    open("b", "s-1").to(ledger);
    start("b", "s-1", "r-1").from("gw-1").to(ledger);
    progress("a", "r-0").to(ledger); // line 2
    order("InterruptRuns", null).with("instance", "gw-1").id("everywhere").to(ledger);
    order("InterruptRuns", null).with("instance", "gw-0").id("nothing-there").to(ledger);
    progress("a", "r-9").to(ledger); // line 3
    order("ForkSession", "a").with("newSessionKey", "fork \ud83d\ude00").to(ledger);
    start("a", "s-1", "r-2").from("gw-2").to(ledger);
    start("a", "s-1", "r-3").from("gw-2").to(ledger);
    order("InterruptRuns", "a").with("instance", "gw-2").id("quoted \" \\ id").to(ledger);
    open("old", "s-1").to(ledger);
    order("MigrateSession", "old").with("newSessionKey", "new place").to(ledger);
    order("OpenSession", "a").with("sessionId", "s-1").to(ledger); // a duplicate
    order("BeginCompaction", "a").with("sessionId", "s-1").with("compactionId", "c-1").to(ledger);
    order("AbandonCompaction", "a").with("sessionId", "s-1").with("compactionId", "c-1").to(ledger);
    order("BeginCompaction", "a").with("sessionId", "s-1").with("compactionId", "c-1").to(ledger);
    order("BeginCompaction", "a").with("sessionId", "s-1").with("compactionId", "c-2").to(ledger);
    order("CompactSession", "a").with("sessionId", "s-1").with("compactionId", "c-2").to(ledger);
    order("CompactSession", "a").with("generation", 2).with("compactionId", "c-3").to(ledger);
    order("Nonsense", "a").to(ledger);
    Traffic traffic = new Traffic(42, "t", List.of("b"));
    for (int i = 0; i < commands; i++) {
      traffic.learned(ledger.submit(CommandJson.read(traffic.next(), Ledger::newCommandId)).join());
    }
    complete("a", "r-1").to(ledger);
  }

  private static Verified verify(DataSource dataSource) {
    return Verification.verify(dataSource, null, Verification.Progress.NONE);
  }
}

package org.sessionledger.app.openclaw.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.openclaw.Recording;
import org.sessionledger.app.openclaw.RecordingReplay;
import org.sessionledger.app.openclaw.ReplayListener;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TextStoreImportTest extends ImportingTest {

  private static final String RACE = "agent:main:reset-grace";
  private static final String OLD = "335ee6bb-7194-4a64-ab33-340b1d90e1fd";
  private static final String FRESH = "651001ed-6a1d-4cf2-a948-d11f8899cdb7";
  private static final String FAILED = "agent-1795413821849";

  @TempDir private Path folder;

  /** What the gateway of the recording left on disk, under some key. */
  private TextStore race(String key) throws IOException {
    return new TextStore(folder)
        .row(
            key,
            FRESH,
            Map.of("status", "failed", "startedAt", 1795413857421L, "endedAt", 1795413857421L))
        .reset(OLD, 1795413853733L, 1795413858382L)
        .transcript(FRESH + ".jsonl", FRESH, 1795413858383L)
        .run(key, OLD, "chat-1795413821848", 1795413854600L, 1795413854980L, "success")
        .run(key, OLD, FAILED, 1795413856800L, 1795413857415L, "error");
  }

  @Test
  void the_torn_row_of_the_race_would_have_been_refused_and_twice_adds_nothing()
      throws IOException {
    String key = "agent:main:race";
    TextStore store = race(key);
    Import done = importing(store.state());
    assertThat(generations(key))
        .containsExactly("1 " + OLD + " SessionOpened", "2 " + FRESH + " SessionReset");
    assertThat(runs(key)).containsExactly("chat-1795413821848#1 1 done", FAILED + "#1 1 failed");
    assertThat(status(key)).isEqualTo("idle");
    assertThat(done.rejectedByReason()).isEmpty();
    assertThat(done.accepted()).isEqualTo(6);
    assertThat(done.wouldRefuse())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.runId()).isEqualTo(FAILED);
              assertThat(change.reason()).isEqualTo("run-superseded");
              assertThat(change.where()).isEqualTo("agents/main/sessions/sessions.json:2");
            });
    assertThat(done.differences())
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.shown().status()).isEqualTo("failed");
              assertThat(d.ledger().status()).isEqualTo("idle");
              assertThat(d.runId()).isEqualTo(FAILED);
            });
    JsonNode reset = timeline(key).get(5);
    assertThat(reset.path("occurredAt").asText()).isEqualTo("2026-11-23T06:04:18.382Z");
    assertThat(reset.path("reason").asText())
        .isEqualTo(
            "reset: its transcript was archived, agents/main/sessions/"
                + OLD
                + ".jsonl.reset.2026-11-23T06-04-18.382Z");

    Import again = importing(store.state());
    assertThat(again.arrivals()).isZero();
    assertThat(again.sessionsKnown()).isEqualTo(1);
    assertThat(again.wouldRefuse()).isEqualTo(done.wouldRefuse());
    assertThat(again.differences()).isEqualTo(done.differences());
  }

  /** Written by the real program: the race in one session, a reset that cut a run in another. */
  @Test
  void a_store_of_the_real_gateway() throws Exception {
    Import done = importing(recording("2026.5.28-disk"));
    assertThat(done.unreadable()).isEmpty();
    assertThat(done.torn()).isEmpty();
    assertThat(done.rejectedByReason()).isEmpty();
    assertThat(runs("agent:main:one"))
        .containsExactly("run-good-1#1 1 done", "run-fail-1#1 1 failed");
    assertThat(runs("agent:main:two"))
        .containsExactly("run-wait-1#1 1 superseded", "run-good-2#1 2 done");
    assertThat(status("agent:main:one")).isEqualTo("idle");
    assertThat(done.wouldRefuse())
        .extracting(Import.WouldRefuse::runId, Import.WouldRefuse::reason)
        .containsExactlyInAnyOrder(
            tuple("run-wait-1", "run-superseded"), tuple("run-fail-1", "run-superseded"));
    // The gateway stopped before its 15 s were over: the row still says running.
    assertThat(done.differences())
        .extracting(d -> d.sessionKey() + " " + d.shown().status() + " " + d.ledger().status())
        .containsExactlyInAnyOrder("agent:main:one failed idle", "agent:main:three running failed");
  }

  @Test
  void after_a_replay_of_the_same_gateway_nothing_is_added() throws Exception {
    RecordingReplay.replay(
        List.of(Recording.of(recording("2026.5.28/reset-in-error-grace.jsonl"))),
        decider(),
        ReplayListener.NONE);
    List<String> runs = runs(RACE);
    Import done = importing(race(RACE).state());
    assertThat(done.arrivals()).isZero();
    assertThat(runs(RACE)).isEqualTo(runs);
    assertThat(done.wouldRefuse()).hasSize(1);
  }

  private static Path recording(String name) throws URISyntaxException {
    return Path.of(TextStoreImportTest.class.getResource("/openclaw/" + name).toURI());
  }

  @Test
  void what_the_store_has_since_the_last_import_is_added() throws IOException {
    String key = "agent:main:since";
    TextStore store =
        new TextStore(folder)
            .row(key, "s-1", Map.of("status", "running", "startedAt", T + 10))
            .transcript("s-1.jsonl", "s-1", T)
            .run(key, "s-1", "r-1", T + 10, 0, null);
    assertThat(importing(store.state()).accepted()).isEqualTo(2);
    assertThat(status(key)).isEqualTo("running");
    store
        .traced(
            "s-1.trajectory.jsonl",
            key,
            "s-1",
            "r-1",
            3,
            T + 20,
            "session.ended",
            "{\"status\":\"success\"}")
        .run(key, "s-1", "r-2", T + 30, T + 40, "interrupted");
    Files.move(store.file("s-1.jsonl"), store.file(TextStore.archive("s-1", "reset", T + 50)));
    store
        .transcript("s-2.jsonl", "s-2", T + 50)
        .run(key, "s-2", "r-3", T + 60, T + 70, "success")
        .row(key, "s-2", Map.of("status", "done", "startedAt", T + 60, "endedAt", T + 70));
    assertThat(importing(store.state()).accepted()).isEqualTo(6);
    assertThat(runs(key)).containsExactly("r-1#1 1 done", "r-2#1 1 aborted", "r-3#1 2 done");
    assertThat(importing(store.state()).arrivals()).isZero();
  }

  /** A life with two turns in place, a run that was tried again, and a reset at its end. */
  private TextStore eventful(Path state, String key) throws IOException {
    TextStore store =
        new TextStore(state)
            .row(key, key + "-b", Map.of())
            .reset(key + "-a", T, T + 400)
            .transcript(key + "-b.jsonl", key + "-b", T + 400);
    String archive = TextStore.archive(key + "-a", "reset", T + 400);
    for (int at = 100; at <= 200; at += 100) {
      store.line(
          archive,
          "{\"type\":\"compaction\",\"timestamp\":\"%s\"}".formatted(TextStore.iso(T + at)));
    }
    return store
        .run(key, key + "-a", "r-1", T + 10, T + 20, "error")
        .run(key, key + "-a", "r-1", T + 30, T + 40, "error")
        .run(key, key + "-a", "r-1", T + 50, T + 60, "success")
        .run(key, key + "-a", "r-2", T + 150, T + 160, "success")
        .run(key, key + "-a", "r-3", T + 250, T + 260, "interrupted")
        .run(key, key + "-b", "r-4", T + 450, 0, null);
  }

  @Test
  void wherever_an_import_was_killed_the_next_one_adds_what_is_missing() throws IOException {
    List<String> generations =
        List.of(
            "1 -a SessionOpened",
            "2 -a SessionCompacted",
            "3 -a SessionCompacted",
            "4 -b SessionReset");
    List<String> runs =
        List.of(
            "r-1#1 1 failed",
            "r-1#2 1 failed",
            "r-1#3 1 done",
            "r-2#1 2 done",
            "r-3#1 3 aborted",
            "r-4#1 4 running");
    for (int commands = 0; commands <= 15; commands++) {
      String key = "k:killed-" + commands;
      Path state = folder.resolve(Integer.toString(commands));
      eventful(state, key);
      importingUpTo(commands, state);
      Import done = importing(state);
      assertThat(done.rejected()).as("after %d", commands).isZero();
      assertThat(done.accepted()).isEqualTo(15 - commands);
      assertThat(generations(key))
          .as("after %d", commands)
          .containsExactlyElementsOf(
              generations.stream().map(g -> g.replace(" -", " " + key + "-")).toList());
      assertThat(runs(key)).as("after %d", commands).containsExactlyElementsOf(runs);
      assertThat(importing(state).arrivals()).isZero();
    }
  }

  @Test
  void an_attempt_that_goes_on_is_not_ended_by_the_end_of_the_one_before() throws IOException {
    String key = "k:retried";
    TextStore store =
        new TextStore(folder)
            .row(key, "a", Map.of("status", "running", "startedAt", T + 30))
            .transcript("a.jsonl", "a", T)
            .run(key, "a", "r", T + 10, T + 20, "error");
    importing(store.state());
    store.run(key, "a", "r", T + 30, 0, null);
    assertThat(importing(store.state()).accepted()).isEqualTo(1);
    assertThat(importing(store.state()).arrivals()).isZero();
    assertThat(runs(key)).containsExactly("r#1 1 failed", "r#2 1 running");
    store.traced(
        "a.trajectory.jsonl",
        key,
        "a",
        "r",
        3,
        T + 40,
        "session.ended",
        "{\"status\":\"success\"}");
    assertThat(importing(store.state()).accepted()).isEqualTo(1);
    assertThat(runs(key)).containsExactly("r#1 1 failed", "r#2 1 done");
  }

  @Test
  void the_next_run_that_only_the_row_shows_is_another_one() throws IOException {
    String key = "k:rows-only";
    TextStore store =
        new TextStore(folder)
            .row(key, "a", Map.of("status", "done", "startedAt", T + 10, "endedAt", T + 20))
            .transcript("a.jsonl", "a", T);
    assertThat(importing(store.state()).accepted()).isEqualTo(3);
    store.row(key, "a", Map.of("status", "failed", "startedAt", T + 30, "endedAt", T + 40));
    assertThat(importing(store.state()).accepted()).isEqualTo(2);
    assertThat(importing(store.state()).arrivals()).isZero();
    assertThat(runs(key)).hasSize(2);
    assertThat(status(key)).isEqualTo("failed");
  }

  @Test
  void a_compaction_carries_a_run_and_keeps_its_tokens() throws IOException {
    String key = "agent:main:compact";
    Map<String, ?> checkpoint =
        Map.of(
            "checkpointId",
            "c",
            "sessionKey",
            key,
            "createdAt",
            T + 100,
            "reason",
            "manual",
            "tokensBefore",
            9_012,
            "tokensAfter",
            830,
            "summary",
            "## Goal",
            "preCompaction",
            Map.of("sessionId", "a", "leafId", "l"),
            "postCompaction",
            Map.of("sessionId", "b", "leafId", "l2"));
    String compaction =
        "{\"type\":\"compaction\",\"id\":\"x\",\"timestamp\":\"%s\",\"tokensBefore\":9012}"
            .formatted(TextStore.iso(T + 99));
    TextStore store =
        new TextStore(folder)
            .row(
                key,
                "b",
                Map.of(
                    "status",
                    "done",
                    "startedAt",
                    T + 50,
                    "endedAt",
                    T + 200,
                    "compactionCheckpoints",
                    List.of(checkpoint)))
            .transcript("a.jsonl", "a", T)
            .line("a.jsonl", compaction)
            .line(
                "2026_b.jsonl",
                "{\"type\":\"session\",\"version\":3,\"id\":\"b\",\"timestamp\":\"%s\","
                        .formatted(TextStore.iso(T + 101))
                    + "\"parentSession\":\"/x/a.jsonl\"}")
            .line("2026_b.jsonl", compaction)
            .run(key, "a", "r", T + 50, T + 199, "success");
    Import done = importing(store.state());
    assertThat(done.torn()).isEmpty();
    assertThat(done.differences()).isEmpty();
    assertThat(generations(key)).containsExactly("1 a SessionOpened", "2 b SessionCompacted");
    assertThat(runs(key)).containsExactly("r#1 2 done");
    assertThat(timeline(key).toString()).contains("\"tokensAfter\":830");
  }

  @Test
  void what_only_the_row_shows_is_marked_as_inferred() throws IOException {
    TextStore store =
        new TextStore(folder)
            .row("k:row", "s", Map.of("status", "done", "startedAt", T + 1, "endedAt", T + 2))
            .transcript("s.jsonl", "s", T)
            .row(
                "k:lost",
                "l",
                Map.of(
                    "status",
                    "failed",
                    "startedAt",
                    T + 1,
                    "endedAt",
                    T + 9_000,
                    "abortedLastRun",
                    true))
            .transcript("l.jsonl", "l", T)
            .run("k:lost", "l", "r", T + 2, 0, null)
            .row("k:new", "n", Map.of())
            .row(
                "k:family",
                "f-2",
                Map.of(
                    "usageFamilyKey", "k:family", "usageFamilySessionIds", List.of("f-1", "f-2")))
            .transcript("f-2.jsonl", "f-2", T + 5);
    Import done = importing(store.state());
    assertThat(done.differences()).isEmpty();
    assertThat(runs("k:row"))
        .singleElement()
        .satisfies(run -> assertThat(run).startsWith("inferred-").endsWith("#1 1 done"));
    assertThat(timeline("k:row").toString()).contains("\"inferred\":true");
    assertThat(runs("k:lost")).containsExactly("r#1 1 interrupted");
    assertThat(status("k:new")).isEqualTo("idle");
    assertThat(generations("k:family"))
        .containsExactly("1 f-1 SessionOpened", "2 f-2 SessionReset");
    assertThat(importing(store.state()).arrivals()).isZero();
  }

  @Test
  void late_ends_and_second_ends_are_told_and_not_said() throws IOException {
    String key = "k:late";
    TextStore store =
        new TextStore(folder)
            .row(key, "b", Map.of())
            .reset("a", T, T + 100)
            .transcript("b.jsonl", "b", T + 100)
            .run(key, "a", "late", T + 10, T + 1_500, "success")
            .run(key, "a", "twice", T + 20, T + 30, "interrupted")
            .traced(
                "a.trajectory.jsonl",
                key,
                "a",
                "twice",
                4,
                T + 31,
                "session.ended",
                "{\"status\":\"error\"}");
    Import done = importing(store.state());
    assertThat(done.rejectedByReason()).isEmpty();
    assertThat(runs(key)).containsExactly("late#1 1 superseded", "twice#1 1 aborted");
    assertThat(done.wouldRefuse())
        .extracting(Import.WouldRefuse::runId, Import.WouldRefuse::reason)
        .containsExactlyInAnyOrder(
            tuple("late", "run-superseded"), tuple("twice", "run-superseded"));
    assertThat(status(key)).isEqualTo("idle");
  }

  @Test
  void a_retried_run_a_deleted_session_and_one_created_again() throws IOException {
    String key = "k:deleted";
    TextStore store =
        new TextStore(folder)
            .row(key, "b", Map.of())
            .transcript(TextStore.archive("a", "deleted", T + 100), "a", T)
            .transcript(TextStore.archive("b", "deleted", T + 300), "b", T + 200)
            .run(key, "a", "r", T + 10, T + 20, "error")
            .run(key, "a", "r", T + 30, T + 40, "success")
            .run(key, "b", "q", T + 210, T + 220, "success")
            .withoutRow(key);
    Import done = importing(store.state());
    assertThat(done.rejectedByReason()).isEmpty();
    assertThat(generations(key)).containsExactly("1 a SessionOpened", "2 b SessionReopened");
    assertThat(runs(key)).containsExactly("r#1 1 failed", "r#2 1 done", "q#1 2 done");
    assertThat(status(key)).isEqualTo("closed");
    assertThat(importing(store.state()).arrivals()).isZero();
  }

  @Test
  void a_torn_file_is_read_by_its_records() throws IOException {
    String key = "k:torn";
    TextStore store =
        new TextStore(folder)
            .row(key, "new", Map.of())
            .transcript(TextStore.archive("x", "reset", T + 100), "old", T)
            .transcript("x.jsonl", "new", T + 100)
            .transcript("nobody.jsonl", "nobody", T)
            .run(key, "old", "r", T + 10, T + 20, "success");
    Files.move(store.file("old.trajectory.jsonl"), store.file("x.trajectory.jsonl"));
    Import done = importing(store.state());
    assertThat(generations(key)).containsExactly("1 old SessionOpened", "2 new SessionReset");
    assertThat(done.torn())
        .containsExactly(
            "agents/main/sessions/x.jsonl: its first record is of session id new",
            "agents/main/sessions/"
                + TextStore.archive("x", "reset", T + 100)
                + ": its first record is of session id old",
            "agents/main/sessions/x.trajectory.jsonl: its first record is of session id old");
    assertThat(done.unnamedTranscripts()).isEqualTo(1);
  }

  /** 2026.5.28 does it when a run is being prepared while the session is reset. */
  @Test
  void a_reset_that_the_gateway_undid_was_one_and_is_told() throws IOException {
    String key = "t:undone";
    new TextStore(folder)
        .row(key, "u", Map.of("status", "done", "startedAt", T + 200, "endedAt", T + 210))
        .reset("u", T, T + 100)
        .run(key, "u", "r-1", T + 10, T + 20, "success")
        .run(key, "u", "r-2", T + 200, T + 210, "success");
    Import done = importing(folder);
    assertThat(done.rejectedByReason()).isEmpty();
    assertThat(done.differences()).isEmpty();
    assertThat(done.torn())
        .hasSize(1)
        .allMatch(t -> t.contains("session id u had ended, and is the current one of t:undone"));
    assertThat(generations(key)).containsExactly("1 u SessionOpened", "2 u SessionReset");
    assertThat(runs(key)).containsExactly("r-1#1 1 done", "r-2#1 2 done");
    assertThat(importing(folder).arrivals()).isZero();
  }

  @Test
  void a_row_of_a_session_id_that_was_deleted_began_nothing_anew() throws IOException {
    String key = "t:kept";
    new TextStore(folder)
        .row(key, "d", Map.of())
        .transcript(TextStore.archive("d", "deleted", T + 100), "d", T)
        .run(key, "d", "r-1", T + 10, T + 20, "success");
    assertThat(importing(folder).torn()).isEmpty();
    assertThat(generations(key)).containsExactly("1 d SessionOpened");
  }

  @Test
  void a_fork_has_its_source() throws IOException {
    TextStore store =
        new TextStore(folder)
            .row(
                "k:child",
                "child",
                Map.of("forkedFromParent", true, "parentSessionKey", "k:parent"))
            .row("k:parent", "parent", Map.of())
            .transcript("parent.jsonl", "parent", T)
            .line(
                "child.jsonl",
                "{\"type\":\"session\",\"id\":\"child\",\"timestamp\":\"%s\",\"parentSession\":"
                        .formatted(TextStore.iso(T + 5))
                    + "\"/x/parent.jsonl\"}");
    Import done = importing(store.state());
    assertThat(done.rejectedByReason()).isEmpty();
    assertThat(timeline("k:parent").toString()).contains("SessionForked");
    assertThat(generations("k:child")).containsExactly("1 child SessionOpened");
    assertThat(importing(store.state()).arrivals()).isZero();
  }

  @Test
  void bad_input_is_told_with_its_place_and_skipped() throws IOException {
    TextStore store =
        new TextStore(folder)
            .row("k:good", "good", Map.of())
            .row("k:worse", "x".repeat(300), Map.of())
            .transcript("good.jsonl", "good", T)
            .line("good.jsonl", "{\"type\":\"compaction\",\"timesta")
            .line("empty.jsonl", "")
            .line("list.jsonl", "[1,2]")
            .line("other.jsonl", "{\"type\":\"message\"}")
            .line("deep.jsonl", "{\"a\":".repeat(5_000))
            .run("k:good", "good", "r", T + 10, T + 20, "success")
            .line("good.trajectory.jsonl", "{\"sessionId\":\"good\",\"runId\":{\"a\":1}}")
            .line(
                "good.trajectory.jsonl",
                "{\"type\":\"session.ended\",\"sessionId\":\"good\",\"sessionKey\":\"k:good\","
                    + "\"runId\":\"\\ud800\"}")
            .traced(
                "good.trajectory.jsonl",
                "k:good",
                "good",
                "odd",
                1,
                T + 30,
                "session.ended",
                "{\"status\":\"exploded\"}");
    Files.write(store.file("bytes.jsonl"), new byte[] {'{', '"', (byte) 0xff, '\n'});
    try (OutputStream huge = Files.newOutputStream(store.file("huge.jsonl"))) {
      byte[] part = new byte[1 << 20];
      Arrays.fill(part, (byte) 'x');
      for (int i = 0; i < 17; i++) {
        huge.write(part);
      }
    }
    Path outside = Files.writeString(Files.createTempFile("outside", ".jsonl"), "{}");
    Files.createSymbolicLink(store.file("link.jsonl"), outside);
    Files.createSymbolicLink(store.state().resolve("agents/linked"), folder);
    Import done = importing(store.state());
    Files.delete(outside);
    String in = "agents/main/sessions/";
    assertThat(done.unreadable())
        .anyMatch(l -> l.startsWith("agents/linked: is a symbolic link"))
        .anyMatch(l -> l.startsWith(in + "link.jsonl: is a symbolic link"))
        .anyMatch(l -> l.startsWith(in + "sessions.json:") && l.contains("'sessionId' has 300"))
        .anyMatch(l -> l.startsWith(in + "good.jsonl:3: is no JSON"))
        .anyMatch(l -> l.startsWith(in + "list.jsonl:1: is no record"))
        .anyMatch(l -> l.startsWith(in + "other.jsonl:1: is no transcript"))
        .anyMatch(l -> l.startsWith(in + "deep.jsonl:1: is no JSON"))
        .anyMatch(l -> l.startsWith(in + "bytes.jsonl:1: is no JSON"))
        .anyMatch(l -> l.startsWith(in + "huge.jsonl:1: has 17825792 bytes"))
        .anyMatch(l -> l.startsWith(in + "good.trajectory.jsonl:5: is no record of a run"))
        .anyMatch(l -> l.startsWith(in + "good.trajectory.jsonl:6: a run ends in a way"));
    assertThat(runs("k:good")).contains("r#1 1 done");
    assertThat(status("k:good")).isEqualTo("done");
  }

  @Test
  void a_file_of_rows_that_was_cut_counts_up_to_there() throws IOException {
    TextStore store = new TextStore(folder).row("k:cut-1", "c-1", Map.of());
    store.row("k:cut-2", "c-2", Map.of());
    String rows = Files.readString(store.file("sessions.json"));
    Files.writeString(store.file("sessions.json"), rows.substring(0, rows.length() - 40));
    Import done = importing(store.state());
    assertThat(done.sessionsRead()).isEqualTo(1);
    assertThat(done.unreadable())
        .singleElement()
        .satisfies(
            l -> assertThat(l).contains("sessions.json:").contains("is no JSON from here on"));
  }

  @Test
  void a_store_that_the_ledger_has_gone_on_from_adds_nothing() throws IOException {
    String key = "k:backup";
    Path backup = Files.createDirectories(folder.resolve("backup"));
    Path newer = Files.createDirectories(folder.resolve("newer"));
    TextStore now =
        new TextStore(newer)
            .row(key, "b", Map.of())
            .reset("a", T, T + 100)
            .transcript("b.jsonl", "b", T + 100)
            .run(key, "a", "r-1", T + 10, T + 20, "success");
    importing(now.state());
    TextStore then =
        new TextStore(backup)
            .row(key, "a", Map.of("status", "done", "startedAt", T + 30, "endedAt", T + 40))
            .transcript("a.jsonl", "a", T)
            .run(key, "a", "r-2", T + 30, T + 40, "success");
    Import done = importing(then.state());
    assertThat(done.arrivals()).isZero();
    assertThat(done.differences()).hasSize(1);
    assertThat(generations(key)).hasSize(2);
  }
}

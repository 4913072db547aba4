package org.sessionledger.app.openclaw.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.openclaw.Recording;
import org.sessionledger.app.openclaw.RecordingReplay;
import org.sessionledger.app.openclaw.ReplayListener;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SqliteStoreImportTest extends ImportingTest {

  @TempDir private Path folder;

  private static SqliteStore inPlace(Path state, String key) throws Exception {
    String id = key + "-id";
    SqliteStore store = new SqliteStore(state);
    return store
        .node(key, id, "done", ",\"startedAt\":%d,\"endedAt\":%d".formatted(T + 310, T + 320))
        .window(id, key, null, "initial", T)
        .transcript(id, "session", T, ",\"version\":3")
        .transcript(id, "reset", T + 100, ",\"reason\":\"reset\"")
        .transcript(
            id, "message", T + 110, ",\"message\":{\"content\":\"\\\"type\\\":\\\"reset\\\"\"}")
        .transcript(id, "compaction", T + 300, ",\"tokensBefore\":10,\"tokensAfter\":5")
        .run(key, id, "r-1", T + 10, T + 20, "succeeded")
        .run(key, id, "r-2", T + 110, T + 350, "failed")
        .run(key, id, "r-3", T + 310, T + 320, "cancelled");
  }

  private static final List<String> IN_PLACE =
      List.of("1 %s SessionOpened", "2 %s SessionReset", "3 %s SessionCompacted");

  private static void assertInPlace(String key) {
    assertThat(generations(key))
        .containsExactlyElementsOf(IN_PLACE.stream().map(g -> g.formatted(key + "-id")).toList());
    assertThat(runs(key)).containsExactly("r-1#1 1 done", "r-2#1 3 failed", "r-3#1 3 aborted");
  }

  @Test
  void turns_in_place_are_generations_of_their_own() throws Exception {
    Import done;
    try (SqliteStore store = inPlace(folder, "q:closed")) {
      store.close();
      assertThat(store.file().resolveSibling("openclaw-agent.sqlite-wal")).doesNotExist();
      done = importing(folder);
      assertThat(importing(folder).arrivals()).isZero();
    }
    assertThat(done.unreadable()).isEmpty();
    assertThat(done.rejectedByReason()).isEmpty();
    assertInPlace("q:closed");
  }

  @Test
  void what_is_only_in_the_write_ahead_log_counts_and_nothing_is_written() throws Exception {
    try (SqliteStore store = inPlace(folder, "q:live")) {
      assertThat(store.file().resolveSibling("openclaw-agent.sqlite-wal")).isNotEmptyFile();
      // Locked by the gateway, in the middle of a change that it has not committed.
      try (Statement statement = store.agent().createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        statement.execute("DELETE FROM session_nodes");
        assertThat(importing(folder).unreadable()).isEmpty();
        statement.execute("ROLLBACK");
      }
    }
    assertInPlace("q:live");
  }

  @Test
  void windows_follow_each_other_by_their_links() throws Exception {
    String key = "q:windows";
    try (SqliteStore store =
        new SqliteStore(folder)
            .node(key, "w-4", null, "")
            .window("w-3", key, "w-2", "rewind", T)
            .window("w-2", key, "w-1", "compaction", T + 1)
            .window("w-1", key, null, "initial", T + 2)
            .window("w-4", key, "w-3", "rollover", T + 3)
            .node(
                "q:fork",
                "f",
                null,
                ",\"forkSource\":{\"sessionKey\":\"%s\",\"sessionId\":\"w-2\"}".formatted(key))
            .window("f", "q:fork", null, "fork", T + 4)) {
      store.close();
      Import done = importing(folder);
      assertThat(done.rejectedByReason()).isEmpty();
      assertThat(generations(key))
          .containsExactly(
              "1 w-1 SessionOpened",
              "2 w-2 SessionCompacted",
              "3 w-3 SessionRestored",
              "4 w-4 SessionReset");
      assertThat(timeline(key).toString()).contains("SessionForked");
      assertThat(generations("q:fork")).containsExactly("1 f SessionOpened");
    }
  }

  @Test
  void after_a_replay_of_the_same_gateway_nothing_is_added() throws Exception {
    String key = "agent:main:reset-grace";
    String id = "dc5064e6-61ed-48fa-aa7a-a88a43707da4";
    Path recording =
        Path.of(
            SqliteStoreImportTest.class
                .getResource("/openclaw/2026.9.6/reset-in-error-grace.jsonl")
                .toURI());
    RecordingReplay.replay(List.of(Recording.of(recording)), decider(), ReplayListener.NONE);
    List<String> before = runs(key);
    try (SqliteStore store =
        new SqliteStore(folder)
            .node(key, id, null, "")
            .window(id, key, null, "initial", 1795414170741L)
            .transcript(id, "reset", 1795414324195L, ",\"reason\":\"reset\"")
            .run(key, id, "chat-1795414251351", 1795414319391L, 1795414319868L, "succeeded")
            .run(key, id, "agent-1795414251352", 1795414322073L, 1795414323435L, "failed")) {
      store.close();
      Import done = importing(folder);
      assertThat(done.arrivals()).isZero();
      assertThat(done.differences()).isEmpty();
    }
    assertThat(runs(key)).isEqualTo(before);
  }

  @Test
  void a_run_that_only_the_row_names_is_inferred() throws Exception {
    try (SqliteStore store =
        new SqliteStore(folder)
            .node("q:row", "r", "running", ",\"activeWriterRunId\":\"chat-1\",\"startedAt\":5")
            .window("r", "q:row", null, "initial", 1)) {
      store.close();
      importing(folder);
      assertThat(runs("q:row")).containsExactly("chat-1#1 1 running");
    }
  }

  /**
   * As after a kill: the gateway takes the run up again under another id, and the next one ends.
   */
  @Test
  void a_row_ends_the_run_that_it_names_and_none_that_was_lost_before() throws Exception {
    String key = "q:recovered";
    try (SqliteStore store =
        new SqliteStore(folder)
            .node(
                key,
                "k",
                "done",
                ",\"startedAt\":%d,\"endedAt\":%d,\"lastRunId\":\"r-3\"".formatted(T + 30, T + 40))
            .window("k", key, null, "initial", T)
            .audited(key, "k", "r-1", T + 1, "started", "started")
            .run(key, "k", "r-2", T + 10, T + 20, "succeeded")
            .audited(key, "k", "r-3", T + 30, "started", "started")
            .audited(key, "k", "r-4", T + 50, "started", "started")) {
      store.close();
      assertThat(importing(folder).rejectedByReason()).isEmpty();
      assertThat(runs(key))
          .containsExactly(
              "r-1#1 1 interrupted", "r-2#1 1 done", "r-3#1 1 done", "r-4#1 1 running");
      assertThat(importing(folder).arrivals()).isZero();
    }
  }

  @Test
  void an_entry_of_absurd_length_is_told_and_its_session_stays() throws Exception {
    String pad = ",\"pad\":\"" + "x".repeat(Lines.BYTES_MAX) + "\"";
    try (SqliteStore store =
        new SqliteStore(folder)
            .node("q:huge", "h", "done", pad)
            .window("h", "q:huge", null, "initial", T)) {
      store.close();
      assertThat(importing(folder).unreadable())
          .singleElement()
          .satisfies(l -> assertThat(l).contains("session_nodes q:huge: an entry of 16777"));
      assertThat(generations("q:huge")).containsExactly("1 h SessionOpened");
    }
  }

  @Test
  void a_file_that_is_broken_or_no_database_is_told() throws IOException, SQLException {
    try (SqliteStore store = new SqliteStore(folder)) {
      for (int i = 0; i < 400; i++) {
        store.node("q:many-" + i, "m-" + i, null, ",\"pad\":\"" + "x".repeat(400) + "\"");
      }
      store.node("q:hostile", "h", null, ",\"status\":{");
      store.close();
      try (RandomAccessFile file = new RandomAccessFile(store.file().toFile(), "rw")) {
        file.seek(file.length() / 2);
        file.write(new byte[8_192]);
      }
    }
    Files.writeString(
        folder.resolve("state/openclaw.sqlite"), "no database", StandardCharsets.UTF_8);
    Import done = importing(folder);
    assertThat(done.unreadable())
        .anyMatch(l -> l.startsWith("agents/main/agent/openclaw-agent.sqlite:session_nodes"))
        .anyMatch(l -> l.startsWith("state/openclaw.sqlite: cannot be read on"));
  }
}

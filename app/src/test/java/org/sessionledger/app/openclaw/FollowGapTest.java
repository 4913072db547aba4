package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.sessionledger.app.openclaw.ScriptedGateway.hello;
import static org.sessionledger.app.openclaw.Tape.KEY;
import static org.sessionledger.app.openclaw.Tape.listedRow;
import static org.sessionledger.app.openclaw.Tape.map;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;

/** Times in which nobody listened: while the socket was lost, and while nobody followed. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(30)
class FollowGapTest {

  private static final Map<String, Object> NOTHING = map("sessions", List.of(), "hasMore", false);

  @TempDir private Path folder;

  private final ScratchLedger ledger = new ScratchLedger();
  private Following following = new Following();

  @AfterEach
  void close() {
    ledger.close();
  }

  private void follow(ScriptedGateway.Script... scripts) throws Exception {
    following = new Following();
    following.mark = folder.resolve("mark.json");
    try (ScriptedGateway gateway = new ScriptedGateway(scripts)) {
      following.follow(gateway, ledger.decider());
      assertThat(gateway.thrown).isEmpty();
    }
  }

  private static Map<String, Object> listing(Object... rows) {
    return map("sessions", List.of(rows), "hasMore", false);
  }

  private static String start(String key, String run) {
    Map<String, Object> payload =
        map("runId", run, "stream", "lifecycle", "sessionKey", key, "sessionId", "s-1");
    payload.putAll(map("seq", 1, "ts", 1_000, "data", map("phase", "start")));
    return Json.write(map("type", "event", "event", "agent", "payload", payload));
  }

  private boolean isDone(String key) {
    return ledger
        .decider()
        .session(new SessionKey(key), 0)
        .filter(session -> session.status().equals("done"))
        .isPresent();
  }

  private Replay.LedgerSession session(String key) {
    return ledger.decider().session(new SessionKey(key), 0).orElseThrow();
  }

  @Test
  void a_lost_socket_is_told_in_the_sessions_in_which_something_ran_or_changed() throws Exception {
    follow(
        peer -> {
          peer.greet();
          for (String key : List.of("runs", "changes", "rests")) {
            peer.send(start(key, "r-" + key));
          }
          for (String key : List.of("changes", "rests")) {
            peer.event("sessions.changed", ended(key, "r-" + key));
          }
          // A socket that is lost may take what was sent last with it.
          await().until(() -> isDone("rests"));
          peer.drop();
        },
        peer -> {
          peer.greet(
              hello("boot-1"),
              listing(row("runs", true, 1), row("changes", false, 2), row("rests", false, 1)));
          peer.close();
        });
    assertThat(following.gaps)
        .first()
        .satisfies(
            gap ->
                assertThat(gap.sessions())
                    .extracting(Object::toString)
                    .containsExactlyInAnyOrder("runs", "changes"));
    assertThat(following.decided)
        .filteredOn(line -> line.contains("ReportGap"))
        .hasSize(2)
        .allMatch(line -> line.endsWith(" : accepted"));
    assertThat(session("runs").status()).isEqualTo("running");
    assertThat(session("changes").status()).isEqualTo("done");
  }

  private static Map<String, Object> row(String key, boolean active, long updatedAt) {
    Map<String, Object> row = listedRow("s-1", active ? "running" : "done", active, updatedAt);
    row.put("key", key);
    return row;
  }

  private static Map<String, Object> ended(String key, String run) {
    Map<String, Object> payload = map("sessionKey", key, "phase", "end", "runId", run, "ts", 1_010);
    payload.putAll(map("sessionId", "s-1", "status", "done", "updatedAt", 1));
    return payload;
  }

  @Test
  void the_time_in_which_nobody_followed_is_a_gap_too() throws Exception {
    follow(
        peer -> {
          peer.greet();
          peer.send(start(KEY, "r"));
          peer.send(start("another", "q"));
          peer.close();
        });
    assertThat(following.gaps).as("it is not over yet").isEmpty();
    Instant stopped = Instant.now();
    follow(
        peer -> {
          peer.greet(
              hello("boot-1"), listing(listedRow("s-1", "done", false, 7, "lastRunId", "r")));
          peer.close();
        });
    assertThat(following.gaps.get(0).why()).isEqualTo("nobody followed the gateway");
    assertThat(following.gaps.get(0).from()).isBefore(stopped);
    assertThat(following.gaps.get(0).to()).isAfterOrEqualTo(stopped);
    assertThat(following.gaps.get(0).sessions())
        .extracting(Object::toString)
        .containsExactly(KEY, "another");
    assertThat(session(KEY).status()).as("its row names the run").isEqualTo("done");
    assertThat(session("another").status()).as("nothing is shown of it").isEqualTo("running");
  }

  @Test
  void what_a_process_ran_that_died_while_nobody_followed_is_interrupted() throws Exception {
    follow(
        peer -> {
          peer.greet();
          peer.send(start(KEY, "r"));
          peer.close();
        });
    follow(
        peer -> {
          peer.greet(hello("boot-2"), NOTHING);
          peer.close();
        });
    assertThat(session(KEY).status()).isEqualTo("interrupted");
    assertThat(following.decided)
        .extracting(line -> line.split(" ")[1])
        .containsExactly("InterruptRuns", "ReportGap");
  }

  @Test
  void a_session_that_the_listing_shows_to_have_changed_is_looked_for_in_the_ledger()
      throws Exception {
    follow(
        peer -> {
          peer.greet();
          peer.send(start(KEY, "r"));
          peer.event("sessions.changed", ended(KEY, "r"));
          peer.send(start("gone", "q"));
          peer.event(
              "sessions.changed", map("sessionKey", "gone", "reason", "delete", "ts", 2_000));
          peer.close();
        });
    assertThat(session("gone").status()).isEqualTo("closed");
    long later = System.currentTimeMillis() + 60_000;
    Map<String, Object> stranger = row("stranger", false, later);
    Map<String, Object> old = row("old", false, 5);
    follow(
        peer -> {
          peer.greet(
              hello("boot-1"),
              listing(
                  stranger,
                  old,
                  row("gone", false, later),
                  listedRow("s-1", "done", false, later)));
          peer.close();
        });
    assertThat(following.gaps.get(0).sessions()).extracting(Object::toString).containsExactly(KEY);
  }

  @Test
  void a_mark_that_cannot_be_read_costs_the_time_before_only() throws Exception {
    for (String broken : List.of("{\"heardAt\":", "{\"heardAt\":\"then\"}", "[]")) {
      Files.writeString(folder.resolve("mark.json"), broken);
      costsTheTimeBefore();
    }
  }

  private void costsTheTimeBefore() throws Exception {
    follow(
        peer -> {
          peer.greet();
          peer.close();
        });
    assertThat(following.troubles).singleElement().asString().contains("cannot be read");
    assertThat(following.gaps).isEmpty();
    assertThat(following.listed).hasSize(1);
  }

  @Test
  void a_mark_is_written_while_it_is_followed_and_for_its_owner_only() throws Exception {
    Path mark = folder.resolve("mark.json");
    AtomicBoolean seen = new AtomicBoolean();
    Files.writeString(folder.resolve("mark.json.new"), "half of one, from a kill");
    follow(
        peer -> {
          peer.greet();
          await().until(() -> Files.exists(mark));
          seen.set(true);
          peer.close();
        });
    assertThat(seen).isTrue();
    assertThat(Files.getPosixFilePermissions(mark)).hasSize(2);
    assertThat(following.troubles).isEmpty();
  }

  @Test
  void a_mark_that_cannot_be_written_is_told_once() throws Exception {
    following.mark = Files.createFile(folder.resolve("file")).resolve("mark.json");
    try (ScriptedGateway gateway =
        new ScriptedGateway(
            peer -> {
              peer.greet();
              await().until(() -> !following.troubles.isEmpty());
              peer.close();
            })) {
      following.follow(gateway, ledger.decider());
    }
    assertThat(following.troubles)
        .filteredOn(trouble -> trouble.contains("cannot be kept"))
        .hasSize(1);
  }

  @Test
  void a_clock_that_was_set_back_makes_no_gap_that_ends_before_it_began() throws Exception {
    long future = System.currentTimeMillis() + 3_600_000;
    Files.writeString(
        folder.resolve("mark.json"), "{\"type\":\"_resume\",\"heardAt\":" + future + "}");
    follow(
        peer -> {
          peer.greet();
          peer.close();
        });
    assertThat(following.gaps.get(0).from()).isEqualTo(Instant.ofEpochMilli(future));
    assertThat(following.gaps.get(0).to()).isEqualTo(following.gaps.get(0).from());
  }

  @Test
  void who_is_not_let_in_does_not_end_the_gap() throws Exception {
    Path mark = folder.resolve("mark.json");
    ScriptedGateway.Script refusing =
        peer -> {
          peer.challenge();
          peer.expect("connect");
          peer.close(1_008, "unauthorized: gateway token mismatch");
        };
    following = new Following();
    following.mark = mark;
    try (ScriptedGateway gateway = new ScriptedGateway(refusing)) {
      following.refused(gateway);
    }
    assertThat(mark).as("nothing was followed yet").doesNotExist();
    follow(
        peer -> {
          peer.greet();
          peer.send(start(KEY, "r"));
          peer.close();
        });
    JsonNode before = Json.tree(Files.readString(mark));
    following = new Following();
    following.mark = mark;
    try (ScriptedGateway gateway = new ScriptedGateway(refusing)) {
      following.refused(gateway);
    }
    assertThat(Json.tree(Files.readString(mark))).isEqualTo(before);
    assertThat(before.at("/sessions/0/runId").asText()).isEqualTo("r");
  }

  /** Those are written by who follows, and a gateway could make up deaths with them. */
  @Test
  void a_gateway_cannot_send_what_only_a_follower_writes() throws Exception {
    JsonNode resume = Json.tree("{\"type\":\"_resume\",\"instance\":\"x\",\"heardAt\":1}");
    follow(
        peer -> {
          peer.greet();
          peer.send(start(KEY, "r"));
          peer.send("{\"type\":\"_close\",\"code\":1006}");
          peer.send(Json.write(resume));
          peer.send(
              "{\"type\":\"_gap\",\"from\":1,\"to\":2,\"sessions\":[{\"key\":\"" + KEY + "\"}]}");
          peer.close();
        });
    assertThat(following.unreadable).hasSize(3).allMatch(why -> why.contains("no gateway sends"));
    assertThat(following.decided).noneMatch(line -> line.contains("ReportGap"));
  }
}

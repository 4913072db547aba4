package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.openclaw.ScriptedGateway.TOKEN;
import static org.sessionledger.app.openclaw.ScriptedGateway.hello;
import static org.sessionledger.app.openclaw.Tape.map;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.openclaw.follow.FollowOptions.Limits;
import org.sessionledger.app.openclaw.follow.FollowOptions.Patience;
import org.sessionledger.app.openclaw.follow.FollowSummary;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.core.session.Json;

/** A gateway and a socket that do everything wrong. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(30)
class FollowFaultsTest {

  private static final String KEY = Tape.KEY;

  @TempDir private Path folder;

  private final Following following = new Following();
  private final ScriptedDecider ledger = new ScriptedDecider();

  private static String agent(String run, String phase, long seq) {
    return Json.write(
        map(
            "type",
            "event",
            "event",
            "agent",
            "payload",
            map(
                "runId",
                run,
                "stream",
                "lifecycle",
                "sessionKey",
                KEY,
                "sessionId",
                "s-1",
                "seq",
                seq,
                "ts",
                1_000 + seq,
                "data",
                map("phase", phase))));
  }

  private FollowSummary follow(ScriptedGateway.Script... scripts) throws Exception {
    try (ScriptedGateway gateway = new ScriptedGateway(scripts)) {
      FollowSummary summary = following.follow(gateway, ledger);
      assertThat(gateway.thrown).isEmpty();
      return summary;
    }
  }

  /** But for the gap at the end, when the last script is over. */
  private List<String> decided() {
    return following.decided.stream().filter(line -> !line.contains("ReportGap")).toList();
  }

  @Test
  void a_frame_that_is_cut_in_the_middle_is_a_gap_and_interrupts_nothing() throws Exception {
    FollowSummary summary =
        follow(
            peer -> {
              peer.greet();
              peer.send(agent("r", "start", 1));
              peer.sendHalf(agent("r", "end", 2));
            },
            peer -> {
              peer.greet();
              peer.send(agent("r", "end", 2));
              peer.close();
            });
    assertThat(following.decided)
        .extracting(line -> line.split(" ")[1])
        .containsExactlyInAnyOrder("OpenSession", "StartRun", "ReportGap", "CompleteRun");
    assertThat(summary.connections()).isEqualTo(2);
    assertThat(following.gaps.get(0).sessions()).extracting(Object::toString).containsExactly(KEY);
    assertThat(following.gaps.get(0).from()).isBeforeOrEqualTo(following.gaps.get(0).to());
    assertThat(following.disconnected.get(0))
        .containsAnyOf("the socket broke", "nothing can be sent");
  }

  @Test
  void another_process_interrupts_what_the_dead_one_ran() throws Exception {
    follow(
        peer -> {
          peer.greet();
          peer.send(agent("r", "start", 1));
          peer.close(1_012, "service restart");
        },
        peer -> {
          peer.greet(hello("boot-2"));
          peer.close();
        });
    assertThat(following.decided)
        .extracting(line -> line.split(" ")[1])
        .containsExactly("OpenSession", "StartRun", "InterruptRuns", "ReportGap");
    assertThat(following.disconnected.get(0)).contains("1012: service restart");
  }

  @Test
  void without_a_boot_id_a_start_after_what_was_heard_last_is_another_process() throws Exception {
    Map<String, Object> young = hello(null);
    young.put("snapshot", map("uptimeMs", 0));
    follow(
        peer -> {
          peer.greet(hello(null));
          peer.send(agent("r", "start", 1));
          peer.drop();
        },
        peer -> {
          peer.greet(hello(null)); // Up for a quarter of an hour: only the socket was lost.
          peer.drop();
        },
        peer -> {
          peer.greet(young);
          peer.close();
        });
    assertThat(following.decided).filteredOn(line -> line.contains("InterruptRuns")).hasSize(1);
    assertThat(following.gaps).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void a_process_that_says_it_starts_in_the_future_is_no_other_one() throws Exception {
    Map<String, Object> unborn = hello(null);
    unborn.put("snapshot", map("uptimeMs", -1_000_000_000_000L));
    follow(
        peer -> {
          peer.greet(hello(null));
          peer.send(agent("r", "start", 1));
          peer.drop();
        },
        peer -> {
          peer.greet(unborn);
          peer.close();
        });
    assertThat(following.decided).noneMatch(line -> line.contains("InterruptRuns"));
  }

  @Test
  void a_gateway_that_asks_itself_or_greets_again_changes_nothing() throws Exception {
    following.raw = folder;
    Map<String, Object> reset = map("key", KEY, "entry", map("sessionId", "s-2", "updatedAt", 2));
    FollowSummary summary =
        follow(
            peer -> {
              peer.challenge();
              JsonNode connect = peer.expect("connect");
              peer.answer(connect, hello("boot-1"));
              peer.answer(connect, hello("boot-2"));
              peer.answer(peer.expect("sessions.subscribe"), map("subscribed", true));
              peer.answer(peer.expect("sessions.list"), map("sessions", List.of()));
              peer.send(agent("r", "start", 1));
              for (int i = 0; i < 3; i++) {
                peer.challenge();
                peer.answer(Json.tree("{\"id\":\"sl-0-1\"}"), hello("boot-3"));
                peer.answer(Json.tree("{\"id\":\"never-asked\"}"), hello("boot-4"));
              }
              JsonNode asked = Json.tree("{\"id\":\"mine\"}");
              peer.send(
                  map(
                      "type",
                      "req",
                      "id",
                      "mine",
                      "method",
                      "sessions.reset",
                      "params",
                      map("key", KEY)));
              peer.answer(asked, reset);
              peer.answer(asked, reset);
              peer.send(agent("r", "end", 2));
              peer.close();
            });
    assertThat(following.decided)
        .extracting(line -> line.split(" ", 2)[1])
        .containsExactly(
            "OpenSession s-1 : accepted",
            "StartRun r s-1 : accepted",
            "CompleteRun r #1 s-1 : accepted");
    assertThat(summary.unreadable()).isEqualTo(8);
    try (Stream<Path> files = Files.list(folder)) {
      Following again = new Following();
      RecordingReplay.replay(files.map(Recording::of).toList(), new ScriptedDecider(), again);
      assertThat(again.decided).isEqualTo(following.decided);
    }
  }

  @Test
  void a_lost_notice_of_a_reset_is_made_good_by_the_row_that_follows() throws Exception {
    Recording race =
        RecordingsTest.RECORDINGS.stream()
            .filter(e -> e.name().equals("2026.5.28/reset-in-error-grace"))
            .findFirst()
            .orElseThrow()
            .recording();
    ScriptedGateway.FrameFilter lossy =
        event -> event.at("/payload/reason").asText().equals("reset") ? 0 : 1;
    try (ScratchLedger scratch = new ScratchLedger();
        ScriptedGateway gateway =
            new ScriptedGateway(ScriptedGateway.of(FollowRecordingsTest.lines(race), lossy))) {
      FollowSummary summary = following.follow(gateway, scratch.decider());
      assertThat(summary.rejectedByReason()).containsOnlyKeys("run-superseded");
      assertThat(summary.differences()).hasSize(1);
      assertThat(summary.differences().get(0).ledger().status()).isEqualTo("idle");
      assertThat(following.differences).endsWith(summary.differences().get(0));
    }
  }

  @Test
  void a_hello_that_does_not_come_in_time_is_tried_again() throws Exception {
    following.patience = patience(Duration.ofMillis(150), Duration.ofSeconds(5));
    FollowSummary summary =
        follow(
            peer -> {
              peer.challenge();
              peer.expect("connect");
              peer.awaitEnd();
            },
            peer -> {
              peer.greet();
              peer.close();
            });
    assertThat(following.disconnected.get(0)).isEqualTo("no answer to connect within 150 ms");
    assertThat(summary.connections()).isEqualTo(1);
    assertThat(summary.gaps()).isEqualTo(1); // After the second one; before it nothing was lost.
  }

  private static Patience patience(Duration answer, Duration silence) {
    Patience usual = Following.PATIENCE;
    return new Patience(
        usual.connect(),
        answer,
        Duration.ofMillis(50),
        silence,
        usual.settle(),
        usual.retryFirst(),
        usual.retryMax());
  }

  @Test
  void a_gateway_that_falls_silent_is_left() throws Exception {
    following.patience = patience(Duration.ofSeconds(5), Duration.ofMillis(200));
    CountDownLatch left = new CountDownLatch(1);
    following.whenDisconnected = left::countDown;
    follow(
        peer -> {
          peer.greet();
          await(left); // It reads nothing, so it answers no ping.
        },
        peer -> {
          peer.greet();
          peer.close();
        });
    assertThat(following.disconnected.get(0)).isEqualTo("nothing was heard for 200 ms");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_gateway_that_only_answers_pings_is_not_left() throws Exception {
    following.patience = patience(Duration.ofSeconds(5), Duration.ofMillis(200));
    long began = System.nanoTime();
    FollowSummary summary =
        follow(
            peer -> {
              peer.greet();
              for (int i = 0; i < 8; i++) {
                peer.awaitPing();
              }
              peer.close();
            });
    assertThat(System.nanoTime() - began).isGreaterThan(300_000_000L);
    assertThat(summary.connections()).isEqualTo(1);
    assertThat(following.disconnected).hasSize(1).first().asString().contains("closed with 1005");
  }

  @Test
  void a_gateway_that_is_starting_is_given_the_time_that_it_asks_for() throws Exception {
    ScriptedGateway.Script starting =
        peer -> {
          peer.challenge();
          peer.refuse(
              peer.expect("connect"),
              map("code", "UNAVAILABLE", "message", "starting", "retryAfterMs", 200));
          peer.awaitEnd();
        };
    FollowSummary summary =
        follow(
            starting,
            peer -> {
              peer.greet();
              peer.close();
            });
    assertThat(following.pauses.get(0)).isEqualTo(200);
    assertThat(following.disconnected.get(0)).contains("UNAVAILABLE: starting");
    assertThat(summary.connections()).isEqualTo(1);
  }

  private GatewayError refused(Map<String, Object> error) throws Exception {
    try (ScriptedGateway gateway =
        new ScriptedGateway(
            peer -> {
              peer.challenge();
              peer.refuse(peer.expect("connect"), error);
              peer.close(1_008, "connect failed");
            })) {
      return new Following().refused(gateway);
    }
  }

  @Test
  void what_trying_again_would_not_mend_ends_with_what_to_do() throws Exception {
    GatewayError token =
        refused(
            map(
                "code",
                "INVALID_REQUEST",
                "message",
                "unauthorized: " + TOKEN + " is not the token",
                "details",
                map("code", "AUTH_TOKEN_MISMATCH")));
    assertThat(token.kind()).isEqualTo(GatewayError.Kind.WRONG_TOKEN);
    assertThat(token.getMessage()).contains("gateway.auth.token").doesNotContain(TOKEN);
    assertThat(refused(map("code", "INVALID_REQUEST", "message", "protocol mismatch")).kind())
        .isEqualTo(GatewayError.Kind.PROTOCOL_MISMATCH);
    assertThat(refused(map("code", "NOT_PAIRED", "message", "device identity required")).kind())
        .isEqualTo(GatewayError.Kind.NOT_PAIRED);
    assertThat(refused(map("code", "SOMETHING_NEW")).kind()).isEqualTo(GatewayError.Kind.REFUSED);
  }

  @Test
  void a_close_may_be_all_that_is_said() throws Exception {
    try (ScriptedGateway gateway =
        new ScriptedGateway(
            peer -> {
              peer.challenge();
              peer.expect("connect");
              peer.close(1_008, "unauthorized: gateway token mismatch " + TOKEN);
            })) {
      GatewayError error = following.refused(gateway);
      assertThat(error.kind()).isEqualTo(GatewayError.Kind.WRONG_TOKEN);
      assertThat(error.getMessage()).doesNotContain(TOKEN);
    }
  }

  @Test
  void another_protocol_and_no_scope_are_told_also_when_the_hello_is_friendly() throws Exception {
    Map<String, Object> five = hello("b");
    five.put("protocol", 5);
    Map<String, Object> nothing = hello("b");
    nothing.put("auth", map("scopes", List.of()));
    for (Map.Entry<Map<String, Object>, GatewayError.Kind> wrong :
        List.of(
            Map.entry(five, GatewayError.Kind.PROTOCOL_MISMATCH),
            Map.entry(nothing, GatewayError.Kind.MISSING_SCOPE))) {
      try (ScriptedGateway gateway =
          new ScriptedGateway(
              peer -> {
                peer.challenge();
                peer.answer(peer.expect("connect"), wrong.getKey());
                peer.awaitEnd();
              })) {
        assertThat(new Following().refused(gateway).kind()).isEqualTo(wrong.getValue());
      }
    }
    try (ScriptedGateway gateway =
        new ScriptedGateway(
            peer -> {
              peer.challenge();
              peer.answer(peer.expect("connect"), hello("b"));
              peer.refuse(
                  peer.expect("sessions.subscribe"),
                  map("code", "INVALID_REQUEST", "message", "missing scope: operator.read"));
              peer.awaitEnd();
            })) {
      assertThat(new Following().refused(gateway).kind())
          .isEqualTo(GatewayError.Kind.MISSING_SCOPE);
    }
  }

  @Test
  void a_long_frame_is_read_and_a_longer_one_is_refused() throws Exception {
    following.limits = new Limits(2 << 20, 64, 4 << 20, 10);
    String content = "x".repeat((2 << 20) - 1_000);
    String legal =
        agent("r", "start", 1).replace("\"data\":{", "\"data\":{\"text\":\"" + content + "\",");
    int[] closedWith = new int[1];
    FollowSummary summary =
        follow(
            peer -> {
              peer.greet();
              peer.sendInParts(legal, 100_000);
              try {
                peer.sendInParts(
                    legal.replace("\"text\"", "\"t\":\"" + content + "\",\"u\""), 65_000);
              } catch (IOException e) {
                // It did not read to the end.
              }
              peer.awaitEnd();
              closedWith[0] = peer.closedWith;
            },
            peer -> {
              peer.greet();
              peer.close();
            });
    assertThat(decided()).hasSize(2);
    assertThat(following.disconnected.get(0)).contains("longer than 2097152 characters");
    assertThat(summary.gaps()).isGreaterThanOrEqualTo(1);
    assertThat(summary.unreadable()).isZero();
  }

  @Test
  void what_is_no_frame_is_told_and_skipped() throws Exception {
    following.raw = folder;
    List<String> hostile =
        List.of(
            "",
            "null",
            "[1]",
            "{\"type\":\"event\"",
            "{\"type\":\"event\",\"type\":\"res\"}",
            "{\"type\":NaN}",
            "{\"type\":\"event\"} {}",
            "{\"payload\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}",
            "{\"type\":\"event\",\"event\":\"agent\",\"payload\":[]}",
            "{\"type\":\"event\",\"event\":\"agent\",\"payload\":{\"stream\":\"lifecycle\","
                + "\"runId\":7,\"data\":{\"phase\":\"start\"}}}",
            "{\"type\":\"event\",\"event\":\"sessions.changed\",\"payload\":{\"sessionKey\":{}}}");
    FollowSummary summary =
        follow(
            peer -> {
              peer.greet();
              for (String text : hostile) {
                peer.send(text);
              }
              peer.binary(new byte[] {1, 2, 3});
              peer.send("{\"type\":\"event\",\"event\":\"of.tomorrow\",\"payload\":{}}");
              peer.send("{\"type\":\"telegram\"}");
              peer.send(agent("r", "start", 1));
              peer.close();
            });
    assertThat(summary.unreadable()).isEqualTo(hostile.size() + 1);
    assertThat(following.unreadable).contains("is binary, of 3 bytes");
    assertThat(summary.unknown())
        .containsExactlyInAnyOrderEntriesOf(Map.of("event of.tomorrow", 1L, "type telegram", 1L));
    assertThat(decided()).hasSize(2);
    try (Stream<Path> files = Files.list(folder)) {
      Replay replay =
          RecordingReplay.replay(
              files.map(Recording::of).toList(), new ScriptedDecider(), ReplayListener.NONE);
      assertThat(replay.frames()).isEqualTo(summary.frames());
      assertThat(replay.accepted()).isEqualTo(summary.accepted());
    }
  }

  @Test
  void text_that_is_not_utf8_ends_the_connection_only() throws Exception {
    follow(
        peer -> {
          peer.greet();
          peer.raw(new byte[] {(byte) 0x81, 2, (byte) 0xff, (byte) 0xfe});
          peer.awaitEnd();
        },
        peer -> {
          peer.greet();
          peer.close();
        });
    assertThat(following.listed).hasSize(2);
  }

  @Test
  void every_page_of_the_listing_is_read_and_one_without_end_is_not() throws Exception {
    following.limits = new Limits(1 << 20, 64, 1 << 20, 5);
    Map<String, Object> row = map("key", KEY, "sessionId", "s-9");
    ledger.holds(KEY, "s-1", "running", 1);
    follow(
        peer -> {
          peer.challenge();
          peer.answer(peer.expect("connect"), hello("b"));
          peer.answer(peer.expect("sessions.subscribe"), map("subscribed", true));
          for (int page = 1; page <= 3; page++) {
            JsonNode request = peer.expect("sessions.list");
            assertThat(request.at("/params/offset").asInt()).isEqualTo((page - 1) * 2);
            if (page == 2) {
              peer.send(agent("r", "start", 1)); // Events come in between.
            }
            peer.answer(
                request,
                map("sessions", List.of(row, row), "hasMore", page < 3, "nextOffset", page * 2));
          }
          peer.drop();
        },
        peer -> {
          peer.challenge();
          peer.answer(peer.expect("connect"), hello("b"));
          peer.answer(peer.expect("sessions.subscribe"), map("subscribed", true));
          for (int page = 1; page <= 5; page++) {
            peer.answer(
                peer.expect("sessions.list"),
                map("sessions", List.of(row), "hasMore", true, "nextOffset", page));
          }
          peer.close();
        });
    assertThat(following.listed).containsExactly(6L, 5L);
    assertThat(following.troubles).anySatisfy(t -> assertThat(t).contains("has no end"));
    assertThat(decided()).hasSize(2);
    assertThat(following.differences.get(0).shown().sessionId()).isEqualTo("s-9");
  }

  @Test
  void a_gateway_that_repeats_the_token_finds_it_nowhere() throws Exception {
    following.raw = folder;
    following.rawContent = true;
    String escaped = TOKEN.replace("g", "\\u0067");
    try (ScratchLedger scratch = new ScratchLedger();
        ScriptedGateway gateway =
            new ScriptedGateway(
                peer -> {
                  Map<String, Object> hello = hello("boot " + TOKEN);
                  hello.put("auth", map("deviceToken", "another-secret"));
                  peer.greet(hello);
                  peer.send(agent("r-" + TOKEN, "start", 1));
                  peer.send(agent("r-2", "start", 2).replace("r-2", escaped));
                  peer.send(
                      agent("r-3", "error", 3)
                          .replace("{\"phase\"", "{\"error\":\"" + escaped + "\",\"phase\""));
                  peer.send("{\"type\":\"" + TOKEN + "\",\"" + TOKEN + "\":" + TOKEN + "}");
                  peer.send("{\"type\":\"" + TOKEN + "\",\"message\":\"hello there\"}");
                  peer.close(1_008, TOKEN);
                })) {
      FollowSummary summary = following.follow(gateway, scratch.decider());
      String everything =
          summary + following.decided.toString() + following.unreadable + following.disconnected;
      assertThat(everything).doesNotContain(TOKEN).contains("r-REDACTED");
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file))
            .doesNotContain(TOKEN)
            .doesNotContain(escaped)
            .doesNotContain("another-secret")
            .contains("hello there");
      }
    }
  }

  @Test
  void raw_files_are_rotated_the_eldest_go_and_what_was_written_is_not_in_them() throws Exception {
    following.raw = folder;
    following.rawFileBytes = 2_000;
    following.rawFiles = 3;
    Path other = Files.writeString(folder.resolve("mine.jsonl"), "x");
    follow(
        peer -> {
          peer.greet();
          for (int i = 1; i <= 100; i++) {
            peer.send(
                agent("r-" + i, "start", i)
                    .replace("{\"phase\"", "{\"text\":\"a secret thought\",\"phase\""));
          }
          peer.close();
        });
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> kept = files.filter(file -> !file.equals(other)).sorted().toList();
      assertThat(kept).hasSize(3);
      for (Path file : kept) {
        assertThat(Files.size(file)).isLessThanOrEqualTo(2_000);
        assertThat(Files.readString(file, StandardCharsets.UTF_8)).doesNotContain("thought");
      }
      assertThat(Files.readString(kept.get(2))).contains("\"r-100\"");
      String name = kept.get(1).getFileName().toString();
      String first = Files.readAllLines(kept.get(1)).get(0);
      // A file's name says which frame it begins with: 7 came before the first run's.
      int number = Integer.parseInt(name.substring(name.length() - 15, name.length() - 6));
      assertThat(first).contains("\"r-" + (number - 7) + "\"");
    }
    assertThat(other).exists();
  }
}

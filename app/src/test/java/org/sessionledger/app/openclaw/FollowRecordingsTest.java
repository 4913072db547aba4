package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.sessionledger.app.openclaw.RecordingsTest.Expected;
import org.sessionledger.app.openclaw.follow.FollowSummary;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;

/** Every recording, played over a socket to somebody who only reads. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FollowRecordingsTest {

  static final List<Expected> RECORDINGS = RecordingsTest.RECORDINGS;

  @TempDir private Path folder;

  static List<JsonNode> lines(Recording recording) throws IOException {
    try (InputStream in = recording.source().open()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> Json.read(line, JsonNode.class))
          .toList();
    }
  }

  /** A ledger's own number of a decision differs from ledger to ledger. */
  private static List<Replay.Difference> anonymous(List<Replay.Difference> differences) {
    return differences.stream()
        .map(d -> new Replay.Difference(d.sessionKey(), d.runId(), d.shown(), d.ledger(), null))
        .toList();
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void followed_it_gives_the_ledger_that_its_replay_gives(Expected expected) throws Exception {
    follow(expected, "once", frame -> 1);
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void every_frame_twice_changes_nothing(Expected expected) throws Exception {
    follow(expected, "twice", frame -> 2);
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void who_did_not_subscribe_to_messages_misses_only_the_reset_that_was_typed(Expected expected)
      throws Exception {
    ScriptedGateway.FrameFilter silent =
        event -> event.path("event").asText().equals("session.message") ? 0 : 1;
    if (!expected.name().equals("2026.5.28/reset-idle")) {
      follow(expected, "silent", silent);
      return;
    }
    // It ends with a '/new', and only a message or the next run shows the new session id.
    Decider ledger = ledger("silent", expected);
    try (ScriptedGateway gateway =
        new ScriptedGateway(ScriptedGateway.of(lines(expected.recording()), silent))) {
      new Following().follow(gateway, ledger);
      assertThat(ledger.session(new SessionKey("agent:main:reset-idle"), 0))
          .hasValueSatisfying(session -> assertThat(session.generation()).isEqualTo(3));
    }
  }

  /** One a purpose and version: within a version no two recordings share a session. */
  private static final Map<String, ScratchLedger> LEDGERS = new HashMap<>();

  private static Decider ledger(String purpose, Expected expected) {
    return LEDGERS
        .computeIfAbsent(purpose + expected.version(), name -> new ScratchLedger())
        .decider();
  }

  @AfterAll
  static void closeLedgers() {
    LEDGERS.values().forEach(ScratchLedger::close);
    LEDGERS.clear();
  }

  private void follow(Expected expected, String purpose, ScriptedGateway.FrameFilter filter)
      throws Exception {
    Replay replay = RecordingsTest.outcome(expected).replay();
    Following following = new Following();
    following.raw = folder;
    Decider ledger = ledger(purpose, expected);
    FollowSummary summary;
    try (ScriptedGateway gateway =
        new ScriptedGateway(ScriptedGateway.of(lines(expected.recording()), filter))) {
      summary = following.follow(gateway, ledger);
      assertThat(gateway.thrown).isEmpty();
    }
    List<Replay.LedgerSession> sessions = new ArrayList<>();
    for (Replay.LedgerSession session : replay.sessions()) {
      sessions.add(ledger.session(new SessionKey(session.sessionKey()), 0).orElseThrow());
    }
    assertThat(sessions).isEqualTo(replay.sessions());
    assertThat(anonymous(summary.differences())).isEqualTo(anonymous(replay.differences()));
    assertThat(summary.unreadable()).isZero();
    assertThat(summary.unknown()).isEmpty();
    theRawFramesTellTheSame(following, summary, ledger(purpose + "-raw", expected));
  }

  private void theRawFramesTellTheSame(Following following, FollowSummary summary, Decider ledger)
      throws IOException {
    Following again = new Following();
    try (Stream<Path> files = Files.list(folder)) {
      List<Recording> recordings = files.sorted().map(Recording::of).toList();
      assertThat(recordings).hasSize(1);
      Replay replay = RecordingReplay.replay(recordings, ledger, again);
      assertThat(again.decided).isEqualTo(following.decided);
      assertThat(replay.frames()).isEqualTo(summary.frames());
      assertThat(anonymous(replay.differences())).isEqualTo(anonymous(summary.differences()));
    }
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void the_decoder_reads_the_same_of_a_frame_without_its_content(Expected expected)
      throws Exception {
    FrameText text = new FrameText(new Secret(ScriptedGateway.TOKEN));
    FrameDecoder whole = new FrameDecoder();
    FrameDecoder reduced = new FrameDecoder();
    long line = 0;
    for (JsonNode recorded : lines(expected.recording())) {
      Place place = new Place("r", ++line);
      JsonNode frame = recorded.get("frame");
      GatewayFrame of = reduced.decode(new RecordedFrame(place, 1L, text.read(Json.write(frame))));
      assertThat(of).isEqualTo(whole.decode(new RecordedFrame(place, 1L, frame)));
    }
  }
}

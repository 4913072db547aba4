package org.sessionledger.app.openclaw;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.sessionledger.app.openclaw.Replay.Difference;
import org.sessionledger.app.openclaw.Replay.Held;
import org.sessionledger.app.openclaw.Replay.LedgerSession;
import org.sessionledger.app.openclaw.Replay.Shown;
import org.sessionledger.core.session.Verdict;

/**
 * Every recording, as it was derived by hand beforehand: see {@code docs/recordings.md}. Each line
 * of a {@code .decided} file is a command, and what the ledger must say to it.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RecordingsTest {

  record Expected(
      String name,
      long accepted,
      long duplicates,
      Map<String, Long> rejected,
      LedgerSession session) {

    @Override
    public String toString() {
      return name;
    }

    String version() {
      return name.substring(0, name.indexOf('/'));
    }

    Recording recording() {
      return Recording.of(file(name + ".jsonl"));
    }

    List<String> decided() throws IOException {
      return Files.readAllLines(file(name + ".decided"));
    }
  }

  static final List<Expected> RECORDINGS =
      List.of(
          recording("2026.5.28/abort-chat", 3, 2, Map.of("run-ended", 1L))
              .ends("abort-chat", "4a6dd5f2-17a6-47c0-8fc7-78dd11a95dd6", 1, "aborted"),
          recording("2026.5.28/compact-manual", 13, 10, Map.of())
              .ends("compact", "5d6f446b-df5c-4dd9-baa9-dd13469d5b82", 3, "done"),
          recording("2026.5.28/failed-agent", 3, 2, Map.of())
              .ends("failed-agent", "7fda3a94-e11f-4cda-9cc3-3c88f2f36077", 1, "failed"),
          recording("2026.5.28/normal", 7, 6, Map.of())
              .ends("normal", "914cf73a-95ca-4579-be35-468e1d7771d4", 1, "done"),
          recording("2026.5.28/reset-during-run", 4, 2, Map.of())
              .ends("reset-run", "79cac1b0-fe39-43de-84ab-f658c42122ea", 2, "idle"),
          recording("2026.5.28/reset-idle", 10, 6, Map.of())
              .ends("reset-idle", "5106ba48-7ca4-4426-abd6-69c04a81ef24", 4, "idle"),
          recording("2026.5.28/reset-in-error-grace", 6, 3, Map.of("run-superseded", 1L))
              .ends("reset-grace", "651001ed-6a1d-4cf2-a948-d11f8899cdb7", 2, "idle"),
          recording("2026.5.28/restart-sigkill", 3, 1, Map.of())
              .ends("restart-sigkill", "e4fcfd01-0a4a-445b-8620-03d3ad1c18b4", 1, "interrupted"),
          recording("2026.9.6/abort-session", 3, 2, Map.of("run-ended", 2L))
              .ends("abort-session", "31e18965-0825-4a31-bfb2-cc4215b7933e", 1, "aborted"),
          recording("2026.9.6/normal", 7, 6, Map.of())
              .ends("normal", "60fb2231-5e5e-43b6-b048-1ee012e7e282", 1, "done"),
          recording("2026.9.6/reset-during-run", 4, 1, Map.of("run-superseded", 1L))
              .ends("reset-run", "c44de603-9750-4e0d-b5f5-59e4f28ba7e6", 2, "idle"),
          recording("2026.9.6/reset-in-error-grace", 6, 4, Map.of())
              .ends("reset-grace", "dc5064e6-61ed-48fa-aa7a-a88a43707da4", 2, "idle"),
          recording("2026.9.6/reset-typed", 6, 3, Map.of("run-ended", 1L))
              .ends("typed", "d1b10bc7-9471-4fed-9db8-a7dc234aa156", 2, "done"));

  private record Counted(String name, long accepted, long duplicates, Map<String, Long> rejected) {

    Expected ends(String key, String sessionId, long generation, String status) {
      LedgerSession session =
          new LedgerSession("agent:main:" + key, sessionId, generation, status, 0);
      return new Expected(name, accepted, duplicates, rejected, session);
    }
  }

  private static Counted recording(
      String name, long accepted, long duplicates, Map<String, Long> rejected) {
    return new Counted(name, accepted, duplicates, rejected);
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void every_frame_is_translated_as_it_was_by_hand(Expected expected) throws Exception {
    Tape.Played played = Tape.play(new ScriptedDecider(), expected.recording());
    assertThat(played.commands())
        .containsExactlyElementsOf(
            expected.decided().stream().map(line -> line.split(" : ")[0]).toList());
    assertThat(played.replay().unreadable()).isEmpty();
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void every_command_is_decided_as_it_was_by_hand(Expected expected) throws Exception {
    Outcome outcome = outcome(expected);
    Replay replay = outcome.replay();
    assertThat(outcome.decided()).containsExactlyElementsOf(expected.decided());
    assertThat(replay.accepted()).isEqualTo(expected.accepted());
    assertThat(replay.duplicates()).isEqualTo(expected.duplicates());
    assertThat(replay.rejectedByReason()).isEqualTo(expected.rejected());
    assertThat(replay.rejected()).isEqualTo(sum(expected.rejected()));
    assertThat(replay.arrivals()).isEqualTo(expected.decided().size());
    assertThat(replay.sessions()).containsExactly(expected.session());
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void only_the_race_leaves_the_gateway_showing_what_is_not_so(Expected expected) {
    List<Difference> differences = outcome(expected).replay().differences();
    if (!expected.name().equals("2026.5.28/reset-in-error-grace")) {
      assertThat(differences).isEmpty();
      return;
    }
    assertThat(differences).hasSize(1);
    String decisionId = differences.get(0).decisionId();
    assertThat(decisionId).isNotNull();
    String fresh = "651001ed-6a1d-4cf2-a948-d11f8899cdb7";
    assertThat(differences.get(0))
        .isEqualTo(
            new Difference(
                "agent:main:reset-grace",
                "agent-1795413821849",
                new Shown(fresh, "failed", null),
                new Held(fresh, "idle", null),
                decisionId));
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void replayed_again_into_the_same_ledger_it_accepts_nothing_and_changes_nothing(
      Expected expected) {
    Outcome outcome = outcome(expected);
    assertThat(outcome.again().accepted()).isZero();
    assertThat(outcome.again().arrivals()).isEqualTo(outcome.replay().arrivals());
    assertThat(outcome.again().sessions()).isEqualTo(outcome.replay().sessions());
    // What was accepted is known by its id; the rest is decided anew on what is current now.
    for (int i = 0; i < outcome.decided().size(); i++) {
      if (outcome.decided().get(i).endsWith(" : accepted")) {
        assertThat(outcome.decidedAgain().get(i)).endsWith(" : duplicate");
      }
    }
  }

  /** A recording, replayed twice into one ledger. */
  record Outcome(Replay replay, List<String> decided, Replay again, List<String> decidedAgain) {}

  private static final Map<String, Outcome> OUTCOMES = new HashMap<>();

  /** One a version: within a version no two recordings share a session. */
  private static final Map<String, ScratchLedger> LEDGERS = new HashMap<>();

  @AfterAll
  static void closeLedgers() {
    LEDGERS.values().forEach(ScratchLedger::close);
  }

  static Outcome outcome(Expected expected) {
    return OUTCOMES.computeIfAbsent(expected.name(), name -> twice(expected));
  }

  private static Outcome twice(Expected expected) {
    List<Recording> recording = List.of(expected.recording());
    Decider ledger =
        LEDGERS.computeIfAbsent(expected.version(), version -> new ScratchLedger()).decider();
    List<String> decided = new ArrayList<>();
    List<String> decidedAgain = new ArrayList<>();
    try {
      return new Outcome(
          RecordingReplay.replay(recording, ledger, noting(decided)),
          decided,
          RecordingReplay.replay(recording, ledger, noting(decidedAgain)),
          decidedAgain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void all_recordings_of_a_gateway_in_one_replay_add_up() throws Exception {
    for (String version : List.of("2026.5.28", "2026.9.6")) {
      List<Expected> all = RECORDINGS.stream().filter(e -> e.version().equals(version)).toList();
      try (ScratchLedger ledger = new ScratchLedger()) {
        Replay replay =
            RecordingReplay.replay(
                all.stream().map(Expected::recording).toList(),
                ledger.decider(),
                ReplayListener.NONE);
        assertThat(replay.accepted()).isEqualTo(all.stream().mapToLong(Expected::accepted).sum());
        assertThat(replay.duplicates())
            .isEqualTo(all.stream().mapToLong(Expected::duplicates).sum());
        assertThat(replay.rejected())
            .isEqualTo(all.stream().mapToLong(e -> sum(e.rejected())).sum());
        assertThat(replay.sessions())
            .containsExactlyElementsOf(all.stream().map(Expected::session).toList());
      }
    }
  }

  @Test
  void a_session_that_the_ledger_knows_by_another_id_goes_on_in_its_next_generation()
      throws Exception {
    try (ScratchLedger ledger = new ScratchLedger()) {
      for (String version : List.of("2026.5.28", "2026.9.6")) {
        Recording recording = Recording.of(file(version + "/reset-in-error-grace.jsonl"));
        Replay replay =
            RecordingReplay.replay(List.of(recording), ledger.decider(), ReplayListener.NONE);
        if (version.equals("2026.9.6")) {
          assertThat(replay.rejectedByReason()).isEqualTo(Map.of("already-open", 1L));
          assertThat(replay.sessions())
              .containsExactly(
                  new LedgerSession(
                      "agent:main:reset-grace",
                      "dc5064e6-61ed-48fa-aa7a-a88a43707da4",
                      4,
                      "idle",
                      0));
        }
      }
    }
  }

  @Test
  void the_demo_plays_the_recorded_race() throws Exception {
    try (ScratchLedger ledger = new ScratchLedger()) {
      Replay replay =
          RecordingReplay.replay(List.of(Recording.demo()), ledger.decider(), ReplayListener.NONE);
      assertThat(Map.of("arrivals", replay.arrivals(), "rejected", replay.rejected()))
          .containsOnly(entry("arrivals", 10L), entry("rejected", 1L));
      assertThat(replay.differences()).hasSize(1);
    }
  }

  private static ReplayListener noting(List<String> decided) {
    return new ReplayListener() {
      @Override
      public void decided(Translated command, Ruling ruling) {
        String verdict =
            ruling.verdict() == Verdict.REJECTED ? ruling.reason() : ruling.verdict().code();
        decided.add(CommandLine.of(command) + " : " + verdict);
      }
    };
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  static Path file(String name) {
    try {
      return Path.of(RecordingsTest.class.getResource("/openclaw/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

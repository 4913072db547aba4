package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OpenclawReplayTest {

  @TempDir private Path folder;

  static String recording(String name) {
    try {
      return Path.of(OpenclawReplayTest.class.getResource("/openclaw/" + name).toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final String RACE = recording("2026.5.28/reset-in-error-grace.jsonl");

  private String data() {
    return folder.resolve("ledger").toString();
  }

  @Test
  void the_race_ends_with_one_object_as_the_contract_has_it() {
    CommandLineRun run = run("openclaw", "replay", RACE, "--data", data(), "--json");
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    JsonNode end = run.json();
    assertThat(end.properties())
        .extracting(java.util.Map.Entry::getKey)
        .containsExactly(
            "arrivals",
            "accepted",
            "duplicates",
            "rejected",
            "rejectedByReason",
            "sessions",
            "differences");
    assertThat(end.path("rejectedByReason").path("run-superseded").asInt()).isEqualTo(1);
    assertThat(end.path("arrivals").asInt())
        .isEqualTo(
            end.path("accepted").asInt()
                + end.path("duplicates").asInt()
                + end.path("rejected").asInt());
    assertThat(end.path("sessions").toString())
        .isEqualTo(
            "[{\"sessionKey\":\"agent:main:reset-grace\","
                + "\"sessionId\":\"651001ed-6a1d-4cf2-a948-d11f8899cdb7\","
                + "\"generation\":2,\"status\":\"idle\",\"activeRuns\":0}]");
    JsonNode difference = end.path("differences").path(0);
    assertThat(difference.path("shown").path("status").asText()).isEqualTo("failed");
    assertThat(difference.path("ledger").path("status").asText()).isEqualTo("idle");
    JsonNode decision =
        run(
                "decision",
                "explain",
                difference.path("decisionId").asText(),
                "--json",
                "--data",
                data())
            .json();
    assertThat(decision.path("reason").asText()).isEqualTo("run-superseded");
  }

  @Test
  void for_people_it_tells_the_refusal_the_session_and_the_difference() {
    CommandLineRun run = run("openclaw", "replay", RACE, "--data", data());
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("45 frames gave 10 commands: 6 accepted, 3 duplicates, 1 refused.")
        .contains("reset-in-error-grace.jsonl:40  FailRun  agent-1795413821849  run-superseded")
        .contains("OpenClaw shows failed, the ledger says idle.")
        .contains("session-ledger decision explain ")
        .contains("651001ed-6a1d-4cf2-a948-d11f8899cdb7");
    assertThat(run.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(140));
  }

  @Test
  void several_recordings_add_up_and_a_repeat_changes_nothing() {
    String normal = recording("2026.5.28/normal.jsonl");
    JsonNode both = run("openclaw", "replay", normal, RACE, "--data", data(), "--json").json();
    assertThat(both.path("arrivals").asInt()).isEqualTo(23);
    assertThat(both.path("sessions")).hasSize(2);
    JsonNode again = run("openclaw", "replay", normal, RACE, "--data", data(), "--json").json();
    assertThat(again.path("accepted").asInt()).isZero();
    assertThat(again.path("sessions")).isEqualTo(both.path("sessions"));
  }

  @Test
  void a_line_that_is_no_frame_is_told_with_its_place_and_skipped() throws Exception {
    Path broken = folder.resolve("broken.jsonl");
    String whole = Files.readString(Path.of(RACE));
    Files.writeString(broken, "{\"t\":1,\"dir\"\n" + whole + "\u0007{\"half");
    CommandLineRun run = run("openclaw", "replay", broken.toString(), "--data", data(), "--json");
    assertThat(run.status()).isZero();
    assertThat(run.json().path("arrivals").asInt()).isEqualTo(10);
    assertThat(run.err().lines())
        .hasSize(2)
        .satisfiesExactly(
            first -> assertThat(first).startsWith("broken.jsonl:1: "),
            last -> assertThat(last).startsWith("broken.jsonl:47: "));
    assertThat(run.err()).doesNotContain("\u0007");
  }

  @Test
  void a_recording_of_nothing_is_replayed_well() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    CommandLineRun run = run("openclaw", "replay", empty.toString(), "--data", data(), "--json");
    assertThat(run.status()).isZero();
    assertThat(run.json().path("arrivals").asInt()).isZero();
    assertThat(run.json().path("differences")).isEmpty();
  }

  @Test
  void a_file_that_cannot_be_read_is_told_before_anything_is_decided() {
    CommandLineRun run = run("openclaw", "replay", RACE, folder + "/none", "--data", data());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("none does not exist").hasLineCount(1);
    assertThat(run("openclaw", "replay", folder.toString(), "--data", data()).status())
        .isEqualTo(1);
    assertThat(folder.resolve("ledger")).doesNotExist();
  }
}

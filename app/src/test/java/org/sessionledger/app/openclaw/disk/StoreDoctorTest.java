package org.sessionledger.app.openclaw.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.openclaw.doctor.Diagnosis;
import org.sessionledger.app.openclaw.doctor.Doctor;
import org.sessionledger.app.openclaw.doctor.Evidence;
import org.sessionledger.app.openclaw.doctor.Finding;
import org.sessionledger.app.openclaw.doctor.Finding.Kind;
import org.sessionledger.app.openclaw.doctor.Mend;
import org.sessionledger.app.openclaw.doctor.StoredPatient;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StoreDoctorTest extends ImportingTest {

  private static final Mend.Shell SHELL =
      new Mend.Shell() {
        @Override
        public String gateway(String method, JsonNode params) {
          return method + " " + params;
        }

        @Override
        public String ledger(JsonNode command) {
          return command.toString();
        }

        @Override
        public String catchUp() {
          return "import";
        }
      };

  @TempDir private Path folder;

  private static Diagnosis examine(Path state, String prefix) throws Exception {
    List<String> files = content(state);
    JsonNode before = api.stats();
    Diagnosis diagnosis =
        Doctor.examine(
            new StoredPatient(state, null),
            api,
            SHELL,
            Doctor.Options.of(prefix, Duration.ofSeconds(20), 100),
            new Doctor.Listener() {});
    assertThat(content(state)).isEqualTo(files);
    assertThat(api.stats()).isEqualTo(before);
    return diagnosis;
  }

  /** Written by the real program: the race in one session, a stop within an error's 15 s. */
  @Test
  void the_store_of_the_real_gateway() throws Exception {
    Path state = Path.of(StoreDoctorTest.class.getResource("/openclaw/2026.5.28-disk").toURI());
    Diagnosis before = examine(state, "agent:main:");
    assertThat(before.unknownToLedger()).isEqualTo(3);
    assertThat(before.differ()).isZero();
    importing(state);
    Diagnosis diagnosis = examine(state, "agent:main:");
    assertThat(diagnosis.sessions()).isEqualTo(3);
    assertThat(diagnosis.findings())
        .extracting(Finding::sessionKey, Finding::kind)
        .containsExactlyInAnyOrder(
            tuple("agent:main:one", Kind.RESET_NOT_REACHED),
            tuple("agent:main:three", Kind.RUNNING_NOTHING_RUNS));
    Finding race =
        diagnosis.findings().stream()
            .filter(f -> f.kind() == Kind.RESET_NOT_REACHED)
            .findFirst()
            .orElseThrow();
    assertThat(race.evidence())
        .singleElement()
        .isInstanceOfSatisfying(
            Evidence.RecordedChange.class,
            change -> {
              assertThat(change.reason()).isEqualTo("run-superseded");
              assertThat(change.where()).isEqualTo(race.shown().where());
            });
    assertThat(race.mend().command()).isEqualTo("sessions.reset {\"key\":\"agent:main:one\"}");
  }

  @Test
  void a_row_in_sqlite_that_names_a_run_of_an_ended_life() throws Exception {
    String key = "d:named";
    try (SqliteStore store =
        new SqliteStore(folder)
            .node(key, "n-1", "failed", ",\"lastRunId\":\"r-1\",\"endedAt\":" + (T + 2))
            .window("n-1", key, null, "initial", T)
            .run(key, "n-1", "r-1", T + 1, T + 2, "failed")) {
      importing(folder);
      assertThat(examine(folder, "d:named").differ()).isZero();
      // The ledger heard of a reset that the gateway lost.
      api.decide("{\"type\":\"ResetSession\",\"sessionKey\":\"d:named\",\"newSessionId\":\"n-1\"}");
      Finding finding = examine(folder, "d:named").findings().get(0);
      assertThat(finding.kind()).isEqualTo(Kind.RESET_NOT_REACHED);
      assertThat(finding.evidence()).containsExactly(new Evidence.LedgerRun("r-1", 1, 1, "failed"));
      assertThat(finding.shown().where())
          .isEqualTo("agents/main/agent/openclaw-agent.sqlite:session_nodes d:named");
      assertThat(store.agent().isClosed()).isFalse();
    }
  }

  @Test
  void an_open_run_that_the_store_has_the_end_of_is_for_an_import() throws Exception {
    String key = "d:open";
    Path state =
        new TextStore(folder)
            .row(key, "o", Map.of("status", "done", "startedAt", T, "endedAt", T + 1))
            .transcript("o.jsonl", "o", T)
            .state();
    api.decide("{\"type\":\"OpenSession\",\"sessionKey\":\"d:open\",\"sessionId\":\"o\"}");
    api.decide(
        "{\"type\":\"StartRun\",\"sessionKey\":\"d:open\",\"sessionId\":\"o\",\"runId\":\"r\"}");
    Finding finding = examine(state, key).findings().get(0);
    assertThat(finding.kind()).isEqualTo(Kind.OPEN_NOT_RUNNING);
    assertThat(finding.mend().command()).isEqualTo("import");
  }

  /** A run that ended after its life was over. */
  private TextStore late(String key) throws IOException {
    return new TextStore(folder)
        .reset("o", T, T + 100)
        .transcript("n.jsonl", "n", T + 100)
        .run(key, "o", "r", T + 10, T + 200, "success")
        .row(key, "n", Map.of());
  }

  @Test
  void what_a_run_recorded_late_is_told_and_explains_no_row_of_another() throws Exception {
    String key = "d:late";
    TextStore store = late(key);
    importing(store.state());
    assertThat(examine(store.state(), key).differ()).isZero();
    store.row(key, "n", Map.of("status", "failed", "startedAt", T + 300, "endedAt", T + 301));
    Finding finding = examine(store.state(), key).findings().get(0);
    assertThat(finding.kind()).isEqualTo(Kind.STATUS_DIFFERS);
    assertThat(finding.evidence())
        .singleElement()
        .isInstanceOfSatisfying(
            Evidence.RecordedChange.class,
            change -> assertThat(change.where()).contains("o.trajectory.jsonl"));
  }

  @Test
  void what_the_ledger_would_take_is_no_evidence() throws Exception {
    String key = "d:taken";
    TextStore store = late(key);
    api.decide("{\"type\":\"OpenSession\",\"sessionKey\":\"d:taken\",\"sessionId\":\"n\"}");
    api.decide(
        "{\"type\":\"StartRun\",\"sessionKey\":\"d:taken\",\"sessionId\":\"n\",\"runId\":\"r\"}");
    Finding finding = examine(store.state(), key).findings().get(0);
    assertThat(finding.kind()).isEqualTo(Kind.OPEN_NOT_RUNNING);
    assertThat(finding.evidence()).containsExactly(new Evidence.LedgerRun("r", 1, 1, "running"));
  }

  @Test
  void torn_and_unreadable_files_are_notes() throws Exception {
    TextStore store =
        new TextStore(folder)
            .row("d:torn", "t", Map.of())
            .transcript("other.jsonl", "t", T)
            .line("broken.jsonl", "{\"type\":");
    Diagnosis diagnosis = examine(store.state(), "d:torn");
    assertThat(diagnosis.torn()).isEqualTo(1);
    assertThat(diagnosis.unreadable()).isEqualTo(1);
    assertThat(diagnosis.differ()).isZero();
    assertThat(diagnosis.notes())
        .extracting(Diagnosis.Note::kind)
        .containsExactlyInAnyOrder("torn", "unreadable", "unknown-to-ledger");
    assertThat(diagnosis.notes().toString())
        .contains("agents/main/sessions/other.jsonl: its first record is of session id t");
  }

  @Test
  void a_folder_that_is_none_is_an_error() {
    assertThatThrownBy(() -> examine(folder.resolve("no"), "d:")).isInstanceOf(IOException.class);
  }
}

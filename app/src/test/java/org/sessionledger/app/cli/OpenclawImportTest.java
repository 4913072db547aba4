package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.openclaw.disk.TextStore;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OpenclawImportTest {

  private static final long T = 1_795_413_850_000L;

  @TempDir private Path folder;
  private String store;

  @BeforeEach
  void writeStore() throws IOException {
    store =
        new TextStore(folder.resolve("state"))
            .row("k", "new", Map.of("status", "failed", "startedAt", T + 20, "endedAt", T + 20))
            .reset("old", T, T + 100)
            .transcript("new.jsonl", "new", T + 100)
            .run("k", "old", "r", T + 10, T + 20, "error")
            .state()
            .toString();
  }

  private String data() {
    return folder.resolve("ledger").toString();
  }

  @Test
  void it_tells_what_would_have_been_refused_and_another_time_adds_nothing() {
    CommandLineRun run = run("openclaw", "import", store, "--data", data());
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("1 session gave 4 commands: 4 accepted, 0 duplicates, none refused.")
        .contains("k: run-superseded  agents/main/sessions/sessions.json:2")
        .contains("OpenClaw shows failed, the ledger says idle.");
    assertThat(run.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(140));
    JsonNode again =
        run("openclaw", "import", store, "--agent", "main", "--data", data(), "--json").json();
    assertThat(again.path("arrivals").asInt()).isZero();
    assertThat(again.path("sessionsKnown").asInt()).isEqualTo(1);
    assertThat(again.path("wouldRefuse").path(0).path("runId").asText()).isEqualTo("r");
  }

  @Test
  void a_server_that_runs_on_the_folder_takes_the_import() {
    try (ServeVerb.Running server = ServedFolder.serve(folder.resolve("ledger"))) {
      JsonNode done = run("openclaw", "import", store, "--data", data(), "--json").json();
      assertThat(done.path("accepted").asInt()).isEqualTo(4);
      assertThat(done.path("wouldRefuse")).hasSize(1);
      JsonNode again = run("openclaw", "import", store, "--data", data(), "--json").json();
      assertThat(again.path("arrivals").asInt()).isZero();
    }
  }

  @Test
  void a_folder_that_is_none_is_told_before_a_ledger_is_opened() {
    assertThat(run("openclaw", "import", store + "x", "--data", data()).err())
        .contains("does not exist");
    assertThat(run("openclaw", "import", store + "/agents/main/sessions/sessions.json").err())
        .contains("is no folder");
    assertThat(folder.resolve("ledger")).doesNotExist();
  }
}

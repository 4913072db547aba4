package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.SessionLedgerMain;
import org.sessionledger.core.session.Json;

/** The program as a process of its own. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ServeTest {

  @TempDir private Path folder;

  @Test
  void a_server_serves_until_sigterm_and_leaves_the_folder_in_order() throws Exception {
    String data = folder.resolve("ledger").toString();
    Path log = folder.resolve("log");
    try (AnotherJvm server =
        AnotherJvm.start(
            log,
            Map.of(),
            SessionLedgerMain.class,
            "serve",
            "--port",
            "0",
            "--no-auth",
            "--json",
            "--data",
            data)) {
      JsonNode told = Json.read(server.line(), JsonNode.class);
      assertThat(told.path("address").asText()).startsWith("http://127.0.0.1:");
      assertThat(DataFolder.server(Path.of(data)).orElseThrow().pid()).isEqualTo(server.pid());
      CommandLineRun sent =
          CommandLineRun.runWithInput(
              "{\"type\":\"OpenSession\",\"sessionKey\":\"k\"}\n"
                  + "{\"type\":\"AbortRun\",\"sessionKey\":\"k\",\"runId\":\"r\"}\n",
              "command",
              "send",
              "-",
              "--data",
              data);
      assertThat(sent.jsonLines()).hasSize(2);
      assertThat(server.terminate()).isZero();
    }
    assertThat(Path.of(data, "server.json")).doesNotExist();
    assertThat(Files.readString(log)).contains("unknown-run").doesNotContain("\tat ");
    JsonNode stats = run("stats", "--json", "--data", data).json();
    assertThat(stats.path("arrivals").asInt()).isEqualTo(2);
  }

  @Test
  void a_key_of_any_script_arrives_as_it_was_typed_in_any_locale() throws Exception {
    String data = folder.resolve("ledger").toString();
    String key = "caf\u00e9 \ud83d\ude42";
    CommandLineRun.runWithInput(
        "{\"type\":\"OpenSession\",\"sessionKey\":\"" + key + "\"}",
        "command",
        "send",
        "-",
        "--data",
        data);
    try (AnotherJvm show =
        AnotherJvm.start(
            folder.resolve("log"),
            Map.of("LC_ALL", "C"),
            SessionLedgerMain.class,
            "session",
            "show",
            key,
            "--json",
            "--data",
            data)) {
      assertThat(Json.read(show.line(), JsonNode.class).path("sessionKey").asText()).isEqualTo(key);
      assertThat(show.status()).isZero();
    }
    assertThat(folder.resolve("log")).isEmptyFile();
  }
}

package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
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

  @Test
  void many_large_batches_at_once_do_not_exhaust_a_small_heap() throws Exception {
    int lines = 12;
    byte[] batch = batchOfNearly48MiB(lines);
    try (AnotherJvm server =
        AnotherJvm.start(
            folder.resolve("log"),
            Map.of("JAVA_TOOL_OPTIONS", "-Xmx256m"),
            SessionLedgerMain.class,
            "serve",
            "--no-auth",
            "--port",
            "0",
            "--json",
            "--data",
            folder.resolve("ledger").toString())) {
      URI address = URI.create(Json.read(server.line(), JsonNode.class).path("address").asText());
      HttpClient http = HttpClient.newHttpClient();
      HttpRequest request =
          HttpRequest.newBuilder(address.resolve("/v1/commands"))
              .header("Content-Type", "application/x-ndjson")
              .POST(HttpRequest.BodyPublishers.ofByteArray(batch))
              .build();
      List<HttpResponse<String>> answers =
          Stream.generate(() -> http.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
              .limit(4)
              .toList()
              .stream()
              .map(CompletableFuture::join)
              .toList();

      List<HttpResponse<String>> decided =
          answers.stream().filter(answer -> answer.statusCode() == 200).toList();
      assertThat(decided).isNotEmpty().allMatch(answer -> answer.body().lines().count() == lines);
      assertThat(answers)
          .filteredOn(answer -> answer.statusCode() != 200)
          .allMatch(answer -> answer.statusCode() == 503)
          .allMatch(answer -> answer.headers().firstValue("Retry-After").isPresent());
      HttpResponse<String> stats =
          http.send(
              HttpRequest.newBuilder(address.resolve("/v1/stats")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(Json.tree(stats.body()).path("arrivals").asInt())
          .isEqualTo(lines * decided.size());
      assertThat(server.terminate()).isZero();
    }
  }

  /** Each line is as long as a line may be, and refused at once: the reason is too long. */
  private static byte[] batchOfNearly48MiB(int lines) {
    String line =
        "{\"type\":\"OpenSession\",\"sessionKey\":\"k\",\"reason\":\""
            + "x".repeat((4 << 20) - 100)
            + "\"}\n";
    return line.repeat(lines).getBytes(StandardCharsets.UTF_8);
  }
}

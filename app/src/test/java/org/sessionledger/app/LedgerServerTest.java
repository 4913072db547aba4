package org.sessionledger.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.messaging.responsetypes.ResponseTypes;
import org.axonframework.queryhandling.QueryGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.api.EmbeddedLedgerApi;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.projections.status.FindSessionStatus;

class LedgerServerTest {

  private static final SessionKey KEY = new SessionKey("agent:main/k");

  @TempDir Path folder;

  @Test
  void commands_and_queries_are_reachable_on_Axons_buses() throws Exception {
    try (LedgerServer server = start()) {
      CommandGateway commands = server.bean(CommandGateway.class);
      Decision opened =
          commands.sendAndWait(
              new SessionCommand.OpenSession(KEY, new SessionId("s-1"), null, null));
      Decision refused =
          commands.sendAndWait(
              new SessionCommand.CompleteRun(KEY, null, null, new RunId("r-1"), null));
      assertThat(opened.verdict()).isEqualTo(Verdict.ACCEPTED);
      assertThat(refused.refusal().reason()).isEqualTo(Reason.UNKNOWN_RUN);
      server.api().session(KEY.value(), new LedgerApi.Moment(null, null, 1L));
      SessionStatus status =
          server
              .bean(QueryGateway.class)
              .query(
                  new FindSessionStatus(KEY), ResponseTypes.optionalInstanceOf(SessionStatus.class))
              .get()
              .orElseThrow();
      assertThat(status.sessionId()).isEqualTo(new SessionId("s-1"));
    }
  }

  @Test
  void neither_Axon_nor_Spring_makes_tables_of_its_own() throws Exception {
    try (LedgerServer server = start();
        Connection connection = server.bean(Ledger.class).dataSource().getConnection();
        ResultSet tables =
            connection
                .getMetaData()
                .getTables(null, null, null, new String[] {"TABLE", "BASE TABLE"})) {
      List<String> names = new ArrayList<>();
      while (tables.next()) {
        if (!"INFORMATION_SCHEMA".equals(tables.getString("TABLE_SCHEM"))) {
          names.add(tables.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
        }
      }
      assertThat(names)
          .isNotEmpty()
          .noneMatch(
              name ->
                  name.replace("_", "")
                      .matches("tokenentry|domainevententry|snapshotevententry|sagaentry|.*lock"));
    }
  }

  @Test
  void what_was_accepted_is_there_after_a_restart_and_for_one_without_a_server() {
    try (LedgerServer server = start()) {
      server.api().decide(open("a"));
      server.api().decide(open("b"));
    }
    try (LedgerServer server = start()) {
      assertThat(server.api().stats().path("sessions").asLong()).isEqualTo(2);
      assertThat(session(server.api(), "a", 1).path("status").asText()).isEqualTo("idle");
    }
    try (LedgerApi api = EmbeddedLedgerApi.open(new LedgerStorage.Folder(folder))) {
      api.decide(open("c"));
      // Without minVersion: whoever opened the ledger sees what was accepted before.
      assertThat(api.sessions(null, null, new LedgerApi.Page(10, null)).path("items")).hasSize(3);
      assertThat(api.session("c", LedgerApi.Moment.NOW).path("version").asLong()).isEqualTo(1);
    }
  }

  @Test
  void a_port_that_is_taken_is_told_in_one_sentence_and_the_folder_is_free_again()
      throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(
              () ->
                  LedgerServer.start(
                      LedgerServer.Options.local(
                          taken.getLocalPort(), new LedgerStorage.Folder(folder))))
          .isInstanceOf(LedgerUnavailable.class)
          .hasMessageContaining("Port " + taken.getLocalPort());
    }
    start().close();
  }

  @Test
  void an_address_that_is_none_of_this_machine_is_told_in_one_sentence() {
    assertThatThrownBy(
            () ->
                LedgerServer.start(
                    new LedgerServer.Options(
                        "192.0.2.1",
                        0,
                        new LedgerStorage.Folder(folder),
                        Duration.ZERO,
                        List.of())))
        .isInstanceOf(LedgerUnavailable.class)
        .hasMessageContaining("192.0.2.1");
  }

  @Test
  void it_listens_on_the_loopback_address_only() {
    try (LedgerServer server = start()) {
      assertThat(server.uri().toString()).isEqualTo("http://127.0.0.1:" + server.port());
    }
  }

  @Test
  void closing_finishes_the_requests_under_way_and_nothing_acknowledged_is_lost() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    try (LedgerServer server = start()) {
      server.api().decide(open("k"));
      for (int i = 0; i < 50; i++) {
        answers.add(
            http.sendAsync(
                HttpRequest.newBuilder(server.uri().resolve("/v1/commands"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(start("k", "r-" + i)))
                    .build(),
                HttpResponse.BodyHandlers.ofString()));
      }
      CompletableFuture.anyOf(answers.toArray(CompletableFuture[]::new)).get();
    }
    long acknowledged =
        answers.stream()
            .filter(answer -> answer.handle((ok, e) -> e == null && ok.statusCode() == 200).join())
            .count();
    try (LedgerApi api = EmbeddedLedgerApi.open(new LedgerStorage.Folder(folder))) {
      assertThat(acknowledged).isPositive();
      assertThat(api.stats().path("activeRuns").asLong()).isGreaterThanOrEqualTo(acknowledged);
    }
  }

  @Test
  void many_clients_at_once_get_one_decision_each() {
    try (LedgerServer server = start()) {
      server.api().decide(open("k"));
      List<JsonNode> decisions =
          IntStream.range(0, 400)
              .parallel()
              .mapToObj(i -> server.api().decide(start("k", "r-" + i % 200)))
              .toList();
      JsonNode stats = server.api().stats();
      assertThat(decisions)
          .filteredOn(d -> d.path("verdict").asText().equals("accepted"))
          .hasSize(200);
      assertThat(stats.path("arrivals").asLong()).isEqualTo(401);
      assertThat(stats.path("duplicates").asLong()).isEqualTo(200);
      assertThat(stats.path("activeRuns").asLong()).isEqualTo(200);
      assertThat(session(server.api(), "k", 201).path("activeRuns").asLong()).isEqualTo(200);
    }
  }

  @Test
  void a_run_whose_lease_ran_out_is_interrupted() {
    LedgerServer.Options options =
        new LedgerServer.Options(
            LedgerServer.Options.LOOPBACK,
            0,
            new LedgerStorage.Folder(folder),
            Duration.ofMillis(50),
            List.of());
    try (LedgerServer server = LedgerServer.start(options)) {
      server.api().decide(open("k"));
      server.api().decide(start("k", "r-1"));
      assertThat(session(server.api(), "k", 3).path("status").asText()).isEqualTo("interrupted");
    }
  }

  private LedgerServer start() {
    return LedgerServer.start(LedgerServer.Options.local(0, new LedgerStorage.Folder(folder)));
  }

  private static JsonNode session(LedgerApi api, String key, long minVersion) {
    return api.session(key, new LedgerApi.Moment(null, null, minVersion));
  }

  private static String open(String key) {
    return Json.write(
        java.util.Map.of("type", "OpenSession", "sessionKey", key, "sessionId", "s-1"));
  }

  private static String start(String key, String run) {
    return Json.write(
        java.util.Map.of("type", "StartRun", "sessionKey", key, "sessionId", "s-1", "runId", run));
  }
}

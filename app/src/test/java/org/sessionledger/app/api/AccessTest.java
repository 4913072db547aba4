package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.access.Role;
import org.sessionledger.app.access.Tokens;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Json;
import org.slf4j.LoggerFactory;

/** What a token lets its holder do, in commands, lists, feeds and single sessions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {

  private static final String AUTHORIZATION = "Authorization";

  private LedgerServer server;
  private Client client;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = start(folder, new AccessOptions(true, 0, null));
    client = new Client(server.uri());
    for (String key : List.of("mine:1", "theirs:1")) {
      server.api().decide(open(key));
      server.api().decide(command("AbortRun", key).put("runId", "r").toString());
    }
  }

  private static LedgerServer start(Path folder, AccessOptions access) {
    return LedgerServer.start(
        new LedgerServer.Options(
            LedgerServer.Options.LOOPBACK,
            0,
            new LedgerStorage.Folder(folder),
            LedgerServer.Options.LEASE,
            List.of(),
            access,
            null));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private String token(Role role, @Nullable String prefix) {
    return "Bearer " + given(role, prefix).secret();
  }

  private Tokens.Given given(Role role, @Nullable String prefix) {
    return server.bean(Tokens.class).create(new NewToken(role, "ann", prefix, null), null);
  }

  private static ObjectNode command(String type, String key) {
    return ((ObjectNode) Json.tree("{}")).put("type", type).put("sessionKey", key);
  }

  private static String open(String key) {
    return command("OpenSession", key).toString();
  }

  @Test
  void a_runtime_reports_and_an_operator_ends_lives() {
    Set<String> runtime =
        Set.of(
            "OpenSession",
            "StartRun",
            "ReportProgress",
            "CompleteRun",
            "FailRun",
            "AbortRun",
            "InterruptRuns",
            "ReportGap",
            "BeginCompaction",
            "AbandonCompaction",
            "CompactSession",
            "ForkSession");
    Set<String> refused = new TreeSet<>();
    for (String type : CommandJson.typeNames()) {
      ObjectNode command =
          switch (type) {
            case "StartRun",
                "ReportProgress",
                "CompleteRun",
                "FailRun",
                "AbortRun",
                "InterruptRuns" ->
                command(type, "k").put("runId", "r");
            case "BeginCompaction", "AbandonCompaction" ->
                command(type, "k").put("compactionId", "c");
            case "ReportGap" ->
                command(type, "k")
                    .put("from", "2026-11-27T12:00:00Z")
                    .put("to", "2026-11-27T12:00:01Z");
            case "RestoreSession" -> command(type, "k").put("fromGeneration", 1);
            case "ForkSession", "MigrateSession" -> command(type, "k").put("newSessionKey", "n");
            default -> command(type, "k");
          };
      command.put("dryRun", true);
      assertThat(
              client.command(command.toString(), AUTHORIZATION, token(Role.READER, null)).status())
          .as(type)
          .isEqualTo(403);
      Client.Answer answer =
          client.command(command.toString(), AUTHORIZATION, token(Role.RUNTIME, null));
      if (answer.status() == 403) {
        refused.add(type);
      }
      assertThat(
              client
                  .command(command.toString(), AUTHORIZATION, token(Role.OPERATOR, null))
                  .status())
          .as(type)
          .isNotIn(400, 401, 403);
    }
    Set<String> expected = new TreeSet<>(CommandJson.typeNames());
    expected.removeAll(runtime);
    assertThat(refused).isEqualTo(expected);
  }

  @Test
  void the_actor_is_the_tokens_name_and_nothing_that_a_command_says() {
    String ann = token(Role.OPERATOR, null);
    client.command(open("actor"), AUTHORIZATION, ann);
    Client.Answer forged =
        client.command(
            command("ResetSession", "actor").put("actor", "bo").toString(), AUTHORIZATION, ann);
    problem(forged, 400, "invalid");
    assertThat(forged.text("/field")).isEqualTo("actor");
    String line = command("CloseSession", "actor").put("actor", "ann").toString();
    assertThat(batch(ann, line).get(0).path("reason").asText()).isEqualTo("invalid");

    assertThat(
            client
                .command(
                    command("ResetSession", "actor").put("reason", "stuck").toString(),
                    AUTHORIZATION,
                    ann)
                .status())
        .isEqualTo(200);
    client.command(
        command("AbortRun", "actor").put("runId", "none").toString(), AUTHORIZATION, ann);
    JsonNode items =
        client
            .get("/v1/sessions/actor/timeline?minVersion=2", AUTHORIZATION, ann)
            .json()
            .path("items");
    assertThat(items.findValuesAsText("type")).contains("SessionReset");
    assertThat(items).allMatch(item -> item.path("actor").asText().equals("ann"));
    assertThat(items.toString()).doesNotContain("\"actor\":\"bo\"");
  }

  private List<JsonNode> batch(String token, String... lines) {
    Client.Answer answer =
        client.post(
            "application/x-ndjson",
            BodyPublishers.ofString(String.join("\n", lines)),
            AUTHORIZATION,
            token);
    assertThat(answer.status()).isEqualTo(200);
    return answer.lines();
  }

  @Test
  void each_line_of_a_batch_is_judged_by_itself() {
    JsonNode before = server.api().stats();
    List<JsonNode> outcomes =
        batch(
            token(Role.RUNTIME, "mine:"),
            open("mine:batch"),
            open("theirs:batch"),
            command("ResetSession", "mine:batch").toString(),
            command("ForkSession", "mine:batch").put("newSessionKey", "theirs:fork").toString(),
            command("ForkSession", "mine:batch").put("newSessionKey", "mine:fork").toString(),
            "{\"type\":\"InterruptRuns\",\"instance\":\"gw\"}",
            command("AbortRun", "theirs:1").toString(),
            command("AbortRun", "mine:1").toString());
    assertThat(outcomes)
        .extracting(o -> o.path("verdict").asText(o.path("status").asText()))
        .containsExactly("accepted", "403", "403", "403", "accepted", "403", "403", "rejected");
    assertThat(outcomes.get(1).path("type").asText()).isEqualTo("urn:session-ledger:forbidden");
    assertThat(outcomes.get(1).path("detail").asText()).contains("prefix");
    JsonNode after = server.api().stats();
    assertThat(after.path("arrivals").asLong() - before.path("arrivals").asLong()).isEqualTo(3);
    assertThat(after.path("sessions").asLong() - before.path("sessions").asLong()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"OpenSession\",\"sessionKey\":\"theirs:2\"}",
        "{\"type\":\"MigrateSession\",\"sessionKey\":\"theirs:1\",\"newSessionKey\":\"mine:2\"}",
        "{\"type\":\"MigrateSession\",\"sessionKey\":\"mine:1\",\"newSessionKey\":\"theirs:2\"}",
        "{\"type\":\"InterruptRuns\",\"instance\":\"gw\"}",
        "{\"type\":\"ResetSession\",\"sessionKey\":\"theirs:1\",\"nonsense\":1}",
        "{\"type\":\"ResetSession\",\"sessionKey\":\"theirs:1\",\"dryRun\":true}",
      })
  void a_command_about_other_keys_is_refused_and_counts_nowhere(String command) {
    JsonNode before = server.api().stats();
    problem(client.command(command, AUTHORIZATION, token(Role.ADMIN, "mine:")), 403, "forbidden");
    assertThat(server.api().stats()).isEqualTo(before);
  }

  @Test
  void lists_show_the_tokens_keys_and_no_others() {
    String mine = token(Role.READER, "mine:");
    for (String list :
        List.of(
            "/v1/sessions",
            "/v1/sessions?prefix=m",
            "/v1/sessions?atPosition=2",
            "/v1/decisions")) {
      assertThat(client.get(list, AUTHORIZATION, mine).json().path("items"))
          .as(list)
          .isNotEmpty()
          .allMatch(item -> item.path("sessionKey").asText().startsWith("mine:"));
      assertThat(client.get(list, AUTHORIZATION, token(Role.READER, null)).body())
          .as(list)
          .contains(list.contains("=m") ? "mine:" : "theirs:");
    }
    for (String list :
        List.of(
            "/v1/sessions?prefix=theirs:",
            "/v1/decisions?prefix=theirs:",
            "/v1/decisions?sessionKey=theirs:1",
            "/v1/changes?prefix=theirs:",
            "/v1/decisions/changes?prefix=theirs:")) {
      problem(client.get(list, AUTHORIZATION, mine), 403, "forbidden");
    }
  }

  @Test
  void a_refusal_of_other_keys_or_of_none_is_not_explained() {
    JsonNode all = server.api().decisions("rejected", null, null, new LedgerApi.Page(100, null));
    server.api().decide("{\"type\":\"Nonsense\"}");
    for (JsonNode item :
        server
            .api()
            .decisions("rejected", null, null, new LedgerApi.Page(100, null))
            .path("items")) {
      boolean mine = item.path("sessionKey").asText().startsWith("mine:");
      String id = item.path("decisionId").asText();
      String reader = token(Role.READER, "mine:");
      Client.Answer answer = client.get("/v1/decisions/" + id, AUTHORIZATION, reader);
      assertThat(answer.status()).isEqualTo(mine ? 200 : 404);
      String none = id.substring(0, id.length() - 4) + "none";
      if (!mine) {
        assertThat(answer.body())
            .as("as if there were none")
            .isEqualTo(
                client
                    .get("/v1/decisions/" + none, AUTHORIZATION, reader)
                    .body()
                    .replace(none, id));
      }
    }
    assertThat(all.path("items")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/changes", "/v1/decisions/changes"})
  void a_feed_tells_of_the_tokens_keys_and_ends_with_the_token(String path) {
    Tokens.Given given = given(Role.READER, "mine:");
    try (EventStream stream =
        EventStream.open(server.uri(), path, null, AUTHORIZATION, "Bearer " + given.secret())) {
      for (String key : List.of("theirs:feed" + path, "mine:feed" + path)) {
        server.api().decide(open(key));
        server.api().decide(command("AbortRun", key).put("runId", "r").toString());
      }
      assertThat(stream.next().data().path("sessionKey").asText()).isEqualTo("mine:feed" + path);
      server.bean(Tokens.class).revoke(given.token().id());
      assertThat(stream.end()).isNotNull();
    }
    problem(client.get(path, AUTHORIZATION, "Bearer " + given.secret()), 401, "unauthorized");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b", "../..", "..", ".", "a//b", ";jsessionid=1", "a;b", "%2F", "%252e%252e", "a\\b",
        "%", "%00", "a b", "?", "#", "\u2028", "\ud83d\ude42", "<script>alert(1)</script>", "'",
            "\"",
        "/v1/stats", "..%2f", "%5c", "{x}", "*"
      })
  void a_key_of_any_kind_is_found_behind_its_prefix_and_refused_behind_another(String rest) {
    String key = "mine:" + rest;
    String mine = token(Role.OPERATOR, "mine:");
    assertThat(client.command(open(key), AUTHORIZATION, mine).status()).isEqualTo(200);
    String path = "/v1/sessions/" + Client.encode(key);
    Client.Answer found = client.get(path + "?minVersion=1", AUTHORIZATION, mine);
    assertThat(found.status()).as(found.body()).isEqualTo(200);
    assertThat(found.text("/sessionKey")).isEqualTo(key);
    assertThat(client.get(path + "/timeline?minVersion=1", AUTHORIZATION, mine).status())
        .isEqualTo(200);
    for (String foreign : List.of("theirs:" + rest, rest, "Mine:" + rest, " " + key)) {
      for (String below : List.of("", "/runs", "/bundle")) {
        assertThat(
                client
                    .get("/v1/sessions/" + Client.encode(foreign) + below, AUTHORIZATION, mine)
                    .status())
            .as(foreign)
            .isEqualTo(403);
      }
    }
  }

  @Test
  void a_refused_access_leaves_one_line_that_nothing_can_break_and_no_token_is_in() {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger audit = (Logger) LoggerFactory.getLogger("org.sessionledger.access.refused");
    lines.start();
    audit.addAppender(lines);
    try {
      String secret = given(Role.READER, "mine:").secret();
      client.get("/v1/stats?token=" + secret, AUTHORIZATION, "Bearer " + secret);
      client.get("/v1/sessions/a%0Ab%1B%5B2J", AUTHORIZATION, "Bearer " + secret);
      client.get("/v1/" + secret);
      client.get("/v1/" + secret.replace("s", "%73").replace("_", "%255f"));
      client.get("/v1/" + "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl");
      client.command(
          "{\"type\":\"CloseSession\",\"sessionKey\":\"k\"}",
          AUTHORIZATION,
          token(Role.RUNTIME, null));
      batch(token(Role.RUNTIME, null), command("CloseSession", "k").toString());
      assertThat(lines.list).hasSize(7);
      String all =
          lines.list.stream()
              .map(ILoggingEvent::getKeyValuePairs)
              .map(Object::toString)
              .collect(Collectors.joining("\n"));
      assertThat(all.lines()).hasSize(7);
      assertThat(all)
          .doesNotContain(secret, secret.substring(secret.length() - 8), "c2lnbmF0dXJl")
          .contains("ann (reader, ", "/v1/slt_…", "127.0.0.1", "nobody", "CloseSession")
          .contains("/v1/sessions/a%0Ab%1B%5B2J");
    } finally {
      audit.detachAppender(lines);
    }
  }

  @Test
  void a_token_that_is_used_too_often_is_told_to_wait(@TempDir Path folder) {
    try (LedgerServer busy = start(folder, new AccessOptions(true, 2, null))) {
      String token =
          "Bearer "
              + busy.bean(Tokens.class)
                  .create(new NewToken(Role.READER, null, null, null), null)
                  .secret();
      Client often = new Client(busy.uri());
      Client.Answer last = often.get("/v1/openapi.json", AUTHORIZATION, token);
      for (int i = 0; i < 100 && last.status() == 200; i++) {
        last = often.get("/v1/openapi.json", AUTHORIZATION, token);
      }
      problem(last, 429, "too-many-requests");
      assertThat(last.header("retry-after")).isEqualTo("1");
      assertThat(often.get("/v1/stats", AUTHORIZATION, "Bearer " + busy.localToken()).status())
          .isEqualTo(200);
    }
  }

  @Test
  void tokens_are_given_listed_and_taken_over_HTTP() {
    String admin = token(Role.ADMIN, null);
    Client.Answer made =
        tokens("{\"role\":\"runtime\",\"name\":\"gw\",\"prefix\":\"mine:\"}", admin);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.header("cache-control")).contains("no-store");
    assertThat(made.text("/createdBy")).isEqualTo("ann");
    String secret = made.text("/token");
    assertThat(client.get("/v1/sessions/mine:1", AUTHORIZATION, "Bearer " + secret).status())
        .isEqualTo(200);
    Client.Answer list = client.get("/v1/tokens", AUTHORIZATION, admin);
    assertThat(list.body()).contains(made.text("/id")).doesNotContain(secret);

    String id = "/v1/tokens/" + made.text("/id");
    Client.Answer taken = client.send("DELETE", id, BodyPublishers.noBody(), AUTHORIZATION, admin);
    assertThat(taken.text("/state")).isEqualTo("revoked");
    assertThat(client.get("/v1/sessions/mine:1", AUTHORIZATION, "Bearer " + secret).status())
        .isEqualTo(401);
    problem(
        client.send("DELETE", "/v1/tokens/none", BodyPublishers.noBody(), AUTHORIZATION, admin),
        404,
        "unknown-token");
    for (String wrong :
        List.of(
            "[]",
            "{",
            "{}",
            "{\"role\":\"king\"}",
            "{\"role\":\"reader\",\"nmae\":\"x\"}",
            "{\"role\":\"reader\",\"name\":7}",
            "{\"role\":\"reader\",\"name\":\"\"}",
            "{\"role\":\"reader\",\"expiresAt\":\"soon\"}",
            "{\"role\":\"reader\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}")) {
      problem(tokens(wrong, admin), 400, "invalid-token");
    }
  }

  private Client.Answer tokens(String body, String token) {
    return client.send(
        "POST",
        "/v1/tokens",
        BodyPublishers.ofString(body),
        AUTHORIZATION,
        token,
        "Content-Type",
        "application/json");
  }

  @Test
  void an_idempotency_key_of_any_script_passes_the_door() {
    String body = open("mine:idempotency");
    String id = "caf\u00e9 \ud83d\ude42";
    String request =
        "POST /v1/commands HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nAuthorization: "
            + token(Role.RUNTIME, null)
            + "\r\nIdempotency-Key: "
            + id
            + "\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    RawSocket.Answer answer =
        RawSocket.send(server.uri(), request.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(Json.tree(answer.body()).path("commandId").asText()).isEqualTo(id);
  }

  @Test
  void what_a_stranger_sends_is_not_waited_for() {
    String head = "POST /v1/commands HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    RawSocket.Answer answer =
        RawSocket.send(server.uri(), head + "Content-Length: 60000000\r\n\r\n{");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.head()).containsIgnoringCase("connection: close");
    assertThat(Arrays.asList(answer.head().split("\r\n", -1)))
        .anyMatch(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("www-authenticate"));
  }

  /** Each holds a thread of the web server until it is answered; twenty seconds were too many. */
  @Test
  void nobody_without_a_token_holds_a_thread_by_a_body_that_does_not_come() {
    String form = "Content-Type: application/x-www-form-urlencoded\r\n";
    String json = "Content-Type: application/json\r\n";
    String waits = "Host: a\r\nContent-Length: 100\r\n";
    String chunked = "Host: a\r\nTransfer-Encoding: chunked\r\n";
    Map<String, Integer> requests =
        Map.of(
            "POST /v1/commands HTTP/1.1\r\n" + json + waits + "\r\n", 401,
            "POST /v1/commands HTTP/1.1\r\n" + json + waits + "\r\n{", 401,
            "POST /v1/commands HTTP/1.1\r\n" + json + chunked + "\r\n5", 401,
            "POST /v1/commands HTTP/1.1\r\n" + form + waits + "\r\n_csrf=", 401,
            "POST /console/sign-in HTTP/1.1\r\n" + form + waits + "\r\n_csrf=", 408,
            "POST /console/act/do HTTP/1.1\r\n" + form + waits + "\r\n", 408,
            "POST /console/sign-out HTTP/1.1\r\n" + form + chunked + "\r\n5", 411,
            "POST /console/nothing HTTP/1.1\r\n" + form + waits + "\r\n", 415,
            "POST /console/sign-in HTTP/1.1\r\n" + json + waits + "\r\n", 415,
            "GET /console/sign-in HTTP/1.1\r\n" + form + waits + "\r\n", 415);
    long since = System.nanoTime();
    Map<String, CompletableFuture<String>> answers = new HashMap<>();
    requests
        .keySet()
        .forEach(
            request ->
                answers.put(
                    request,
                    CompletableFuture.supplyAsync(
                        () -> RawSocket.toUnfinished(server.uri(), request),
                        client -> new Thread(client).start())));
    answers.values().forEach(CompletableFuture::join);
    assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(10));
    answers.forEach(
        (request, answer) ->
            assertThat(answer.join())
                .as(request)
                .startsWith("HTTP/1.1 " + requests.get(request) + " ")
                .containsIgnoringCase("connection: close"));
  }

  @Test
  void a_form_that_is_too_long_is_not_read() {
    Client.Answer answer =
        client.send(
            "POST",
            "/console/sign-in",
            BodyPublishers.ofString("token=" + "x".repeat(64 << 10)),
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertThat(answer.status()).isEqualTo(413);
  }

  /** Ids are the whole ledger's, so that one may be taken; by whom and for what is not told. */
  @Test
  void an_id_that_another_prefix_took_tells_nothing_of_its_command() {
    String taken = command("OpenSession", "theirs:id").put("commandId", "one-id").toString();
    server.api().decide(taken);
    Client.Answer answer =
        client.command(
            command("OpenSession", "mine:id").put("commandId", "one-id").toString(),
            AUTHORIZATION,
            token(Role.RUNTIME, "mine:"));
    problem(answer, 422, "command-id-reused");
    assertThat(answer.body()).doesNotContain("theirs").contains("mine:id");
    assertThat(answer.json().has("current")).isFalse();
  }
}

package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every query, field by field. */
class QueryContractTest extends ServerTest {

  @Test
  void a_session_is_told_with_a_strong_tag_that_changes_with_it() {
    String key = raced();
    Client.Answer first = client.session(key, 4);
    JsonNode session = first.json();
    assertThat(session.path("sessionKey").asText()).isEqualTo(key);
    assertThat(session.path("sessionId").asText()).isEqualTo("s-2");
    assertThat(session.path("generation").asLong()).isEqualTo(2);
    assertThat(session.path("status").asText()).isEqualTo("running");
    assertThat(session.path("activeRuns").asLong()).isEqualTo(1);
    assertThat(session.path("version").asLong()).isEqualTo(4);
    assertThat(session.at("/lastRun/runId").asText()).isEqualTo("r-2");
    assertThat(session.at("/lastRun/status").asText()).isEqualTo("running");
    assertThat(Instant.parse(session.path("openedAt").asText()))
        .isBeforeOrEqualTo(Instant.parse(session.path("changedAt").asText()));

    String tag = first.header("etag");
    assertThat(tag).matches("\"[^\"]+\"");
    Client.Answer unchanged =
        client.get("/v1/sessions/" + Client.encode(key), "If-None-Match", tag);
    assertThat(unchanged.status()).isEqualTo(304);
    assertThat(unchanged.body()).isEmpty();
    assertThat(unchanged.header("etag")).isEqualTo(tag);
    for (String matching : List.of("*", "\"x\", " + tag, "W/" + tag)) {
      assertThat(
              client.get("/v1/sessions/" + Client.encode(key), "If-None-Match", matching).status())
          .as(matching)
          .isEqualTo(304);
    }
    assertThat(client.get("/v1/sessions/" + Client.encode(key), "If-None-Match", "\"x\"").status())
        .isEqualTo(200);

    client.accepted(run("CompleteRun", key, "s-2", "r-2"));
    client.session(key, 5);
    Client.Answer changed = client.get("/v1/sessions/" + Client.encode(key), "If-None-Match", tag);
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.header("etag")).isNotEqualTo(tag);
    assertThat(changed.text("/status")).isEqualTo("done");
  }

  @Test
  void a_session_is_told_as_it_was() throws Exception {
    String key = raced();
    JsonNode second =
        client.get("/v1/sessions/" + Client.encode(key) + "?atVersion=2&minVersion=4").json();
    assertThat(second.path("version").asLong()).isEqualTo(2);
    assertThat(second.path("sessionId").asText()).isEqualTo("s-1");
    assertThat(second.path("status").asText()).isEqualTo("running");
    String at = second.path("changedAt").asText();
    assertThat(client.get("/v1/sessions/" + Client.encode(key) + "?at=" + at).text("/generation"))
        .isEqualTo("1");
    assertThat(
            client
                .get("/v1/sessions/" + Client.encode(key) + "?at=2999-01-01T00:00:00%2B02:00")
                .text("/version"))
        .isEqualTo("4");
    for (String never : List.of("atVersion=0", "atVersion=5", "at=2001-01-01T00:00:00Z")) {
      problem(
          client.get("/v1/sessions/" + Client.encode(key) + "?" + never), 404, "unknown-moment");
    }
    problem(
        client.get("/v1/sessions/" + Client.encode(key) + "?atVersion=1&at=" + at),
        400,
        "bad-parameter");
  }

  @Test
  void generations_tell_what_began_and_ended_each() {
    String key = raced();
    JsonNode items = below(key, "generations", 4).path("items");
    assertThat(items).hasSize(2);
    JsonNode first = items.get(0);
    assertThat(first.path("generation").asLong()).isEqualTo(1);
    assertThat(first.path("sessionId").asText()).isEqualTo("s-1");
    assertThat(first.at("/startedBy/type").asText()).isEqualTo("SessionOpened");
    assertThat(first.at("/startedBy/version").asLong()).isEqualTo(1);
    assertThat(first.at("/endedBy/type").asText()).isEqualTo("SessionReset");
    assertThat(first.at("/endedBy/actor").asText()).isEqualTo("ada");
    assertThat(first.at("/endedBy/reason").asText()).isEqualTo("stuck");
    assertThat(first.path("endedAt").asText()).isEqualTo(items.get(1).path("startedAt").asText());
    assertThat(texts(first.path("supersededRuns"))).containsExactly("r-1");
    assertThat(first.path("carriedRuns")).isEmpty();
    assertThat(items.get(1).has("endedBy")).isFalse();
  }

  @Test
  void runs_tell_what_they_reported_too_late() {
    String key = raced();
    client.command(late(key));
    JsonNode items = below(key, "runs", 4).path("items");
    assertThat(items).extracting(i -> i.path("runId").asText()).containsExactly("r-1", "r-2");
    JsonNode run = items.get(0);
    assertThat(run.path("attempt").asLong()).isEqualTo(1);
    assertThat(run.path("generation").asLong()).isEqualTo(1);
    assertThat(run.path("generations").toString()).isEqualTo("[1]");
    assertThat(run.path("status").asText()).isEqualTo("superseded");
    assertThat(run.path("refusedReports")).hasSize(1);
    assertThat(run.at("/refusedReports/0/reason").asText()).isEqualTo("stale-generation");
    assertThat(run.at("/refusedReports/0/presented/errorMessage").asText()).isEqualTo("too late");
    assertThat(items.get(1).path("status").asText()).isEqualTo("running");
  }

  @Test
  void the_timeline_has_events_and_refusals_in_the_order_of_their_decisions() {
    String key = raced();
    client.command(late(key));
    client.command(late(key));
    client.accepted(run("CompleteRun", key, "s-2", "r-2"));
    JsonNode items = below(key, "timeline", 5).path("items");
    assertThat(items)
        .extracting(i -> i.path("kind").asText() + i.path("version").asText())
        .containsExactly("event1", "event2", "event3", "event4", "refusal", "event5");
    JsonNode event = items.get(1);
    assertThat(event.path("type").asText()).isEqualTo("RunStarted");
    assertThat(event.path("runId").asText()).isEqualTo("r-1");
    assertThat(event.path("generation").asLong()).isEqualTo(1);
    assertThat(event.path("sessionId").asText()).isEqualTo("s-1");
    assertThat(event.path("position").asLong()).isPositive();
    JsonNode refusal = items.get(4);
    assertThat(refusal.path("commandType").asText()).isEqualTo("FailRun");
    assertThat(refusal.path("reason").asText()).isEqualTo("stale-generation");
    assertThat(refusal.path("count").asLong()).isEqualTo(2);
    assertThat(refusal.path("afterVersion").asLong()).isEqualTo(4);
    assertThat(refusal.at("/presented/runId").asText()).isEqualTo("r-1");
    assertThat(refusal.at("/current/sessionId").asText()).isEqualTo("s-2");
    assertThat(refusal.path("decisionId").asText()).isNotEmpty();
    assertThat(Instant.parse(refusal.path("firstAt").asText()))
        .isBeforeOrEqualTo(Instant.parse(refusal.path("lastAt").asText()));
  }

  @Test
  void the_audit_of_a_rotation_proves_that_nothing_came_through() {
    String key = raced();
    client.command(late(key));
    JsonNode audit = below(key, "audit", 4);
    assertThat(audit.path("sessionKey").asText()).isEqualTo(key);
    assertThat(audit.at("/rotation/type").asText()).isEqualTo("SessionReset");
    assertThat(audit.at("/rotation/version").asLong()).isEqualTo(3);
    assertThat(audit.at("/rotation/actor").asText()).isEqualTo("ada");
    assertThat(audit.at("/before/sessionId").asText()).isEqualTo("s-1");
    assertThat(audit.at("/before/status").asText()).isEqualTo("running");
    assertThat(texts(audit.at("/before/openRuns"))).containsExactly("r-1");
    assertThat(audit.at("/after/sessionId").asText()).isEqualTo("s-2");
    assertThat(audit.at("/after/status").asText()).isEqualTo("idle");
    assertThat(texts(audit.path("supersededRuns"))).containsExactly("r-1");
    assertThat(audit.path("lateArrivals")).hasSize(1);
    assertThat(audit.path("changesFromEndedGeneration").asLong()).isZero();
    assertThat(audit.path("intact").asBoolean()).isTrue();
    assertThat(client.get("/v1/sessions/" + Client.encode(key) + "/audit?generation=1").json())
        .isEqualTo(audit);
    problem(
        client.get("/v1/sessions/" + Client.encode(key) + "/audit?generation=2"),
        404,
        "unknown-rotation");
  }

  @Test
  void lists_are_turned_page_by_page_without_a_gap_or_a_repeat() {
    String prefix = "pages of " + freshKey() + " ";
    for (int i = 1; i <= 5; i++) {
      client.open(prefix + i, "s-1");
    }
    client.session(prefix + 5, 1);
    List<JsonNode> sessions = all("/v1/sessions?limit=2&prefix=" + Client.encode(prefix), 2);
    assertThat(sessions)
        .extracting(s -> s.path("sessionKey").asText())
        .containsExactlyElementsOf(IntStream.of(5, 4, 3, 2, 1).mapToObj(i -> prefix + i).toList());

    String key = raced();
    client.command(late(key));
    below(key, "timeline", 4);
    below(key, "runs", 4);
    below(key, "generations", 4);
    String session = "/v1/sessions/" + Client.encode(key);
    assertThat(all(session + "/timeline?limit=2", 2)).hasSize(5);
    assertThat(all(session + "/runs?limit=1", 1)).hasSize(2);
    assertThat(all(session + "/generations?limit=1", 1)).hasSize(2);
    for (int i = 0; i < 5; i++) {
      client.command(run("CompleteRun", key, "s-2", "never-" + i));
    }
    List<JsonNode> refusals = all("/v1/decisions?limit=2&sessionKey=" + Client.encode(key), 2);
    assertThat(refusals)
        .extracting(r -> r.at("/presented/runId").asText())
        .containsExactly("never-4", "never-3", "never-2", "never-1", "never-0", "r-1");
  }

  @Test
  void sessions_are_filtered_by_status_and_prefix() {
    String key = raced();
    client.session(key, 4);
    String prefix = "&prefix=" + Client.encode(key);
    assertThat(client.get("/v1/sessions?status=running" + prefix).json().path("items")).hasSize(1);
    assertThat(client.get("/v1/sessions?status=idle" + prefix).json().path("items")).isEmpty();
    assertThat(client.get("/v1/sessions?status=&limit=&cursor=" + prefix).status()).isEqualTo(200);
    JsonNode item = client.get("/v1/sessions?" + prefix).json().at("/items/0");
    assertThat(item).isEqualTo(client.session(key).json());
  }

  @Test
  void refusals_are_listed_with_counts_and_explained() {
    String key = raced();
    Client.Answer first = client.command(late(key, "a"));
    Client.Answer second = client.command(late(key, "b"));
    assertThat(second.text("/decisionId")).isEqualTo(first.text("/decisionId"));
    JsonNode listed =
        client
            .get(
                "/v1/decisions?verdict=rejected&reason=stale-generation&sessionKey="
                    + Client.encode(key))
            .json()
            .path("items");
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).path("sessionKey").asText()).isEqualTo(key);
    assertThat(listed.get(0).path("count").asLong()).isEqualTo(2);

    Client.Answer explained = client.get("/v1/decisions/" + first.text("/decisionId"));
    assertThat(explained.status()).isEqualTo(200);
    JsonNode decision = explained.json();
    first
        .json()
        .properties()
        .forEach(field -> assertThat(decision.path(field.getKey())).isEqualTo(field.getValue()));
    assertThat(decision.path("count").asLong()).isEqualTo(2);
    assertThat(decision.at("/firstCommand/commandId").asText()).isEqualTo("late a " + key);
    assertThat(decision.at("/lastCommand/commandId").asText()).isEqualTo("late b " + key);
    assertThat(decision.at("/lastCommand/errorMessage").asText()).isEqualTo("too late");
    assertThat(decision.path("firstAt")).isEqualTo(listed.get(0).path("firstAt"));
    assertThat(
            client
                .get("/v1/decisions?reason=run-ended&sessionKey=" + Client.encode(key))
                .json()
                .path("items"))
        .isEmpty();
  }

  @Test
  void duplicates_are_listed_on_demand() {
    String key = raced();
    client.command("{\"type\":\"OpenSession\",\"sessionKey\":\"" + key + "\"}");
    JsonNode items =
        client
            .get("/v1/decisions?verdict=duplicate&sessionKey=" + Client.encode(key))
            .json()
            .path("items");
    assertThat(items).hasSize(1);
    assertThat(items.get(0).path("verdict").asText()).isEqualTo("duplicate");
    assertThat(items.get(0).path("commandType").asText()).isEqualTo("OpenSession");
  }

  @Test
  void the_totals_add_up() {
    JsonNode before = client.stats();
    String key = raced();
    client.command(late(key));
    client.command("{\"type\":\"OpenSession\",\"sessionKey\":\"" + key + "\"}");
    JsonNode after = client.stats();
    assertThat(grown("arrivals", before, after)).isEqualTo(6);
    assertThat(grown("accepted", before, after)).isEqualTo(4);
    assertThat(grown("duplicates", before, after)).isEqualTo(1);
    assertThat(grown("rejected", before, after)).isEqualTo(1);
    assertThat(grown("sessions", before, after)).isEqualTo(1);
    assertThat(grown("activeRuns", before, after)).isEqualTo(1);
    assertThat(grown("events", before, after)).isEqualTo(4);
    assertThat(after.path("position")).isEqualTo(after.path("events"));
    assertThat(after.path("rejectedByReason").path("stale-generation").asLong())
        .isEqualTo(before.path("rejectedByReason").path("stale-generation").asLong() + 1);
  }

  @Test
  void the_views_tell_how_far_they_are() {
    String key = raced();
    below(key, "timeline", 4);
    JsonNode items = client.get("/v1/projections").json().path("items");
    assertThat(items)
        .extracting(i -> i.path("name").asText())
        .containsExactlyInAnyOrder("status", "runs", "lineage", "timeline");
    assertThat(items)
        .allMatch(i -> i.path("state").asText().equals("running"))
        .allMatch(i -> i.path("lag").isIntegralNumber() && i.path("position").isIntegralNumber());
  }

  @Test
  void a_version_that_comes_is_waited_for() throws Exception {
    String key = freshKey();
    CompletableFuture<Client.Answer> waiting =
        CompletableFuture.supplyAsync(() -> client.session(key, 1));
    client.open(key, "s-1");
    assertThat(waiting.get().status()).isEqualTo(200);
    for (int version = 2; version < 30; version++) {
      client.accepted(run("StartRun", key, "s-1", "r-" + version));
      assertThat(client.session(key, version).text("/version")).isEqualTo("" + version);
      assertThat(below(key, "runs", version).path("items")).hasSize(version - 1);
      assertThat(below(key, "timeline", version).path("items")).hasSize(version);
    }
  }

  /** All at once: each waits for two seconds. */
  @Test
  void a_version_that_does_not_come_is_503_and_a_key_that_does_not_404_after_two_seconds() {
    String key = raced();
    client.session(key, 4);
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    for (String below : List.of("", "/generations", "/runs", "/timeline", "/audit")) {
      asked.add(
          CompletableFuture.runAsync(
              () -> {
                Client.Answer later =
                    waits("/v1/sessions/" + Client.encode(key) + below + "?minVersion=99");
                problem(later, 503, "not-yet");
                assertThat(later.header("retry-after")).isEqualTo("1");
              },
              threads));
      asked.add(
          CompletableFuture.runAsync(
              () ->
                  problem(
                      waits("/v1/sessions/never" + below + "?minVersion=1"),
                      404,
                      "unknown-session"),
              threads));
      problem(client.get("/v1/sessions/never" + below), 404, "unknown-session");
    }
    asked.forEach(CompletableFuture::join);
    threads.shutdown();
  }

  private Client.Answer waits(String path) {
    Instant start = Instant.now();
    Client.Answer answer = client.get(path);
    assertThat(Duration.between(start, Instant.now()))
        .isBetween(Duration.ofMillis(1_950), Duration.ofSeconds(10));
    return answer;
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/sessions?limit=0, limit",
    "/v1/sessions?limit=1001, limit",
    "/v1/sessions?limit=-1, limit",
    "/v1/sessions?limit=ten, limit",
    "/v1/sessions?limit=99999999999999999999, limit",
    "/v1/sessions?limit=1&limit=2, limit",
    "/v1/sessions?cursor=nonsense, cursor",
    "/v1/sessions?cursor=bm9uZSAx, cursor",
    "/v1/sessions?cursor=%F0%9F%A6%9E, cursor",
    "/v1/sessions?status=superseded, status",
    "/v1/sessions?status=Running, status",
    "/v1/sessions?prefx=a, prefx",
    "/v1/sessions?prefix=%FF, prefix",
    "/v1/sessions/k?atVersion=one, atVersion",
    "/v1/sessions/k?atVersion=-1, atVersion",
    "/v1/sessions/k?at=yesterday, at",
    "/v1/sessions/k?at=2026-05-31T09:00:00, at",
    "/v1/sessions/k?minVersion=x, minVersion",
    "/v1/sessions/k?version=1, version",
    "/v1/sessions/k/audit?generation=0, generation",
    "/v1/sessions/k/timeline?limit=0, limit",
    "/v1/sessions/k/runs?generation=1, generation",
    "/v1/decisions?verdict=accepted, verdict",
    "/v1/decisions?verdict=maybe, verdict",
    "/v1/decisions?reason=because, reason",
    "/v1/decisions?cursor=x, cursor",
    "/v1/decisions/x?y=1, y",
    "/v1/stats?verbose=1, verbose",
    "/v1/projections?name=status, name",
    "/v1/projections/status/rebuild?mode=check, mode",
    "/v1/health?deep=1, deep",
    "/v1/openapi.json?pretty, pretty",
  })
  void a_bad_parameter_is_400_and_named(String path, String parameter) {
    Client.Answer answer = client.get(path);
    problem(answer, 400, "bad-parameter");
    assertThat(answer.text("/parameter")).isEqualTo(parameter);
    assertThat(answer.text("/detail")).contains("'" + parameter + "'");
  }

  @Test
  void a_broken_percent_encoding_is_400_and_its_parameter_named() {
    RawSocket.Answer answer = RawSocket.get(client.server(), "/v1/sessions?prefix=a%2");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("bad-parameter", "'prefix'");
  }

  @Test
  void a_cursor_of_another_list_is_bad() {
    String key = raced();
    below(key, "timeline", 4);
    String cursor =
        client.get("/v1/sessions/" + Client.encode(key) + "/timeline?limit=1").text("/nextCursor");
    assertThat(cursor).isNotEmpty();
    problem(client.get("/v1/sessions?cursor=" + cursor), 400, "bad-parameter");
  }

  @Test
  void an_unknown_decision_is_404() {
    problem(client.get("/v1/decisions/nothing"), 404, "unknown-decision");
  }

  /** A reset that overtakes a running run: 4 versions, r-1 superseded, r-2 running. */
  private String raced() {
    String key = freshKey();
    client.open(key, "s-1");
    client.accepted(run("StartRun", key, "s-1", "r-1"));
    client.accepted(
        """
        {"type":"ResetSession","sessionKey":"%s","newSessionId":"s-2","actor":"ada","reason":"stuck"}"""
            .formatted(key));
    client.accepted(run("StartRun", key, "s-2", "r-2"));
    return key;
  }

  private static String late(String key) {
    return late(key, "");
  }

  private static String late(String key, String id) {
    String commandId = id.isEmpty() ? "" : "\"commandId\":\"late " + id + " " + key + "\",";
    return """
        {"type":"FailRun",%s"sessionKey":"%s","sessionId":"s-1","runId":"r-1","errorMessage":"too late"}"""
        .formatted(commandId, key);
  }

  private JsonNode below(String key, String what, long minVersion) {
    Client.Answer answer =
        client.get("/v1/sessions/" + Client.encode(key) + "/" + what + "?minVersion=" + minVersion);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private List<JsonNode> all(String path, int limit) {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = client.get(path + (cursor.isEmpty() ? "" : "&cursor=" + cursor)).json();
      assertThat(page.path("items")).hasSizeBetween(1, limit);
      page.path("items").forEach(items::add);
      cursor = page.path("nextCursor").asText();
    } while (!cursor.isEmpty());
    return items;
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static long grown(String field, JsonNode before, JsonNode after) {
    return after.path(field).asLong() - before.path(field).asLong();
  }

  private static String run(String type, String key, String sessionId, String runId) {
    return """
        {"type":"%s","sessionKey":"%s","sessionId":"%s","runId":"%s"}"""
        .formatted(type, key, sessionId, runId);
  }
}

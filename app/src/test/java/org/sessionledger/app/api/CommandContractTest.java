package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.session.Json;

/** {@code POST /v1/commands} with one command, field by field. */
class CommandContractTest extends ServerTest {

  @Test
  void an_accepted_command_is_answered_with_the_session_as_it_left_it() {
    String key = freshKey();
    client.open(key, "s-1");

    JsonNode decision =
        client.accepted(
            """
            {"type":"StartRun","commandId":"c-17-%s","sessionKey":"%s","sessionId":"s-1",
             "runId":"r-1","source":{"component":"gateway","instance":"gw-7f2"},
             "occurredAt":"2026-05-31T09:00:00Z"}
            """
                .formatted(key, key));

    assertThat(decision.fieldNames())
        .toIterable()
        .containsExactly(
            "verdict",
            "commandId",
            "type",
            "sessionKey",
            "sessionId",
            "generation",
            "version",
            "status",
            "activeRuns",
            "recordedAt");
    assertThat(decision.path("commandId").asText()).isEqualTo("c-17-" + key);
    assertThat(decision.path("type").asText()).isEqualTo("StartRun");
    assertThat(decision.path("sessionKey").asText()).isEqualTo(key);
    assertThat(decision.path("sessionId").asText()).isEqualTo("s-1");
    assertThat(decision.path("generation").asLong()).isEqualTo(1);
    assertThat(decision.path("version").asLong()).isEqualTo(2);
    assertThat(decision.path("status").asText()).isEqualTo("running");
    assertThat(decision.path("activeRuns").asLong()).isEqualTo(1);
    assertThat(Instant.parse(decision.path("recordedAt").asText()))
        .isBefore(Instant.now().plusSeconds(5));
  }

  @Test
  void the_server_names_a_command_that_brings_no_id() {
    String id = client.open(freshKey(), "s-1").path("commandId").asText();
    assertThat(UUID.fromString(id)).isNotNull();
  }

  @Test
  void a_repeat_of_a_command_id_answers_with_the_first_values_and_duplicate() {
    String key = freshKey();
    String open =
        """
        {"type":"OpenSession","commandId":"open-%s","sessionKey":"%s","sessionId":"s-1"}"""
            .formatted(key, key);
    JsonNode first = client.accepted(open);
    client.accepted(run("StartRun", key, "s-1", "r-1"));

    JsonNode again = client.command(open).json();

    assertThat(again.path("verdict").asText()).isEqualTo("duplicate");
    assertThat(again.path("version").asLong()).isEqualTo(1);
    assertThat(again.path("status").asText()).isEqualTo("idle");
    assertThat(again.path("sessionId")).isEqualTo(first.path("sessionId"));
  }

  @Test
  void a_semantic_duplicate_answers_with_the_present_values() {
    String key = freshKey();
    client.open(key, "s-1");
    client.accepted(run("StartRun", key, "s-1", "r-1"));
    client.accepted(run("CompleteRun", key, "s-1", "r-1"));
    client.accepted(run("StartRun", key, "s-1", "r-2"));

    Client.Answer again = client.command(run("CompleteRun", key, "s-1", "r-1"));

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("/verdict")).isEqualTo("duplicate");
    assertThat(again.text("/version")).isEqualTo("4");
    assertThat(again.text("/status")).isEqualTo("running");
  }

  @Test
  void a_rejection_is_a_problem_with_both_sides_and_the_way_out() {
    String key = freshKey();
    client.open(key, "s-1");
    client.accepted(run("StartRun", key, "s-1", "r-1"));
    client.accepted(
        """
        {"type":"ResetSession","sessionKey":"%s","newSessionId":"s-2","actor":"ada","reason":"stuck"}"""
            .formatted(key));

    Client.Answer answer =
        client.command(
            """
            {"type":"FailRun","commandId":"c-23-%s","sessionKey":"%s","sessionId":"s-1","generation":1,
             "runId":"r-1","attempt":1,"errorKind":"timeout","errorMessage":"lane wait expired"}
            """
                .formatted(key, key));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    JsonNode problem = answer.json();
    assertThat(problem.path("type").asText()).isEqualTo("urn:session-ledger:stale-generation");
    assertThat(problem.path("title").asText()).isEqualTo("The command names an ended generation");
    assertThat(problem.path("status").asInt()).isEqualTo(409);
    assertThat(problem.path("detail").asText()).contains("s-1").contains("s-2");
    assertThat(problem.path("verdict").asText()).isEqualTo("rejected");
    assertThat(problem.path("reason").asText()).isEqualTo("stale-generation");
    assertThat(problem.path("decisionId").asText()).isNotEmpty();
    assertThat(problem.path("commandId").asText()).isEqualTo("c-23-" + key);
    assertThat(problem.path("commandType").asText()).isEqualTo("FailRun");
    assertThat(problem.path("sessionKey").asText()).isEqualTo(key);
    assertThat(problem.path("presented"))
        .isEqualTo(
            Json.tree(
                """
                {"sessionId":"s-1","generation":1,"runId":"r-1","attempt":1,
                 "errorKind":"timeout","errorMessage":"lane wait expired"}"""));
    assertThat(problem.path("current"))
        .isEqualTo(
            Json.tree(
                """
                {"sessionId":"s-2","generation":2,"version":3,"status":"idle","activeRuns":0}"""));
    assertThat(problem.path("ended"))
        .isEqualTo(Json.tree("{\"sessionId\":\"s-1\",\"generation\":1}"));
    assertThat(problem.at("/supersededBy/type").asText()).isEqualTo("SessionReset");
    assertThat(problem.at("/supersededBy/version").asLong()).isEqualTo(3);
    assertThat(problem.at("/supersededBy/actor").asText()).isEqualTo("ada");
    assertThat(problem.at("/supersededBy/reason").asText()).isEqualTo("stuck");
    assertThat(Instant.parse(problem.at("/supersededBy/at").asText())).isNotNull();
    assertThat(problem.path("next").asText()).isNotEmpty();
    assertThat(Instant.parse(problem.path("recordedAt").asText())).isNotNull();
  }

  @Test
  void each_reason_has_its_status() {
    String key = freshKey();
    String other = freshKey();
    refused(404, "unknown-session", run("CompleteRun", key, "s-1", "r-1"));
    client.accepted(
        """
        {"type":"OpenSession","sessionKey":"%s","sessionId":"s-1","runPolicy":"single"}"""
            .formatted(key));
    client.open(other, "o-1");
    client.accepted(run("StartRun", key, "s-1", "r-1"));
    refused(409, "already-open", open(key, "s-9"));
    refused(409, "unknown-generation", run("CompleteRun", key, "s-7", "r-1"));
    refused(409, "run-active", run("StartRun", key, "s-1", "r-2"));
    refused(409, "unknown-run", run("CompleteRun", key, "s-1", "r-3"));
    client.accepted(
        """
        {"type":"StartRun","sessionKey":"%s","sessionId":"s-1","runId":"r-1","attempt":2}"""
            .formatted(key));
    refused(
        409,
        "attempt-superseded",
        """
        {"type":"CompleteRun","sessionKey":"%s","runId":"r-1","attempt":1}"""
            .formatted(key));
    client.accepted(run("CompleteRun", key, "s-1", "r-1"));
    refused(409, "run-ended", run("FailRun", key, "s-1", "r-1"));
    client.accepted(compaction("BeginCompaction", key, "k-1"));
    client.accepted(
        """
        {"type":"ResetSession","commandId":"reset-%s","sessionKey":"%s","newSessionId":"s-2"}"""
            .formatted(key, key));
    refused(409, "stale-generation", run("FailRun", key, "s-1", "r-1"));
    refused(409, "run-superseded", run("FailRun", key, "s-2", "r-1"));
    refused(
        409,
        "generation-mismatch",
        """
        {"type":"StartRun","sessionKey":"%s","sessionId":"s-1","generation":2,"runId":"r-8"}"""
            .formatted(key));
    refused(409, "compaction-superseded", compaction("AbandonCompaction", key, "k-1"));
    refused(
        412,
        "expected-generation",
        """
        {"type":"ResetSession","sessionKey":"%s","expectedSessionId":"s-1"}"""
            .formatted(key));
    refused(
        409,
        "session-id-reused",
        """
        {"type":"ResetSession","sessionKey":"%s","newSessionId":"s-1"}"""
            .formatted(key));
    refused(
        422,
        "command-id-reused",
        """
        {"type":"CloseSession","commandId":"reset-%s","sessionKey":"%s"}"""
            .formatted(key, key));
    refused(
        400,
        "invalid",
        """
        {"type":"ResetSession","sessionKey":"%s","newSesionId":"s-1"}"""
            .formatted(key));
    client.accepted(
        """
        {"type":"CloseSession","sessionKey":"%s"}"""
            .formatted(key));
    refused(410, "session-closed", open(key, "s-9"));
    client.accepted(
        """
        {"type":"MigrateSession","sessionKey":"%s","newSessionKey":"%s new"}"""
            .formatted(other, other));
    JsonNode moved = refused(410, "session-migrated", run("StartRun", other, "o-1", "r-1"));
    assertThat(moved.path("movedTo").asText()).isEqualTo(other + " new");
  }

  @Test
  void more_open_runs_than_a_session_may_have_are_409() {
    String key = freshKey();
    client.open(key, "s-1");
    String[] starts = new String[1_001];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = run("StartRun", key, "s-1", "r-" + i).strip();
    }
    List<JsonNode> decisions = client.batch(starts).lines();
    assertThat(decisions.subList(0, 1_000))
        .allMatch(d -> d.path("verdict").asText().equals("accepted"));
    assertThat(decisions.get(1_000).path("reason").asText()).isEqualTo("too-many-runs");
    assertThat(decisions.get(1_000).path("status").asInt()).isEqualTo(409);
  }

  @Test
  void an_invalid_command_names_its_field_and_is_counted() {
    JsonNode before = client.stats();
    JsonNode problem =
        refused(400, "invalid", "{\"type\":\"StartRun\",\"sessionKey\":\"k\",\"generation\":1}");
    assertThat(problem.path("field").asText()).isEqualTo("runId");
    assertThat(problem.path("detail").asText()).contains("runId");
    JsonNode after = client.stats();
    assertThat(after.path("arrivals").asLong()).isEqualTo(before.path("arrivals").asLong() + 1);
    assertThat(after.path("rejected").asLong()).isEqualTo(before.path("rejected").asLong() + 1);
  }

  @Test
  void interrupting_the_runs_of_a_process_in_every_session_tells_how_far_it_reached() {
    String instance = "gw-" + UUID.randomUUID();
    for (String key : List.of(freshKey(), freshKey())) {
      client.open(key, "s-1");
      for (String run : List.of("r-1", "r-2")) {
        client.accepted(
            """
            {"type":"StartRun","sessionKey":"%s","sessionId":"s-1","runId":"%s",
             "source":{"instance":"%s"}}"""
                .formatted(key, run, instance));
      }
    }
    String interrupt =
        """
        {"type":"InterruptRuns","instance":"%s"}"""
            .formatted(instance);
    JsonNode decision = client.accepted(interrupt);
    assertThat(decision.path("sessions").asLong()).isEqualTo(2);
    assertThat(decision.path("runs").asLong()).isEqualTo(4);
    assertThat(decision.has("sessionKey")).isFalse();
    assertThat(client.accepted(interrupt).path("runs").asLong()).isZero();
  }

  @Test
  void a_dry_run_tells_the_decision_and_leaves_no_trace() {
    String key = freshKey();
    client.open(key, "s-1");
    JsonNode before = client.stats();

    JsonNode accepted =
        client
            .command(
                """
                {"type":"ResetSession","sessionKey":"%s","newSessionId":"s-2","dryRun":true}"""
                    .formatted(key))
            .json();
    Client.Answer refused =
        client.command(
            """
            {"type":"CompleteRun","sessionKey":"%s","runId":"r-1","dryRun":true}"""
                .formatted(key));

    assertThat(accepted.path("verdict").asText()).isEqualTo("accepted");
    assertThat(accepted.path("dryRun").asBoolean()).isTrue();
    assertThat(accepted.path("sessionId").asText()).isEqualTo("s-2");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().has("decisionId")).isFalse();
    assertThat(refused.json().path("dryRun").asBoolean()).isTrue();
    assertThat(client.stats()).isEqualTo(before);
    assertThat(client.session(key, 1).text("/sessionId")).isEqualTo("s-1");
  }

  @Test
  void the_idempotency_key_is_the_command_id() {
    String key = freshKey();
    String open =
        """
        {"type":"OpenSession","sessionKey":"%s","sessionId":"s-1"}"""
            .formatted(key);
    String id = "id of " + key;
    assertThat(client.command(open, "Idempotency-Key", id).text("/commandId")).isEqualTo(id);
    assertThat(client.command(open, "Idempotency-Key", id).text("/verdict")).isEqualTo("duplicate");
    String named =
        """
        {"type":"OpenSession","commandId":"%s","sessionKey":"%s","sessionId":"s-1"}"""
            .formatted(id, key);
    assertThat(client.command(named, "Idempotency-Key", id).text("/verdict"))
        .isEqualTo("duplicate");
  }

  @Test
  void an_idempotency_key_that_contradicts_the_command_decides_nothing() {
    JsonNode before = client.stats();
    String open =
        """
        {"type":"OpenSession","commandId":"one","sessionKey":"%s"}"""
            .formatted(freshKey());
    Client.Answer answer = client.command(open, "Idempotency-Key", "other");
    problem(answer, 400, "bad-header");
    assertThat(answer.text("/detail")).contains("one").contains("other");
    problem(client.command(open, "Idempotency-Key", "x".repeat(257)), 400, "bad-header");
    problem(
        client.command(open, "Idempotency-Key", "one", "Idempotency-Key", "one"),
        400,
        "bad-header");
    assertThat(client.stats()).isEqualTo(before);
  }

  @Test
  void the_trace_header_is_kept_with_what_it_led_to() {
    String key = freshKey();
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    Client.Answer refused =
        client.command(run("CompleteRun", key, "s-1", "r-1"), "traceparent", trace);
    assertThat(refused.status()).isEqualTo(404);
    assertThat(
            client
                .get("/v1/decisions/" + refused.text("/decisionId"))
                .text("/firstCommand/traceparent"))
        .isEqualTo(trace);
    Client.Answer broken =
        client.command(run("CompleteRun", freshKey(), "s-1", "r-1"), "traceparent", "nonsense");
    assertThat(broken.status()).isEqualTo(404);
  }

  @Test
  void what_a_known_command_does_to_an_unknown_field_of_the_url_is_told() {
    Client.Answer answer =
        client.send(
            "POST",
            "/v1/commands?dryRun=true",
            java.net.http.HttpRequest.BodyPublishers.ofString("{}"),
            "Content-Type",
            "application/json");
    problem(answer, 400, "bad-parameter");
    assertThat(answer.text("/parameter")).isEqualTo("dryRun");
  }

  private JsonNode refused(int status, String reason, String command) {
    Client.Answer answer = client.command(command);
    assertThat(answer.body()).contains("\"reason\":\"" + reason + "\"");
    problem(answer, status, reason);
    return answer.json();
  }

  static void problem(Client.Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.text("/status")).isEqualTo(String.valueOf(status));
    assertThat(answer.text("/type")).isEqualTo("urn:session-ledger:" + type);
    assertThat(answer.text("/title")).isNotBlank();
    assertThat(answer.text("/detail")).isNotBlank();
  }

  private static String open(String key, String sessionId) {
    return """
        {"type":"OpenSession","sessionKey":"%s","sessionId":"%s"}"""
        .formatted(key, sessionId);
  }

  private static String run(String type, String key, String sessionId, String runId) {
    return """
        {"type":"%s","sessionKey":"%s","sessionId":"%s","runId":"%s"}"""
        .formatted(type, key, sessionId, runId);
  }

  private static String compaction(String type, String key, String id) {
    return """
        {"type":"%s","sessionKey":"%s","compactionId":"%s"}"""
        .formatted(type, key, id);
  }
}

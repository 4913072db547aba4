package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.ledger.Ledger;

/** How views are rebuilt over HTTP, and how the server tells that it is well. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RebuildContractTest extends ServerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Client.Answer rebuild(String method, String view) {
    return client.send(method, "/v1/projections/" + view, BodyPublishers.noBody());
  }

  private JsonNode ended(String view) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonNode report = rebuild("GET", view + "/rebuild").json();
    while (report.path("state").asText().equals("running")) {
      assertThat(System.nanoTime()).as("%s", report).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
      report = rebuild("GET", view + "/rebuild").json();
    }
    return report;
  }

  private void change(String... sql) {
    try (Connection connection = server.bean(Ledger.class).dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : sql) {
        statement.executeUpdate(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void nothing_is_left() throws SQLException {
    change("UPDATE view_tokens SET parked = 0", "DELETE FROM view_parked");
  }

  @Test
  void a_rebuild_is_begun_and_told_of() {
    String key = freshKey();
    client.open(key, "s-1");
    client.session(key, 1);

    Client.Answer begun = rebuild("POST", "status/rebuild");

    assertThat(begun.status()).as(begun.body()).isEqualTo(202);
    assertThat(begun.text("/name")).isEqualTo("status");
    assertThat(begun.text("/state")).isEqualTo("running");
    assertThat(begun.text("/mode")).isEqualTo("switch");
    JsonNode report = ended("status");
    assertThat(report.path("state").asText()).as("%s", report).isEqualTo("done");
    assertThat(report.path("switched").asBoolean()).isTrue();
    assertThat(report.path("events").asLong())
        .isPositive()
        .isEqualTo(report.path("total").asLong());
    assertThat(report.path("mismatches").asLong()).isZero();
    assertThat(client.session(key).text("/sessionId")).isEqualTo("s-1");
  }

  @Test
  void who_asks_for_what_is_not_there_is_told_what_is() {
    assertThat(rebuild("GET", "lineage/rebuild").text("/detail")).contains("never rebuilt", "POST");
    for (String method : new String[] {"GET", "POST", "DELETE"}) {
      Client.Answer unknown = rebuild(method, "nothing/rebuild");
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.text("/detail")).contains("'nothing'", "status, runs, lineage, timeline");
    }
    Client.Answer mode = rebuild("POST", "runs/rebuild?mode=force");
    assertThat(mode.status()).isEqualTo(400);
    assertThat(mode.text("/detail")).contains("force", "switch, accept, check");
    assertThat(rebuild("DELETE", "runs/rebuild").status()).isEqualTo(409);
    assertThat(rebuild("PUT", "runs/rebuild").status()).isEqualTo(405);
  }

  @Test
  void one_that_is_under_way_is_named_and_can_be_cancelled() {
    rebuild("POST", "runs/rebuild?mode=check");
    ended("runs");
    change(
        "UPDATE view_rebuilds SET running = 1, claimed_until = CURRENT_TIMESTAMP"
            + " + INTERVAL '1' HOUR WHERE processor_name = 'runs'");

    Client.Answer second = rebuild("POST", "timeline/rebuild");

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("/type")).contains("rebuild-under-way");
    assertThat(second.text("/detail")).contains("'runs'", "/v1/projections/runs/rebuild");
    assertThat(rebuild("DELETE", "runs/rebuild").status()).isEqualTo(202);
    change("UPDATE view_rebuilds SET running = NULL");
  }

  @Test
  void health_tells_what_is_not_well() {
    String key = freshKey();
    client.open(key, "s-1");
    client.session(key, 1);
    assertThat(client.get("/v1/health").json().toString())
        .isEqualTo("{\"status\":\"ok\",\"problems\":[]}");

    change(
        "INSERT INTO view_parked (processor_name, session_no, version, error)"
            + " SELECT 'runs', session_no, 1, 'what it said' FROM ledger_sessions WHERE session_key = '"
            + key
            + "'",
        "UPDATE view_tokens SET parked = 1 WHERE processor_name = 'runs'");

    JsonNode health = client.get("/v1/health").json();
    assertThat(health.path("status").asText()).isEqualTo("degraded");
    assertThat(health.path("problems")).hasSize(1);
    assertThat(health.path("problems").path(0).asText()).contains("runs", "1");
    JsonNode runs =
        client.get("/v1/projections").json().path("items").findParents("parkedSessions").stream()
            .filter(view -> view.path("name").asText().equals("runs"))
            .findFirst()
            .orElseThrow();
    assertThat(runs.path("parked").asLong()).isEqualTo(1);
    assertThat(runs.path("parkedSessions").path(0).path("sessionKey").asText()).isEqualTo(key);
    assertThat(runs.path("parkedSessions").path(0).path("error").asText())
        .isEqualTo("what it said");
  }
}

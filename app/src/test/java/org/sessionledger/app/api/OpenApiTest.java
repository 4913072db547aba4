package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.app.gateways.Gateway;
import org.sessionledger.app.gateways.GatewayBoard;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionCommand;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The published document and the application say the same. */
class OpenApiTest extends ServerTest {

  private JsonNode openapi;
  private SchemaCheck check;

  @BeforeAll
  void tellAStory() {
    openapi = client.get("/v1/openapi.json").json();
    check = new SchemaCheck(openapi);
    for (String command :
        """
        {"type":"OpenSession","sessionKey":"k","sessionId":"s-1","attributes":{"a":"b"},"actor":"ada"}
        {"type":"StartRun","sessionKey":"k","sessionId":"s-1","runId":"r-1","source":{"component":"g","instance":"i","host":"h"},"occurredAt":"2026-05-31T09:00:00Z"}
        {"type":"StartRun","sessionKey":"k","sessionId":"s-1","runId":"r-2","inferred":true,"resumesRunId":"r-0"}
        {"type":"ReportProgress","sessionKey":"k","runId":"r-1","note":"half","tokens":7}
        {"type":"CompactSession","sessionKey":"k","sessionId":"s-1","newSessionId":"s-2","carryRuns":["r-1"],"trigger":"auto","compactionId":"c-1"}
        {"type":"FailRun","sessionKey":"k","runId":"r-1","errorKind":"timeout","errorMessage":"late"}
        {"type":"StartRun","sessionKey":"k","sessionId":"s-2","runId":"r-3"}
        {"type":"ResetSession","sessionKey":"k","newSessionId":"s-3","actor":"ada","reason":"stuck"}
        {"type":"RestoreSession","sessionKey":"k","fromGeneration":1,"newSessionId":"s-4"}
        {"type":"ForkSession","sessionKey":"k","newSessionKey":"fork"}
        {"type":"MigrateSession","sessionKey":"k","newSessionKey":"moved"}
        """
            .lines()
            .toList()) {
      client.accepted(command);
    }
  }

  @Test
  void paths_and_methods_are_those_of_the_application() {
    Set<String> documented = new TreeSet<>();
    openapi
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(method -> documented.add(method + " " + path.getKey())));
    Set<String> mapped = new TreeSet<>();
    for (RequestMappingInfo info :
        server.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet()) {
      for (String path : info.getPatternValues()) {
        if (!path.startsWith("/v1/")) {
          continue; // The console's pages are for people.
        }
        info.getMethodsCondition()
            .getMethods()
            .forEach(
                method ->
                    mapped.add(method.name().toLowerCase(java.util.Locale.ROOT) + " " + path));
      }
    }
    assertThat(documented).isEqualTo(mapped);
  }

  @Test
  void commands_and_their_fields_are_those_of_the_ledger() {
    JsonNode schemas = openapi.path("components").path("schemas");
    assertThat(names(schemas.path("Command").path("discriminator").path("mapping")))
        .isEqualTo(new TreeSet<>(CommandJson.typeNames()));
    commandTypes(SessionCommand.class)
        .forEach(
            type -> {
              JsonNode schema = schemas.path(type.getSimpleName());
              Set<String> fields = new TreeSet<>(List.of("type"));
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getName)
                  .filter(name -> !name.equals("errorMessageLength"))
                  .forEach(fields::add);
              assertThat(names(schema.path("properties")))
                  .as(type.getSimpleName())
                  .isEqualTo(fields);
            });
    assertThat(schemas.at("/Rejection/properties/reason/enum"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrder(
            Arrays.stream(Reason.values()).map(Reason::code).toArray(String[]::new));
  }

  @Test
  void every_reference_leads_somewhere() {
    assertThat(openapi.findValuesAsText("$ref"))
        .isNotEmpty()
        .allMatch(ref -> !openapi.at(ref.substring(1)).isMissingNode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/sessions",
        "/v1/sessions?atPosition=3",
        "/v1/sessions/moved",
        "/v1/sessions/fork",
        "/v1/sessions/k",
        "/v1/sessions/k?atVersion=6",
        "/v1/sessions/k/generations",
        "/v1/sessions/fork/generations",
        "/v1/sessions/k/runs",
        "/v1/sessions/k/timeline",
        "/v1/sessions/k/audit",
        "/v1/sessions/k/audit?generation=1",
        "/v1/decisions",
        "/v1/decisions?verdict=duplicate",
        "/v1/projections",
        "/v1/projections/status/rebuild",
        "/v1/health",
        "/v1/stats",
      })
  void answers_have_the_documented_shape(String path) {
    client.command("{\"type\":\"CompleteRun\",\"sessionKey\":\"k\",\"runId\":\"r-3\"}");
    client.command("{\"type\":\"OpenSession\",\"sessionKey\":\"fork\"}");
    client.session("k", 11);
    for (String view : new String[] {"generations", "runs", "timeline"}) {
      assertThat(client.get("/v1/sessions/k/" + view + "?minVersion=11").status()).isEqualTo(200);
    }
    client.get("/v1/sessions/fork/generations?minVersion=1");
    client.session("moved", 1);
    rebuilt();
    Client.Answer answer = client.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    String documented =
        path.replaceAll("\\?.*", "")
            .replaceAll("/(k|fork|moved)", "/{sessionKey}")
            .replace("/status/", "/{name}/");
    JsonNode schema =
        openapi
            .path("paths")
            .path(documented)
            .at("/get/responses/200/content/application~1json/schema");
    assertThat(schema.isMissingNode()).as(documented).isFalse();
    assertThat(check.faults(answer.json(), schema)).as(answer.body()).isEmpty();
    assertThat(answer.json().path("items").isEmpty() && answer.json().has("items")).isFalse();
  }

  /** Some view was, at some time. */
  private void rebuilt() {
    client.send("POST", "/v1/projections/status/rebuild?mode=check", BodyPublishers.noBody());
  }

  /** A server of tests follows none: what it tells of one is made here. */
  @Test
  void a_gateway_has_the_documented_shape() {
    assertThat(client.get("/v1/gateways").json().path("items").isArray()).isTrue();
    Gateway gateway = new Gateway("g", URI.create("ws://127.0.0.1:1"), Path.of("t"), null);
    JsonNode told = new GatewayBoard(List.of(gateway)).gateways().get(0);
    assertThat(check.faults(told, openapi.at("/components/schemas/Gateway"))).isEmpty();
  }

  @Test
  void what_is_written_line_by_line_has_the_documented_shape() {
    Client.Answer bundle = client.get("/v1/sessions/k/bundle");
    assertThat(bundle.header("content-type")).startsWith("application/x-ndjson");
    assertThat(bundle.lines()).hasSizeGreaterThan(10);
    bundle.lines().forEach(line -> assertFits("CloudEvent", line));
    Client.Answer verified =
        client.send("POST", "/v1/verification?position=1&decisionSeq=0", BodyPublishers.noBody());
    assertThat(verified.status()).isEqualTo(200);
    verified.lines().forEach(line -> assertFits("VerificationLine", line));
    JsonNode result = verified.lines().get(verified.lines().size() - 1).path("result");
    assertThat(result.path("intact").asBoolean()).as(result.toString()).isTrue();
    assertThat(result.at("/then/position").asLong()).isEqualTo(1);
    assertFits("LedgerHead", result.path("head"));
  }

  @Test
  void decisions_have_the_documented_shape() {
    Client.Answer accepted =
        client.command("{\"type\":\"OpenSession\",\"sessionKey\":\"" + freshKey() + "\"}");
    assertFits("Decision", accepted.json());
    assertFits(
        "Decision", client.command("{\"type\":\"InterruptRuns\",\"instance\":\"nobody\"}").json());
    for (String refused :
        List.of(
            "{\"type\":\"CompleteRun\",\"sessionKey\":\"k\",\"runId\":\"r-3\"}",
            "{\"type\":\"CompleteRun\",\"sessionKey\":\"never\",\"runId\":\"r-3\"}",
            "{\"type\":\"CompleteRun\",\"sessionKey\":\"k\",\"runId\":\"r-3\",\"dryRun\":true}",
            "{\"type\":\"CompleteRun\",\"sessionKey\":\"k\"}")) {
      JsonNode rejection = client.command(refused).json();
      assertFits("Rejection", rejection);
      if (rejection.has("decisionId")) {
        assertFits(
            "ExplainedDecision",
            client.get("/v1/decisions/" + rejection.path("decisionId").asText()).json());
      }
    }
    assertFits("Problem", client.get("/v1/stats?x=1").json());
    assertFits("Problem", client.get("/v1/sessions/never").json());
    assertFits("Problem", client.get("/v1/nothing").json());
    assertFits("Problem", client.send("PUT", "/v1/stats", BodyPublishers.noBody()).json());
  }

  @Test
  void what_the_story_sent_has_the_documented_shape() {
    client
        .get("/v1/sessions/k/timeline")
        .json()
        .path("items")
        .forEach(item -> assertThat(item.path("kind").asText()).isIn("event", "refusal"));
    assertFits(
        "Command",
        Json.tree(
            """
            {"type":"FailRun","sessionKey":"k","runId":"r","errorKind":"x","commandId":"c",
             "source":{"instance":"i"},"dryRun":true,"traceparent":"t"}\
            """));
    assertThat(
            check.faults(
                Json.tree("{\"type\":\"ResetSession\",\"sessionKey\":\"k\",\"newSesionId\":\"s\"}"),
                openapi.at("/components/schemas/Command")))
        .isNotEmpty();
  }

  private void assertFits(String schema, JsonNode document) {
    assertThat(check.faults(document, openapi.at("/components/schemas/" + schema)))
        .as(document.toString())
        .isEmpty();
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Stream<Class<?>> commandTypes(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(OpenApiTest::commandTypes)
        : Stream.of(type);
  }
}

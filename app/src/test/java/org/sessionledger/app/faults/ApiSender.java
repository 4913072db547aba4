package org.sessionledger.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.testing.Acknowledged;
import org.sessionledger.core.testing.Told;
import org.sessionledger.core.testing.Traffic;

/**
 * A runtime that reports over HTTP, on one connection: one command at a time, or several a batch.
 * What was not decided it sends again, under the same ids. For one thread.
 */
final class ApiSender {

  /** As a client does that was told to come again; shorter, so that tests are. */
  private static final long PAUSE_MILLIS = 20;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Traffic traffic;
  private final int batch;
  private final Acknowledged told;
  private final List<ObjectNode> pending = new ArrayList<>();

  /**
   * @param batch commands in one request
   */
  ApiSender(Traffic traffic, int batch, Acknowledged told) {
    this.traffic = traffic;
    this.batch = batch;
    this.told = told;
  }

  /** Several on the same sessions: half of them send single commands, half send batches. */
  static List<ApiSender> several(long seed, int senders, List<String> keys, Acknowledged told) {
    List<ApiSender> several = new ArrayList<>();
    for (int i = 0; i < senders; i++) {
      Traffic traffic = new Traffic(seed * 100 + i, "h" + seed + "-" + i, keys);
      several.add(new ApiSender(traffic, i % 2 == 0 ? 1 : 40, told));
    }
    return several;
  }

  /** True when everything that it sent is decided. */
  boolean isSettled() {
    return pending.isEmpty();
  }

  /**
   * Sends what is pending, and what is new, once.
   *
   * @param more whether there is anything new
   * @return false when not all was decided
   */
  boolean send(URI server, boolean more) {
    while (more && pending.size() < batch) {
      pending.add(traffic.next());
    }
    if (pending.isEmpty()) {
      return true;
    }
    try {
      if (batch == 1) {
        taken(pending.get(0), post(server, "application/json", pending.get(0).toString()));
      } else {
        String lines = String.join("\n", pending.stream().map(ObjectNode::toString).toList());
        List<String> answers = post(server, "application/x-ndjson", lines).lines().toList();
        List<ObjectNode> asked = List.copyOf(pending);
        if (answers.size() != asked.size()) {
          // Not even read: one problem for all.
          assertThat(answers).hasSize(1);
          refused(Json.tree(answers.get(0)));
        } else {
          for (int i = 0; i < asked.size(); i++) {
            taken(asked.get(i), answers.get(i));
          }
        }
      }
    } catch (ConnectException e) {
      // Nobody was there to hear it.
    } catch (IOException e) {
      told.untold(pending.size());
    }
    if (pending.isEmpty()) {
      return true;
    }
    rest();
    return false;
  }

  static void rest() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
  }

  private String post(URI server, String type, String body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/v1/commands"))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 503) {
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
      }
      return response.body();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void taken(ObjectNode command, String answer) {
    JsonNode json = Json.tree(answer);
    if (!json.has("verdict")) {
      refused(json);
      return;
    }
    Told decision = Told.of(json);
    assertThat(decision.commandId()).isEqualTo(command.path("commandId").textValue());
    pending.remove(command);
    told.add(decision);
    JsonNode standing = json.has("current") ? json.path("current") : json;
    if (standing.has("version")) {
      traffic.learned(json.path("sessionKey").textValue(), standing(standing));
    }
  }

  private void refused(JsonNode problem) {
    assertThat(problem.path("status").asInt()).as("%s", problem).isEqualTo(503);
    told.refused();
  }

  private static Standing standing(JsonNode json) {
    return new Standing(
        new Generation(
            json.path("generation").asLong(), new SessionId(json.path("sessionId").textValue())),
        json.path("version").asLong(),
        Status.of(json.path("status").textValue()),
        json.path("activeRuns").asInt());
  }
}

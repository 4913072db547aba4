package org.sessionledger.app.openclaw.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.sessionledger.core.session.Json;

/** Who uses the gateway: sends, aborts, resets. What it hears is not what the follower hears. */
final class Operator implements WebSocket.Listener {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The gateway said no. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final StringBuilder part = new StringBuilder();
  private final Map<String, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> challenged = new CompletableFuture<>();
  private final AtomicLong requests = new AtomicLong();
  private final List<JsonNode> events = new ArrayList<>();
  private final WebSocket socket;

  /** Connects as soon as the gateway takes connections: it listens before that. */
  static Operator connect(URI gateway) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Operator operator = new Operator(gateway);
      try {
        operator.greet();
        return operator;
      } catch (Refused e) {
        operator.close();
        if (!e.getMessage().contains("UNAVAILABLE") || System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
      }
    }
  }

  private Operator(URI gateway) throws Exception {
    socket = http.newWebSocketBuilder().buildAsync(gateway, this).get(10, TimeUnit.SECONDS);
  }

  private void greet() throws Exception {
    challenged.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    ObjectNode connect = JsonNodeFactory.instance.objectNode();
    connect.put("minProtocol", 4).put("maxProtocol", 4);
    connect
        .putObject("client")
        .put("id", "gateway-client")
        .put("version", "1")
        .put("platform", "linux")
        .put("mode", "backend");
    connect.put("role", "operator");
    connect.putArray("scopes").add("operator.read").add("operator.write").add("operator.admin");
    connect.putArray("caps").add("tool-events");
    connect.putObject("auth").put("token", RealGateway.TOKEN);
    ask("connect", connect);
    ask("sessions.subscribe", JsonNodeFactory.instance.objectNode());
  }

  static ObjectNode params(String... namesAndValues) {
    ObjectNode params = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      params.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return params;
  }

  /** The payload of the first answer. */
  JsonNode ask(String method, ObjectNode params) throws Exception {
    JsonNode answer = send(method, params).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!answer.path("ok").asBoolean()) {
      throw new Refused(method + ": " + answer.path("error"));
    }
    return answer.path("payload");
  }

  private CompletableFuture<JsonNode> send(String method, ObjectNode params) throws Exception {
    String id = "op-" + requests.incrementAndGet();
    ObjectNode frame = JsonNodeFactory.instance.objectNode();
    frame.put("type", "req").put("id", id).put("method", method).set("params", params);
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    asked.put(id, answer);
    socket.sendText(Json.write(frame), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return answer;
  }

  /** How many events have been heard: what comes from now on. */
  synchronized int now() {
    return events.size();
  }

  /** Waits for an event, heard since {@code from}. */
  synchronized JsonNode await(String what, int from, Predicate<JsonNode> is)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int i = from; ; i++) {
      while (i >= events.size()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("not heard: " + what + "; but " + events.subList(from, i));
        }
        wait(left);
      }
      if (is.test(events.get(i))) {
        return events.get(i);
      }
    }
  }

  /** The gateway has written to the session's row what became of the run. */
  static Predicate<JsonNode> projected(String run, String phase) {
    return event ->
        event.path("event").asText().equals("sessions.changed")
            && event.at("/payload/runId").asText().equals(run)
            && event.at("/payload/phase").asText().equals(phase);
  }

  /** The answer that a chat ends with. */
  static Predicate<JsonNode> answered(String run) {
    return event ->
        event.path("event").asText().equals("chat")
            && event.at("/payload/runId").asText().equals(run)
            && event.at("/payload/state").asText().equals("final");
  }

  /** A run's own report. */
  static Predicate<JsonNode> lifecycle(String run, String phase) {
    return event ->
        event.path("event").asText().equals("agent")
            && event.at("/payload/stream").asText().equals("lifecycle")
            && event.at("/payload/runId").asText().equals(run)
            && event.at("/payload/data/phase").asText().equals(phase);
  }

  @Override
  public synchronized CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      JsonNode frame = Json.read(part.toString(), JsonNode.class);
      part.setLength(0);
      if (frame.path("type").asText().equals("res")) {
        CompletableFuture<JsonNode> answer = asked.remove(frame.path("id").asText());
        if (answer != null) {
          answer.complete(frame);
        }
      } else if (frame.path("event").asText().equals("connect.challenge")) {
        challenged.complete(null);
      } else {
        events.add(frame);
        notifyAll();
      }
    }
    from.request(1);
    return null;
  }

  void close() {
    socket.abort();
  }
}

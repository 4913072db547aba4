package org.sessionledger.app.openclaw.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sessionledger.core.session.Json;

/**
 * A model that does what the newest prompt says: {@code [[fail]]} is refused, {@code [[hold x]]}
 * waits until {@link #release} of {@code x}, everything else succeeds. Speaks the chat completions
 * of OpenAI, streamed.
 */
final class ModelProvider {

  private static final Pattern ORDER = Pattern.compile("\\[\\[(fail|hold|ok) ?([a-z0-9-]*)]]");

  private static final String CHUNK =
      "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mock-1\",";

  private record Hold(CountDownLatch asked, CountDownLatch released) {}

  private final Map<String, Hold> holds = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  ModelProvider() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::complete);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Waits until a run asks for what is held under the name: it is in the middle of its work. */
  void awaitHeld(String name) throws InterruptedException {
    if (!hold(name).asked().await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("no run asked the model with [[hold " + name + "]]");
    }
  }

  void release(String name) {
    hold(name).released().countDown();
  }

  private Hold hold(String name) {
    return holds.computeIfAbsent(name, n -> new Hold(new CountDownLatch(1), new CountDownLatch(1)));
  }

  private void complete(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode asked = Json.read(text(exchange), JsonNode.class);
      Matcher order = ORDER.matcher(prompts(asked));
      String what = "ok";
      String name = "";
      while (order.find()) {
        what = order.group(1);
        name = order.group(2);
      }
      if (what.equals("fail")) {
        answer(
            exchange,
            400,
            "application/json",
            "{\"error\":{\"message\":\"mock failure\",\"type\":\"invalid_request_error\"}}");
        return;
      }
      if (what.equals("hold")) {
        hold(name).asked().countDown();
        hold(name).released().await(120, TimeUnit.SECONDS);
      }
      if (asked.path("stream").asBoolean()) {
        answer(exchange, 200, "text/event-stream", streamed());
      } else {
        answer(exchange, 200, "application/json", whole());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String text(HttpExchange exchange) throws IOException {
    return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** All that was ever prompted: the newest order stands last, whatever the gateway adds to it. */
  private static String prompts(JsonNode asked) {
    StringBuilder all = new StringBuilder();
    for (JsonNode message : asked.path("messages")) {
      if (message.path("role").asText().equals("user")) {
        all.append(message.path("content"));
      }
    }
    return all.toString();
  }

  private static String streamed() {
    return "data: "
        + CHUNK
        + "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"fine\"},"
        + "\"finish_reason\":null}]}\n\ndata: "
        + CHUNK
        + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
        + "\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":5,\"total_tokens\":905}}\n\n"
        + "data: [DONE]\n\n";
  }

  private static String whole() {
    return "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"mock-1\","
        + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"fine\"},"
        + "\"finish_reason\":\"stop\"}],"
        + "\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":5,\"total_tokens\":905}}";
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    } catch (IOException e) {
      // Whoever asked was aborted meanwhile.
    }
  }

  void close() {
    holds.keySet().forEach(this::release);
    server.stop(0);
    threads.shutdownNow();
  }
}

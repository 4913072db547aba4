package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.sessionledger.core.session.Json;

/** What a client of the API does, over a real socket. */
final class Client {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  record Answer(int status, HttpHeaders headers, String body) {

    JsonNode json() {
      return Json.tree(body);
    }

    List<JsonNode> lines() {
      return body.lines().map(Json::tree).toList();
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    String text(String pointer) {
      return json().at(pointer).asText();
    }
  }

  private final URI server;

  Client(URI server) {
    this.server = server;
  }

  URI server() {
    return server;
  }

  static String encode(String key) {
    // A form's encoding but for the space; the dots would be taken for steps in a path.
    return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20").replace(".", "%2E");
  }

  Answer get(String path, String... headers) {
    return send("GET", path, BodyPublishers.noBody(), headers);
  }

  Answer session(String key) {
    return get("/v1/sessions/" + encode(key));
  }

  /** The session when the view has seen a version. */
  Answer session(String key, long minVersion) {
    return get("/v1/sessions/" + encode(key) + "?minVersion=" + minVersion);
  }

  Answer command(String json, String... headers) {
    return post("application/json", BodyPublishers.ofString(json), headers);
  }

  Answer batch(String... lines) {
    return post("application/x-ndjson", BodyPublishers.ofString(String.join("\n", lines)));
  }

  Answer post(String contentType, BodyPublisher body, String... headers) {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
    all[headers.length] = "Content-Type";
    all[headers.length + 1] = contentType;
    return send("POST", "/v1/commands", body, all);
  }

  Answer send(String method, String path, BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path)).method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> response =
          HTTP.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Accepted, or the test is wrong. */
  JsonNode accepted(String json) {
    Answer answer = command(json);
    if (answer.status() != 200 || !answer.text("/verdict").equals("accepted")) {
      throw new AssertionError(json + " was answered " + answer.status() + " " + answer.body());
    }
    return answer.json();
  }

  /** Open it is, be it since now or before. */
  JsonNode open(String key, String sessionId) {
    Answer answer =
        command(
            Json.write(
                java.util.Map.of(
                    "type", "OpenSession", "sessionKey", key, "sessionId", sessionId)));
    if (answer.status() != 200) {
      throw new AssertionError(answer.body());
    }
    return answer.json();
  }

  JsonNode stats() {
    return get("/v1/stats").json();
  }
}

package org.sessionledger.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.store.audit.Checkpoint;
import org.sessionledger.core.store.audit.Verification;

/** The API of a server, over HTTP. */
final class RemoteLedgerApi implements LedgerApi {

  /** Most commands of one batch. */
  static final int BATCH_LINES_MAX = 10_000;

  /** Most bytes of one batch. */
  static final int BATCH_BYTES_MAX = 64 << 20;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration BATCH_TIMEOUT = Duration.ofMinutes(10);
  private static final int BAD_REQUEST = 400;

  /** What a line that is not UTF-8 is sent as; the server decides it as what it is. */
  private static final byte[] NOT_UTF8 = {(byte) 0xff};

  private static final Duration PING_TIMEOUT = Duration.ofSeconds(5);

  private final URI server;
  private final @Nullable String token;
  private final Duration queryTimeout;
  private final HttpClient http;

  RemoteLedgerApi(URI server) {
    this(server, null, null, QUERY_TIMEOUT);
  }

  private RemoteLedgerApi(
      URI server, @Nullable String token, @Nullable String certificate, Duration queryTimeout) {
    this.server = server;
    this.token = token;
    this.queryTimeout = queryTimeout;
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            // The server is on this machine; a proxy is not.
            .proxy(HttpClient.Builder.NO_PROXY);
    if (certificate != null) {
      client.sslContext(PinnedCertificate.context(certificate));
    }
    this.http = client.build();
  }

  /**
   * Asks the server that runs on a data folder.
   *
   * @param token shown instead of the folder's own; null: none
   */
  static RemoteLedgerApi of(DataFolder.Server server, @Nullable String token) {
    return of(server, token, QUERY_TIMEOUT);
  }

  private static RemoteLedgerApi of(
      DataFolder.Server server, @Nullable String token, Duration queryTimeout) {
    return new RemoteLedgerApi(
        server.address(),
        token == null ? server.token() : token,
        server.certificate(),
        queryTimeout);
  }

  /** True when a ledger answers where a data folder says. */
  static boolean answers(DataFolder.Server server) {
    try (RemoteLedgerApi api = of(server, null, PING_TIMEOUT)) {
      return api.stats().has("arrivals");
    } catch (Failure | ApiProblem e) {
      return false;
    }
  }

  @Override
  public JsonNode decide(String command) {
    HttpResponse<String> answer =
        post("application/json", command.getBytes(StandardCharsets.UTF_8), queryTimeout);
    JsonNode document = tree(answer.body());
    // A rejection is a decision, other problems are not.
    if (answer.statusCode() >= BAD_REQUEST && !document.has("verdict")) {
      throw problem(document);
    }
    return document;
  }

  @Override
  public List<JsonNode> decideAll(List<? extends @Nullable String> lines) {
    List<JsonNode> decisions = new ArrayList<>(lines.size());
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    int count = 0;
    for (String line : lines) {
      byte[] bytes = line == null ? NOT_UTF8 : line.getBytes(StandardCharsets.UTF_8);
      boolean full = batch.size() + bytes.length + 1 > BATCH_BYTES_MAX;
      if (count == BATCH_LINES_MAX || (count > 0 && full)) {
        decisions.addAll(decideBatch(batch.toByteArray(), count));
        batch.reset();
        count = 0;
      }
      batch.writeBytes(bytes);
      batch.write('\n');
      count++;
    }
    if (count > 0) {
      decisions.addAll(decideBatch(batch.toByteArray(), count));
    }
    return decisions;
  }

  private List<JsonNode> decideBatch(byte[] batch, int count) {
    HttpResponse<String> answer = post("application/x-ndjson", batch, BATCH_TIMEOUT);
    if (answer.statusCode() >= BAD_REQUEST) {
      throw problem(tree(answer.body()));
    }
    List<JsonNode> decisions =
        answer.body().lines().filter(line -> !line.isBlank()).map(this::tree).toList();
    if (decisions.size() != count) {
      throw new Failure(
          "The server at "
              + server
              + " answered "
              + Words.count(decisions.size(), "decision")
              + " to "
              + Words.count(count, "command")
              + ".");
    }
    return decisions;
  }

  @Override
  public JsonNode sessions(@Nullable String status, @Nullable String prefix, Page page) {
    return get("/v1/sessions", new Query().and("status", status).and("prefix", prefix).and(page));
  }

  @Override
  public JsonNode sessionsAt(
      When when, @Nullable String status, @Nullable String prefix, Page page) {
    return get(
        "/v1/sessions",
        new Query()
            .and("atPosition", when.position())
            .and("at", when.at())
            .and("status", status)
            .and("prefix", prefix)
            .and(page));
  }

  @Override
  public JsonNode session(String sessionKey, Moment moment) {
    return get(
        session(sessionKey),
        new Query()
            .and("atVersion", moment.atVersion())
            .and("at", moment.at())
            .and("minVersion", moment.minVersion()));
  }

  @Override
  public JsonNode generations(String sessionKey, @Nullable Long minVersion, Page page) {
    return get(session(sessionKey) + "/generations", query(minVersion, page));
  }

  @Override
  public JsonNode runs(String sessionKey, @Nullable Long minVersion, Page page) {
    return get(session(sessionKey) + "/runs", query(minVersion, page));
  }

  @Override
  public JsonNode timeline(String sessionKey, @Nullable Long minVersion, Page page) {
    return get(session(sessionKey) + "/timeline", query(minVersion, page));
  }

  @Override
  public JsonNode audit(String sessionKey, @Nullable Long generation, @Nullable Long minVersion) {
    return get(
        session(sessionKey) + "/audit",
        new Query().and("generation", generation).and("minVersion", minVersion));
  }

  @Override
  public JsonNode decisions(
      String verdict,
      @Nullable String reason,
      @Nullable String sessionKey,
      @Nullable String prefix,
      Page page) {
    return get(
        "/v1/decisions",
        new Query()
            .and("verdict", verdict)
            .and("reason", reason)
            .and("sessionKey", sessionKey)
            .and("prefix", prefix)
            .and(page));
  }

  @Override
  public JsonNode decision(String decisionId) {
    return get("/v1/decisions/" + encode(decisionId), new Query());
  }

  @Override
  public JsonNode projections() {
    return get("/v1/projections", new Query());
  }

  @Override
  public JsonNode rebuild(String view, String mode) {
    return ask(
        request(rebuildOf(view), new Query().and("mode", mode))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  @Override
  public JsonNode rebuildReport(String view) {
    return get(rebuildOf(view), new Query());
  }

  @Override
  public JsonNode cancelRebuild(String view) {
    return ask(request(rebuildOf(view), new Query()).DELETE().build());
  }

  private static String rebuildOf(String view) {
    return "/v1/projections/" + encode(view) + "/rebuild";
  }

  @Override
  public JsonNode health() {
    return get("/v1/health", new Query());
  }

  @Override
  public JsonNode stats() {
    return get("/v1/stats", new Query());
  }

  @Override
  public JsonNode verify(@Nullable Checkpoint then, Verification.Progress progress) {
    Query query = new Query();
    if (then != null) {
      query.and("position", then.position()).and("decisionSeq", then.decisionSeq());
    }
    HttpRequest request =
        request("/v1/verification" + query).POST(HttpRequest.BodyPublishers.noBody()).build();
    HttpResponse<Stream<String>> answer = send(request, HttpResponse.BodyHandlers.ofLines());
    try (Stream<String> lines = answer.body()) {
      for (String line : (Iterable<String>) lines::iterator) {
        JsonNode told = tree(line);
        if (answer.statusCode() >= BAD_REQUEST) {
          throw problem(told);
        }
        if (told.has("problem")) {
          throw problem(told.path("problem"));
        }
        if (told.has("result")) {
          return told.path("result");
        }
        progress.at(
            told.path("part").asText(), told.path("done").asLong(), told.path("total").asLong());
      }
    } catch (UncheckedIOException e) {
      throw broke(e.getCause());
    }
    throw new Failure("The server at " + server + " broke off before it had verified everything.");
  }

  @Override
  public void bundle(String sessionKey, OutputStream out) throws IOException {
    HttpRequest request = request(session(sessionKey) + "/bundle").build();
    HttpResponse<InputStream> answer = send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() >= BAD_REQUEST) {
        throw problem(tree(new String(body.readAllBytes(), StandardCharsets.UTF_8)));
      }
      body.transferTo(out);
    }
  }

  @Override
  public JsonNode createToken(NewToken wanted, @Nullable String by) {
    ObjectNode body = Json.mapper().createObjectNode().put("role", wanted.role().code());
    if (wanted.name() != null) {
      body.put("name", wanted.name());
    }
    if (wanted.prefix() != null) {
      body.put("prefix", wanted.prefix());
    }
    if (wanted.expiresAt() != null) {
      body.put("expiresAt", wanted.expiresAt().toString());
    }
    return ask(
        request("/v1/tokens", new Query())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  @Override
  public JsonNode tokens() {
    return get("/v1/tokens", new Query());
  }

  @Override
  public JsonNode revokeToken(String id) {
    return ask(request("/v1/tokens/" + encode(id), new Query()).DELETE().build());
  }

  @Override
  public void close() {
    // The client's connections end with the process.
  }

  private static String session(String key) {
    return "/v1/sessions/" + encode(key);
  }

  private static Query query(@Nullable Long minVersion, Page page) {
    return new Query().and("minVersion", minVersion).and(page);
  }

  private JsonNode get(String path, Query query) {
    return ask(request(path, query).build());
  }

  private HttpRequest.Builder request(String path, Query query) {
    return request(path + query).timeout(queryTimeout);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private JsonNode ask(HttpRequest request) {
    HttpResponse<String> answer = send(request);
    JsonNode document = tree(answer.body());
    if (answer.statusCode() >= BAD_REQUEST) {
      throw problem(document);
    }
    return document;
  }

  private HttpResponse<String> post(String contentType, byte[] body, Duration timeout) {
    return send(
        request("/v1/commands")
            .header("Content-Type", contentType)
            .timeout(timeout)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    return send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
    try {
      return http.send(request, body);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new Failure("Nobody answers at " + server + ".", e);
    } catch (HttpTimeoutException e) {
      throw new Failure("The server at " + server + " did not answer in time.", e);
    } catch (IOException e) {
      throw broke(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("Interrupted while the server at " + server + " was asked.", e);
    }
  }

  private Failure broke(@Nullable IOException e) {
    String why = e == null ? "" : ": " + DataFolder.reason(e);
    return new Failure("The connection to the server at " + server + " broke" + why + ".", e);
  }

  private JsonNode tree(String body) {
    try {
      return Json.mapper().readTree(body);
    } catch (JsonProcessingException e) {
      throw new Failure("What answers at " + server + " is no Session Ledger.", e);
    }
  }

  private RuntimeException problem(JsonNode document) {
    return document instanceof ObjectNode problem
        ? new ApiProblem(problem)
        : new Failure("What answers at " + server + " is no Session Ledger.");
  }

  /** Percent-encodes all but letters and digits: a key may hold anything, or be {@code ..}. */
  static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if ((b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z')) {
        out.append((char) b);
      } else {
        out.append(String.format("%%%02X", b));
      }
    }
    return out.toString();
  }

  /** The query part of a URI. */
  private static final class Query {

    private final Stream.Builder<String> parameters = Stream.builder();

    Query and(String name, @Nullable Object value) {
      if (value != null) {
        parameters.add(name + "=" + encode(value.toString()));
      }
      return this;
    }

    Query and(Page page) {
      return and("limit", page.limit()).and("cursor", page.cursor());
    }

    @Override
    public String toString() {
      String all = parameters.build().collect(java.util.stream.Collectors.joining("&"));
      return all.isEmpty() ? "" : "?" + all;
    }
  }
}

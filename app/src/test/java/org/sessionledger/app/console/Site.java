package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.Recording;
import org.sessionledger.app.openclaw.RecordingReplay;
import org.sessionledger.app.openclaw.ReplayListener;
import org.sessionledger.core.session.Json;
import org.springframework.web.util.HtmlUtils;

/** A real server with the console, and what a browser without scripts does with it. */
final class Site implements AutoCloseable {

  /** The session of the recorded race. */
  static final String RACE = "agent:main:reset-grace";

  private static final Pattern INPUT = Pattern.compile("<(?:input|textarea)\\b[^>]*>");
  private static final Pattern LINK = Pattern.compile("href=\"([^\"]*)\"");

  record Page(int status, Map<String, String> headers, String body) {

    /** What a link of the page leads to, in the order of the links. */
    List<String> links() {
      return LINK.matcher(body).results().map(m -> HtmlUtils.htmlUnescape(m.group(1))).toList();
    }

    String link(String part) {
      return links().stream()
          .filter(link -> link.contains(part))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no link with " + part + " in " + body));
    }

    /** Fields of the page's forms, as they are filled in. */
    Map<String, String> fields() {
      Map<String, String> fields = new LinkedHashMap<>();
      Matcher input = INPUT.matcher(body);
      while (input.find()) {
        String name = attribute(input.group(), "name");
        if (name != null) {
          String value = attribute(input.group(), "value");
          fields.put(name, value == null ? "" : value);
        }
      }
      return fields;
    }

    private static String attribute(String tag, String name) {
      Matcher value = Pattern.compile("\\b" + name + "=\"([^\"]*)\"").matcher(tag);
      return value.find() ? HtmlUtils.htmlUnescape(value.group(1)) : null;
    }
  }

  private static final Pattern FORM = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  final LedgerServer server;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(new CookieManager())
          .build();

  Site(Path folder) {
    server = LedgerServer.start(LedgerServer.Options.local(0, new LedgerStorage.Folder(folder)));
  }

  LedgerApi api() {
    return server.api();
  }

  /** Replays the race, and waits until every view has it. */
  void replayTheRace() throws IOException {
    RecordingReplay.replay(
        List.of(Recording.demo()), new ApiDecider(api()), new ReplayListener() {});
    seen(RACE);
  }

  /** A session with one of everything that a picture shows. */
  String tellAStory() {
    String key = "agent:main:story";
    Map<String, String> gateway = Map.of("component", "gateway", "instance", "gw-1");
    decide("type", "OpenSession", "sessionKey", key, "sessionId", "first");
    for (String run : List.of("plan", "search", "write", "watch", "lost")) {
      decide(
          "type",
          "StartRun",
          "sessionKey",
          key,
          "sessionId",
          "first",
          "runId",
          run,
          "source",
          run.equals("lost") ? Map.of("instance", "gw-0") : gateway);
    }
    decide("type", "CompleteRun", "sessionKey", key, "runId", "plan");
    decide("type", "FailRun", "sessionKey", key, "runId", "search", "errorMessage", "timeout");
    decide("type", "AbortRun", "sessionKey", key, "runId", "write", "actor", "ada");
    decide("type", "InterruptRuns", "sessionKey", key, "instance", "gw-0");
    decide(
        "type",
        "CompactSession",
        "sessionKey",
        key,
        "sessionId",
        "first",
        "newSessionId",
        "second",
        "carryRuns",
        List.of("watch"));
    decide(
        "type",
        "ReportGap",
        "sessionKey",
        key,
        "from",
        "2026-05-31T09:00:00Z",
        "to",
        "2026-05-31T09:10:00Z");
    decide("type", "ReportProgress", "sessionKey", key, "runId", "watch", "note", "half");
    decide("type", "StartRun", "sessionKey", key, "sessionId", "second", "runId", "answer");
    decide(
        "type",
        "ResetSession",
        "sessionKey",
        key,
        "newSessionId",
        "third",
        "actor",
        "ada",
        "reason",
        "it hangs");
    for (String run : List.of("watch", "watch", "answer")) {
      decide(
          "type",
          "FailRun",
          "sessionKey",
          key,
          "runId",
          run,
          "errorMessage",
          "too late",
          "source",
          gateway);
    }
    decide("type", "StartRun", "sessionKey", key, "sessionId", "third", "runId", "again");
    decide("type", "ReportProgress", "sessionKey", key, "runId", "again", "tokens", 512);
    seen(key);
    return key;
  }

  /** Waits until the views have a session as it is now. */
  void seen(String key) {
    long version =
        server
            .bean(org.sessionledger.core.ledger.Ledger.class)
            .reader()
            .session(new org.sessionledger.core.identity.SessionKey(key))
            .orElseThrow()
            .version();
    LedgerApi.Page one = new LedgerApi.Page(1, null);
    api().session(key, new LedgerApi.Moment(null, null, version));
    api().runs(key, version, one);
    api().generations(key, version, one);
    api().timeline(key, version, one);
  }

  JsonNode decide(Object... fieldsAndValues) {
    Map<String, Object> command = new LinkedHashMap<>();
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      command.put(fieldsAndValues[i].toString(), fieldsAndValues[i + 1]);
    }
    return api().decide(Json.write(command));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  Page get(String path, String... headers) {
    HttpRequest.Builder request = request(path, headers);
    return send(request.GET());
  }

  /** As htmx asks for a part. */
  Page part(String path) {
    return get(path, "HX-Request", "true");
  }

  /** Sends a form, with what all forms of the console carry. */
  Page post(String path, Map<String, String> form) {
    String key = encode(form.getOrDefault("key", RACE));
    Matcher carried = FORM.matcher(get("/console/act?action=reset&key=" + key).body());
    StringBuilder body = new StringBuilder();
    if (!form.containsKey("_csrf") && carried.find()) {
      body.append("_csrf=").append(encode(carried.group(1)));
    }
    form.forEach(
        (name, value) ->
            body.append(body.isEmpty() ? "" : "&").append(name).append('=').append(encode(value)));
    return send(
        request(path, "Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.uri() + path)).header("Accept", "text/html");
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return request;
  }

  private Page send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      response.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
      return new Page(response.statusCode(), headers, response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}

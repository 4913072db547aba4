package org.sessionledger.app.cli;

import java.io.IOException;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.LedgerServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a server that was just started for the pages that people open first. The first request loads
 * classes and parses templates for the better part of a second; nobody needs to wait for that.
 */
final class FirstPages implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(FirstPages.class);

  private static final Pattern SESSION =
      Pattern.compile("href=\"(/console/session\\?key=[^\"&]+)\"");

  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  private static final String SIGN_IN = "/console/sign-in";

  /** Enough to draw everything, and no long history. */
  private static final String RANGE = "&from=1&to=100";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final LedgerServer server;

  FirstPages(LedgerServer server) {
    this.server = server;
  }

  /** Does so beside everything else. Nothing depends on it. */
  static Thread of(LedgerServer server) {
    Thread thread = new Thread(new FirstPages(server), "first-pages");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void run() {
    try {
      ask();
    } catch (IOException | RuntimeException e) {
      LOG.debug("the first pages were not prepared", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How each page was answered. */
  List<Integer> ask() throws IOException, InterruptedException {
    HttpClient http = client(server.certificate());
    HttpResponse<String> sessions = send(http, request("/").build());
    boolean asked = sessions.uri().getPath().equals(SIGN_IN);
    if (asked) {
      sessions = post(http, SIGN_IN, sessions.body(), "token=" + server.localToken());
    }
    List<Integer> answers = new ArrayList<>(List.of(sessions.statusCode()));
    Matcher session = SESSION.matcher(sessions.body());
    if (session.find()) {
      answers.add(send(http, request(session.group(1) + RANGE).build()).statusCode());
    }
    if (asked) {
      answers.add(post(http, "/console/sign-out", sessions.body(), "").statusCode());
    }
    return answers;
  }

  /** Sends a form with what a page gave for that. */
  private HttpResponse<String> post(HttpClient http, String path, String page, String form)
      throws IOException, InterruptedException {
    Matcher csrf = CSRF.matcher(page);
    String body = form + (csrf.find() ? "&_csrf=" + csrf.group(1) : "");
    return send(
        http,
        request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.uri().resolve(path))
        .timeout(PATIENCE)
        .header("Accept", "text/html");
  }

  private static HttpResponse<String> send(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static HttpClient client(@Nullable X509Certificate certificate) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(HttpClient.Builder.NO_PROXY);
    if (certificate != null) {
      client.sslContext(PinnedCertificate.context(PinnedCertificate.fingerprint(certificate)));
    }
    return client.build();
  }
}

package org.sessionledger.app.access.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.access.Role;
import org.sessionledger.app.access.Tokens;
import org.sessionledger.app.api.LedgerStorage;

/** A server that asks for credentials, and who knocks. */
final class Door implements AutoCloseable {

  /** As many requests as a test likes. */
  static final AccessOptions TOKENS = new AccessOptions(true, 0, null);

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final Pattern FORM = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  final LedgerServer server;

  private Door(LedgerServer server) {
    this.server = server;
  }

  static Door open(Path folder, AccessOptions access) {
    return new Door(
        LedgerServer.start(
            new LedgerServer.Options(
                LedgerServer.Options.LOOPBACK,
                0,
                new LedgerStorage.Folder(folder),
                LedgerServer.Options.LEASE,
                List.of(),
                access,
                null)));
  }

  /** As a browser writes it. */
  String origin() {
    return server.uri().toString();
  }

  Tokens tokens() {
    return server.bean(Tokens.class);
  }

  String token(Role role) {
    return token(role, null);
  }

  String token(Role role, @Nullable String prefix) {
    return tokens().create(new NewToken(role, null, prefix, null), null).secret();
  }

  String expired(Role role) {
    return tokens().create(new NewToken(role, null, null, Instant.EPOCH), null).secret();
  }

  String revoked(Role role) {
    Tokens.Given given = tokens().create(new NewToken(role, null, null, null), null);
    tokens().revoke(given.token().id());
    return given.secret();
  }

  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, null, headers);
  }

  HttpResponse<String> send(String method, String path, @Nullable String body, String... headers) {
    BodyPublisher publisher =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.uri() + path)).method(method, publisher);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Somebody who signed in.
   *
   * @param cookies his session's, which knows what his forms carry
   * @param form what his forms carry
   */
  record Session(String cookies, String form) {

    Session forged() {
      return new Session(cookies, "forged");
    }
  }

  /** From a token to a session of the console. */
  Session signIn(String token) {
    HttpResponse<String> page = get(SignIn.PATH);
    Session stranger = new Session(cookie(page, "session-ledger-form"), form(page));
    HttpResponse<String> answer = submit(SignIn.PATH, stranger, "&token=" + token);
    String cookie = cookie(answer, AccessConfiguration.SESSION_COOKIE);
    // Signing in makes the forms' token anew.
    return new Session(cookie, form(get(SignIn.PATH, "Cookie", cookie)));
  }

  static String form(HttpResponse<String> page) {
    Matcher form = FORM.matcher(page.body());
    if (!form.find()) {
      throw new AssertionError(page.body());
    }
    return form.group(1);
  }

  private static String cookie(HttpResponse<String> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith(name + "="))
        .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " in " + answer.headers()));
  }

  /**
   * Sends a form.
   *
   * @param session null: nobody's
   */
  HttpResponse<String> submit(String path, @Nullable Session session, String fields) {
    String type = "application/x-www-form-urlencoded";
    return session == null
        ? send("POST", path, "x=" + fields, "Content-Type", type)
        : send(
            "POST",
            path,
            "_csrf=" + session.form() + fields,
            "Content-Type",
            type,
            "Cookie",
            session.cookies());
  }

  @Override
  public void close() {
    server.close();
  }
}

package org.sessionledger.app.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.access.Role;
import org.sessionledger.app.access.Tokens;
import org.sessionledger.app.api.EventStream;

/** From a token to a session of the console, and back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignInTest {

  private static final Pattern FORM_TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  private Door door;

  @BeforeAll
  void start(@TempDir Path folder) {
    door = Door.open(folder, Door.TOKENS);
  }

  @AfterAll
  void stop() {
    door.close();
  }

  /** The form as a browser has it: its cookie, and its own token. */
  private record Form(String cookie, String token) {}

  private Form form() {
    HttpResponse<String> page = door.get(SignIn.PATH);
    assertThat(page.statusCode()).isEqualTo(200);
    Matcher token = FORM_TOKEN.matcher(page.body());
    assertThat(token.find()).isTrue();
    return new Form(cookie(page, "session-ledger-form"), token.group(1));
  }

  private static String cookie(HttpResponse<String> answer, String name) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith(name + "="))
        .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
        .findFirst()
        .orElse("");
  }

  private HttpResponse<String> submit(Form form, String fields, String... headers) {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 4);
    all[headers.length] = "Content-Type";
    all[headers.length + 1] = "application/x-www-form-urlencoded";
    all[headers.length + 2] = "Cookie";
    all[headers.length + 3] = form.cookie();
    return door.send("POST", SignIn.PATH, "_csrf=" + encode(form.token()) + "&" + fields, all);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String location(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
    return answer.headers().firstValue("Location").orElse("");
  }

  private String signedIn(String token) {
    HttpResponse<String> answer = submit(form(), "token=" + token);
    assertThat(location(answer)).isEqualTo("/");
    String session = cookie(answer, AccessConfiguration.SESSION_COOKIE);
    assertThat(session).isNotEmpty();
    return session;
  }

  @Test
  void a_token_in_the_form_opens_a_session_whose_cookie_no_script_and_no_other_site_gets() {
    String token = door.token(Role.READER);
    HttpResponse<String> answer = submit(form(), "token=" + token);
    assertThat(location(answer)).isEqualTo("/");
    List<String> cookies = answer.headers().allValues("Set-Cookie");
    assertThat(cookies)
        .filteredOn(cookie -> cookie.startsWith(AccessConfiguration.SESSION_COOKIE + "="))
        .isNotEmpty()
        .allMatch(cookie -> cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    assertThat(answer.headers().toString() + answer.body()).doesNotContain(token);
  }

  @Test
  void a_session_reads_the_API_and_changes_nothing_there() {
    String session = signedIn(door.token(Role.ADMIN));
    assertThat(door.get("/v1/stats", "Cookie", session).statusCode()).isEqualTo(200);
    assertThat(door.get("/v1/stats").statusCode()).isEqualTo(401);
    String command = "{\"type\":\"OpenSession\",\"sessionKey\":\"k\"}";
    assertThat(
            door.send(
                    "POST",
                    "/v1/commands",
                    command,
                    "Cookie",
                    session,
                    "Content-Type",
                    "application/json")
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void a_session_has_the_role_and_the_keys_of_its_token() {
    String session = signedIn(door.token(Role.READER, "mine:"));
    assertThat(door.get("/v1/sessions", "Cookie", session).statusCode()).isEqualTo(200);
    assertThat(door.get("/v1/sessions/theirs:k", "Cookie", session).statusCode()).isEqualTo(403);
    assertThat(door.get("/v1/tokens", "Cookie", session).statusCode()).isEqualTo(403);
  }

  @Test
  void a_session_ends_with_its_token() {
    Tokens.Given given = door.tokens().create(new NewToken(Role.READER, null, null, null), null);
    String session = signedIn(given.secret());
    assertThat(door.get("/v1/stats", "Cookie", session).statusCode()).isEqualTo(200);
    ConsoleSessions sessions = door.server.bean(ConsoleSessions.class);
    int before = sessions.size();
    door.tokens().revoke(given.token().id());
    assertThat(sessions.size()).as("none is kept that is no good").isEqualTo(before - 1);
    assertThat(door.get("/v1/stats", "Cookie", session).statusCode()).isEqualTo(401);
  }

  @Test
  void signing_out_ends_the_session_and_the_feeds_that_it_reads() {
    Door.Session session = door.signIn(door.token(Role.READER));
    Door.Session other = door.signIn(door.token(Role.READER));
    try (EventStream feed = feed(session);
        EventStream goesOn = feed(other)) {
      assertThat(door.submit(SignIn.OUT, session.forged(), "").statusCode()).isEqualTo(403);
      assertThat(door.get("/v1/stats", "Cookie", session.cookies()).statusCode()).isEqualTo(200);
      assertThat(location(door.submit(SignIn.OUT, session, ""))).isEqualTo(SignIn.PATH);
      assertThat(door.get("/v1/stats", "Cookie", session.cookies()).statusCode()).isEqualTo(401);
      assertThat(feed.end()).isNotNull();
      door.server.api().decide("{\"type\":\"OpenSession\",\"sessionKey\":\"after\"}");
      assertThat(goesOn.next().data().path("sessionKey").asText()).isEqualTo("after");
    }
  }

  private EventStream feed(Door.Session session) {
    return EventStream.open(door.server.uri(), "/v1/changes", null, "Cookie", session.cookies());
  }

  /** Somebody else at the same browser must not go on with what the one before him may read. */
  @Test
  void signing_in_anew_ends_the_feeds_of_the_session_before() {
    Door.Session session = door.signIn(door.token(Role.READER));
    try (EventStream feed = feed(session)) {
      String again = "&token=" + door.token(Role.READER, "mine:");
      assertThat(location(door.submit(SignIn.PATH, session, again))).isEqualTo("/");
      assertThat(feed.end()).isNotNull();
    }
  }

  @Test
  void a_session_takes_forms_with_its_own_token_only() {
    Door.Session mine = door.signIn(door.token(Role.READER));
    Door.Session theirs = door.signIn(door.token(Role.READER));
    Form stranger = form();
    String cookies = mine.cookies() + "; " + stranger.cookie();
    for (Door.Session forged :
        List.of(
            new Door.Session(cookies, stranger.token()),
            new Door.Session(mine.cookies(), theirs.form()))) {
      assertThat(door.submit(SignIn.OUT, forged, "").statusCode()).isEqualTo(403);
    }
    assertThat(location(door.submit(SignIn.OUT, mine, ""))).isEqualTo(SignIn.PATH);
  }

  @Test
  void a_token_has_so_many_sessions_and_then_the_oldest_goes() {
    String token = door.token(Role.READER);
    String other = signedIn(door.token(Role.READER));
    String oldest = signedIn(token);
    for (int i = 0; i < ConsoleSessions.OF_ONE_MAX - 1; i++) {
      signedIn(token);
    }
    assertThat(door.get("/v1/stats", "Cookie", oldest).statusCode()).isEqualTo(200);
    String newest = signedIn(token);
    assertThat(door.get("/v1/stats", "Cookie", oldest).statusCode()).isEqualTo(401);
    assertThat(door.get("/v1/stats", "Cookie", newest).statusCode()).isEqualTo(200);
    assertThat(door.get("/v1/stats", "Cookie", other).statusCode()).isEqualTo(200);
  }

  @Test
  void a_session_that_somebody_brought_along_is_not_the_one_that_is_opened() {
    Door.Session session = door.signIn(door.token(Role.READER));
    String brought = session.cookies();
    HttpResponse<String> answer =
        door.submit(SignIn.PATH, session, "&token=" + door.token(Role.ADMIN));
    assertThat(cookie(answer, AccessConfiguration.SESSION_COOKIE))
        .isNotEmpty()
        .isNotEqualTo(brought);
    assertThat(door.get("/v1/stats", "Cookie", brought).statusCode()).isEqualTo(401);
  }

  @Test
  void a_form_of_another_site_signs_nobody_in() {
    Form form = form();
    assertThat(
            submit(
                    new Form("session-ledger-form=x", form.token()),
                    "token=" + door.token(Role.ADMIN))
                .statusCode())
        .isEqualTo(403);
    assertThat(submit(new Form(form.cookie(), "x"), "token=" + door.token(Role.ADMIN)).statusCode())
        .isEqualTo(403);
  }

  /** A server on another port is the same site to a browser, and may set cookies for this one. */
  @Test
  void a_form_with_the_right_cookie_from_another_origin_is_refused() {
    String token = door.token(Role.READER);
    for (String origin : List.of("http://127.0.0.1:1", "http://evil.example", "null", "http://[")) {
      HttpResponse<String> answer = submit(form(), "token=" + token, "Origin", origin);
      assertThat(answer.statusCode()).as(origin).isEqualTo(403);
      assertThat(cookie(answer, AccessConfiguration.SESSION_COOKIE)).as(origin).isEmpty();
    }
    assertThat(location(submit(form(), "token=" + token, "Origin", door.origin()))).isEqualTo("/");
  }

  @Test
  void a_token_that_is_no_good_signs_nobody_in() {
    for (String token :
        new String[] {
          "", "x", door.expired(Role.ADMIN), door.revoked(Role.ADMIN), "%00", "<script>"
        }) {
      HttpResponse<String> answer = submit(form(), "token=" + token);
      assertThat(location(answer)).startsWith(SignIn.PATH + "?failed");
      assertThat(cookie(answer, AccessConfiguration.SESSION_COOKIE)).isEmpty();
    }
    assertThat(door.get(SignIn.PATH + "?failed").body()).contains("role=\"alert\"");
  }

  @Test
  void a_token_in_an_address_signs_nobody_in() {
    Form form = form();
    HttpResponse<String> answer =
        door.send(
            "POST",
            SignIn.PATH + "?token=" + door.token(Role.ADMIN),
            "_csrf=" + encode(form.token()),
            "Content-Type",
            "application/x-www-form-urlencoded",
            "Cookie",
            form.cookie());
    assertThat(location(answer)).startsWith(SignIn.PATH + "?failed");
    String token = door.token(Role.ADMIN);
    assertThat(door.get("/v1/stats?access_token=" + token).statusCode()).isEqualTo(401);
  }

  @Test
  void a_browser_is_led_to_the_form_and_back_to_the_page_that_it_wanted() {
    HttpResponse<String> led =
        door.get("/console/sessions?status=idle&prefix=a%3A", "Accept", "text/html");
    assertThat(location(led))
        .isEqualTo(SignIn.PATH + "?next=%2Fconsole%2Fsessions%3Fstatus%3Didle%26prefix%3Da%253A");
    assertThat(door.get(location(led)).body())
        .contains("value=\"/console/sessions?status=idle&amp;prefix=a%3A\"");
    HttpResponse<String> back =
        submit(
            form(),
            "token="
                + door.token(Role.READER)
                + "&next="
                + encode("/console/sessions?status=idle&prefix=a%3A"));
    assertThat(location(back)).isEqualTo("/console/sessions?status=idle&prefix=a%3A");
    assertThat(door.get("/v1/stats", "Accept", "text/html").statusCode()).isEqualTo(401);
    assertThat(door.get("/", "Accept", "text/html", "HX-Request", "true").statusCode())
        .isEqualTo(401);
  }

  @Test
  void a_link_of_another_site_gets_the_cookie_by_loading_again() {
    HttpResponse<String> again =
        door.get("/console/x", "Accept", "text/html", "Sec-Fetch-Site", "cross-site");
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).contains("http-equiv=\"refresh\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "/\u012fevil.example",
        "/x\u010d\u010aSet-Cookie: a=b",
        "/x y",
        "",
        SignIn.PATH,
        SignIn.OUT,
      })
  void nobody_is_led_to_another_site(String next) {
    assertThat(SignIn.local(next)).isEqualTo("/");
  }

  @Test
  void what_stands_in_the_address_is_text_in_the_page() {
    assertThat(door.get(SignIn.PATH + "?next=" + encode("/\"><script>alert(1)</script>")).body())
        .doesNotContain("<script>");
  }

  @ParameterizedTest
  @CsvSource({
    SignIn.PATH + ", script-src 'self'; style-src 'self'",
    "/v1/stats, default-src 'none'; frame-ancestors 'none'",
  })
  void every_answer_tells_the_browser_what_it_may_do(String path, String policy) {
    HttpResponse<String> answer =
        door.get(path, "Authorization", "Bearer " + door.token(Role.READER));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains(policy)
        .doesNotContain("unsafe");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
    assertThat(answer.headers().firstValue("Referrer-Policy")).contains("same-origin");
  }

  @Test
  void the_form_has_its_style_and_nothing_beside_it() {
    assertThat(door.get("/assets/sign-in.css").statusCode()).isEqualTo(200);
    String token = "Bearer " + door.token(Role.ADMIN);
    for (String path :
        new String[] {
          "/assets/../application.properties",
          "/assets/%2e%2e/db/access/V1__tokens.sql",
          "/assets/..%2fdb/access/V1__tokens.sql",
          "/assets/..;/db/access/V1__tokens.sql",
          "/assets//db/access/V1__tokens.sql",
          "/db/access/V1__tokens.sql"
        }) {
      assertThat(door.get(path, "Authorization", token).statusCode()).as(path).isIn(400, 401, 404);
    }
  }

  @Test
  void whoever_tries_too_often_waits_and_those_who_are_in_go_on(@TempDir Path folder) {
    try (Door busy = Door.open(folder, Door.TOKENS)) {
      String token = busy.token(Role.READER);
      Door.Session session = busy.signIn(token);
      HttpResponse<String> page = busy.get(SignIn.PATH);
      Door.Session stranger =
          new Door.Session(cookie(page, "session-ledger-form"), Door.form(page));
      int tries = 0;
      while (tries < SignIn.AT_ONCE
          && busy.submit(SignIn.PATH, stranger, "&token=x").statusCode() == 303) {
        tries++;
      }
      assertThat(tries).isLessThan(SignIn.AT_ONCE / 2);
      HttpResponse<String> answer = busy.submit(SignIn.PATH, stranger, "&token=" + token);
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(busy.get("/v1/stats", "Cookie", session.cookies()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void unknown_tokens_are_looked_up_so_often_and_those_that_are_known_always(@TempDir Path folder) {
    try (Door busy = Door.open(folder, Door.TOKENS)) {
      String known = "Bearer " + busy.token(Role.READER);
      assertThat(busy.get("/v1/stats", "Authorization", known).statusCode()).isEqualTo(200);
      String unknown = "Bearer " + RoutesTest.ofAnotherLedger();
      int tries = 0;
      while (tries < 10 * CredentialCheck.UNKNOWN_AT_ONCE
          && busy.get("/v1/stats", "Authorization", unknown).statusCode() == 401) {
        tries++;
      }
      assertThat(tries)
          .isBetween(CredentialCheck.UNKNOWN_AT_ONCE, 5 * CredentialCheck.UNKNOWN_AT_ONCE);
      busy.revoked(Role.READER); // Everything is looked up anew after that.
      assertThat(busy.get("/v1/stats", "Authorization", known).statusCode()).isEqualTo(200);
      assertThat(
              busy.get("/v1/stats", "Authorization", "Bearer " + busy.server.localToken())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "2001:db8:0:1:2:3:4:5, 2001:db8:0:1",
    "0:0:0:0:0:0:0:1, 0:0:0:0",
  })
  void addresses_are_counted_as_households_have_them(String address, String household) {
    assertThat(CredentialCheck.neighbourhood(address)).isEqualTo(household);
  }
}

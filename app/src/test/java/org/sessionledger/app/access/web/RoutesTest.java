package org.sessionledger.app.access.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.access.Role;
import org.sessionledger.app.access.Tokens;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.Callers;
import org.sessionledger.core.session.Json;
import org.sessionledger.projections.kit.TestDatabase;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route of the application, with every credential that is not good enough. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutesTest {

  private static final String THEIRS = "theirs:k";

  private Door door;
  private String decisionId;

  /** What is asked of one route. */
  private record Request(String route, String method, String path, @Nullable String body) {}

  /** Who asks, and what must come of it. */
  private record Attempt(String who, @Nullable String authorization, int status) {}

  @BeforeAll
  void start(@TempDir Path folder) {
    door = Door.open(folder, Door.TOKENS);
    door.server.api().decide("{\"type\":\"OpenSession\",\"sessionKey\":\"" + THEIRS + "\"}");
    decisionId =
        door.server
            .api()
            .decide("{\"type\":\"AbortRun\",\"runId\":\"r\",\"sessionKey\":\"" + THEIRS + "\"}")
            .path("decisionId")
            .asText();
  }

  @AfterAll
  void stop() {
    door.close();
  }

  private List<String> mapped() {
    List<String> routes = new ArrayList<>();
    for (RequestMappingInfo info :
        door.server.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet()) {
      assertThat(info.getMethodsCondition().getMethods()).as(info.toString()).isNotEmpty();
      for (String path : info.getPatternValues()) {
        info.getMethodsCondition()
            .getMethods()
            .forEach(method -> routes.add(method.name() + " " + path));
      }
    }
    return routes;
  }

  @Test
  void every_route_says_what_it_needs_and_no_other_is_listed() {
    Set<String> listed = new TreeSet<>(Routes.all().keySet());
    listed.remove("GET /assets/**");
    assertThat(new TreeSet<>(mapped())).isEqualTo(listed);
  }

  @Test
  void nobody_without_a_good_credential_gets_through_anywhere() {
    List<Attempt> everywhere =
        List.of(
            new Attempt("nobody", null, 401),
            new Attempt("nonsense", "Bearer x", 401),
            new Attempt("an empty token", "Bearer ", 401),
            new Attempt("a password", "Basic YWRtaW46YWRtaW4=", 401),
            new Attempt("a forged token", "Bearer " + ofAnotherLedger(), 401),
            new Attempt("an altered token", "Bearer " + altered(door.token(Role.ADMIN)), 401),
            new Attempt("an expired token", "Bearer " + door.expired(Role.ADMIN), 401),
            new Attempt("a revoked token", "Bearer " + door.revoked(Role.ADMIN), 401),
            new Attempt("an unsigned JWT", "Bearer " + unsignedJwt(), 401));
    JsonNode before = door.server.api().stats();
    List<String> through = new ArrayList<>();
    int sent = 0;
    for (String route : mapped()) {
      Routes.Need need = need(route);
      if (need.isPublic() || isPage(route)) {
        continue;
      }
      List<Attempt> attempts = new ArrayList<>(everywhere);
      for (Role role : Role.values()) {
        if (need.role() != null && !role.includes(need.role())) {
          attempts.add(new Attempt("a " + role, "Bearer " + door.token(role), 403));
        }
      }
      if (need.keys() != Routes.Keys.NONE) {
        attempts.add(
            new Attempt(
                "an admin of other keys",
                "Bearer " + door.token(Role.ADMIN, "mine:"),
                // Whether there is a decision of others is not told.
                route.endsWith("{decisionId}") ? 404 : 403));
      }
      int tokens = door.tokens().all().size();
      for (Attempt attempt : attempts) {
        sent++;
        Request request = request(route);
        HttpResponse<String> answer = send(request, attempt.authorization());
        boolean refused =
            answer.statusCode() == attempt.status()
                && answer
                    .headers()
                    .firstValue("Content-Type")
                    .orElse("")
                    .startsWith("application/problem+json")
                && Json.tree(answer.body()).path("status").asInt() == attempt.status()
                && (attempt.status() != 401
                    || answer
                        .headers()
                        .firstValue("WWW-Authenticate")
                        .orElse("")
                        .startsWith("Bearer "));
        if (!refused) {
          through.add(attempt.who() + " at " + request + ": " + answer + " " + answer.body());
        }
      }
      assertThat(door.tokens().all()).hasSize(tokens);
    }
    assertThat(through).isEmpty();
    assertThat(sent).isGreaterThanOrEqualTo(200);
    assertThat(door.server.api().stats()).isEqualTo(before);
  }

  @Test
  void whoever_is_good_enough_gets_through_everywhere() {
    for (String route : mapped()) {
      Routes.Need need = need(route);
      // The feeds would not end, and a stream of theirs is tried elsewhere.
      if (!need.isPublic() && !isPage(route) && need.role() != null && !route.endsWith("changes")) {
        HttpResponse<String> answer = send(request(route), "Bearer " + door.token(need.role()));
        assertThat(answer.statusCode()).as(route + " " + answer.body()).isNotIn(401, 403);
      }
    }
  }

  private static boolean isPage(String route) {
    return !route.contains(" /v1/");
  }

  @Test
  void a_page_takes_nobody_no_token_in_a_header_no_small_role_and_no_foreign_keys() {
    Door.Session mine = door.signIn(door.token(Role.ADMIN, "mine:"));
    Map<Role, Door.Session> sessions = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      sessions.put(role, door.signIn(door.token(role)));
    }
    String bearer = "Bearer " + door.token(Role.ADMIN);
    JsonNode before = door.server.api().stats();
    List<String> through = new ArrayList<>();
    int sent = 0;
    for (String route : mapped()) {
      Routes.Need need = need(route);
      if (need.isPublic() || !isPage(route)) {
        continue;
      }
      String path = route.substring(route.indexOf(' ') + 1) + page();
      Map<String, Integer> answers = new LinkedHashMap<>();
      if (route.startsWith("GET ")) {
        answers.put("nobody", door.get(path).statusCode());
        answers.put("a token in a header", door.get(path, "Authorization", bearer).statusCode());
        answers.put(
            "an admin of other keys", door.get(path, "Cookie", mine.cookies()).statusCode());
      } else {
        answers.put("nobody", door.submit(path, null, "").statusCode());
        answers.put("an admin of other keys", door.submit(path, mine, "").statusCode());
        answers.put("a forged form", door.submit(path, mine.forged(), "").statusCode());
      }
      sessions.forEach(
          (role, session) -> {
            if (need.role() != null && !role.includes(need.role())) {
              answers.put(
                  "a " + role,
                  route.startsWith("GET ")
                      ? door.get(path, "Cookie", session.cookies()).statusCode()
                      : door.submit(path, session, "").statusCode());
            }
          });
      sent += answers.size();
      answers.forEach(
          (who, status) -> {
            if (status != 401 && status != 403) {
              through.add(who + " at " + route + ": " + status);
            }
          });
      if (need.role() != null && route.startsWith("GET ")) {
        assertThat(
                door.get(path, "Cookie", sessions.get(need.role()).cookies(), "Accept", "*/*")
                    .statusCode())
            .as(route)
            .isNotIn(401, 403);
      }
    }
    assertThat(through).isEmpty();
    assertThat(sent).isGreaterThan(50);
    assertThat(door.server.api().stats()).isEqualTo(before);
  }

  /** About somebody else's session. */
  private static String page() {
    return "?prefix=theirs:&key=" + THEIRS + "&version=1&action=reset&view=status&mode=check";
  }

  @Test
  void what_is_nowhere_is_nobodys_business_either() {
    for (String path : new String[] {"/v1/nothing", "/nothing", "/console/nothing", "/v1/../x"}) {
      assertThat(door.get(path).statusCode()).as(path).isIn(401, 404);
    }
    String token = "Bearer " + door.token(Role.READER);
    HttpResponse<String> answer = door.get("/v1/nothing", "Authorization", token);
    assertThat(answer.statusCode()).isEqualTo(404);
  }

  @Test
  void a_route_that_nobody_listed_is_denied_to_an_admin() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/v1/new");
    request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "/v1/new");
    Callers.set(request, new Caller("t", "ann", Role.ADMIN, null, null));
    assertThatThrownBy(
            () -> new RouteGuard().preHandle(request, new MockHttpServletResponse(), new Object()))
        .isInstanceOfSatisfying(
            ApiProblem.class, problem -> assertThat(problem.status()).isEqualTo(403));
  }

  private HttpResponse<String> send(Request request, @Nullable String authorization) {
    List<String> headers = new ArrayList<>(List.of("Content-Type", "application/json"));
    if (authorization != null) {
      headers.addAll(List.of("Authorization", authorization));
    }
    return door.send(
        request.method(), request.path(), request.body(), headers.toArray(String[]::new));
  }

  private static Routes.Need need(String route) {
    String[] words = route.split(" ", 2);
    Routes.Need need = Routes.needOf(words[0], words[1]);
    if (need == null) {
      throw new AssertionError("not listed: " + route);
    }
    return need;
  }

  /** About somebody else's session, wherever a route is about one. */
  private Request request(String route) {
    String[] words = route.split(" ", 2);
    String path =
        words[1]
            .replace("{sessionKey}", THEIRS)
            .replace("{decisionId}", decisionId)
            .replace("{name}", "status")
            .replace("{id}", "none");
    if (need(route).keys() == Routes.Keys.SORTED_OUT
        && words[0].equals("GET")
        && !route.endsWith("}")) {
      path += "?prefix=theirs:";
    }
    String body =
        switch (route) {
          case "POST /v1/commands" ->
              "{\"type\":\"AbortRun\",\"dryRun\":true,\"runId\":\"r\",\"sessionKey\":\""
                  + THEIRS
                  + "\"}";
          case "POST /v1/tokens" -> "{\"role\":\"admin\"}";
          default -> null;
        };
    return new Request(route, words[0], path, body);
  }

  static String ofAnotherLedger() {
    try (HikariDataSource other = TestDatabase.H2.create()) {
      return new Tokens(other).create(new NewToken(Role.ADMIN, null, null, null), null).secret();
    }
  }

  private static String altered(String token) {
    char last = token.charAt(10);
    return token.substring(0, 10) + (last == 'A' ? 'B' : 'A') + token.substring(11);
  }

  private static String unsignedJwt() {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String head = "{\"alg\":\"none\"}";
    String claims = "{\"sub\":\"ann\",\"roles\":[\"admin\"],\"exp\":9999999999}";
    return base64.encodeToString(head.getBytes(StandardCharsets.UTF_8))
        + "."
        + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".";
  }
}

package org.sessionledger.app.access.web;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Role;

/** What each route needs. One that is not listed here is denied to everybody. */
final class Routes {

  /** What a token that is limited to a prefix may do with a route. */
  enum Keys {
    /** The path names a session: only his. */
    IN_THE_PATH,
    /** The controller shows or changes only his. */
    SORTED_OUT,
    /** It tells of no session. */
    NONE,
    /** It tells of the whole ledger, or changes it: nothing. */
    ALL
  }

  /**
   * @param role null: anybody may, so that he can sign in
   * @param known true: not even where nobody is asked for credentials, without one
   */
  record Need(@Nullable Role role, Keys keys, boolean known) {

    boolean isPublic() {
      return role == null;
    }
  }

  private static final Need PUBLIC = new Need(null, Keys.NONE, false);

  /** Tokens outlive a server that asks nobody, so they are given and taken by somebody. */
  private static final Need TOKENS = new Need(Role.ADMIN, Keys.ALL, true);

  private static final Map<String, Need> NEEDS =
      Map.ofEntries(
          Map.entry("POST /v1/commands", runtime(Keys.SORTED_OUT)),
          Map.entry("GET /v1/sessions", reader(Keys.SORTED_OUT)),
          Map.entry("GET /v1/sessions/{sessionKey}", reader(Keys.IN_THE_PATH)),
          Map.entry("GET /v1/sessions/{sessionKey}/generations", reader(Keys.IN_THE_PATH)),
          Map.entry("GET /v1/sessions/{sessionKey}/runs", reader(Keys.IN_THE_PATH)),
          Map.entry("GET /v1/sessions/{sessionKey}/timeline", reader(Keys.IN_THE_PATH)),
          Map.entry("GET /v1/sessions/{sessionKey}/audit", reader(Keys.IN_THE_PATH)),
          Map.entry("GET /v1/sessions/{sessionKey}/bundle", reader(Keys.IN_THE_PATH)),
          Map.entry("GET /v1/decisions", reader(Keys.SORTED_OUT)),
          Map.entry("GET /v1/decisions/{decisionId}", reader(Keys.SORTED_OUT)),
          Map.entry("GET /v1/changes", reader(Keys.SORTED_OUT)),
          Map.entry("GET /v1/decisions/changes", reader(Keys.SORTED_OUT)),
          Map.entry("GET /v1/stats", reader(Keys.ALL)),
          Map.entry("GET /v1/health", reader(Keys.ALL)),
          Map.entry("GET /v1/gateways", reader(Keys.ALL)),
          Map.entry("GET /v1/projections", reader(Keys.ALL)),
          Map.entry("GET /v1/projections/{name}/rebuild", reader(Keys.ALL)),
          Map.entry("POST /v1/projections/{name}/rebuild", admin()),
          Map.entry("DELETE /v1/projections/{name}/rebuild", admin()),
          // It takes as long as the history, and reads all of it.
          Map.entry("POST /v1/verification", admin()),
          Map.entry("GET /v1/openapi.json", reader(Keys.NONE)),
          Map.entry("GET /v1/tokens", TOKENS),
          Map.entry("POST /v1/tokens", TOKENS),
          Map.entry("DELETE /v1/tokens/{id}", TOKENS),
          Map.entry("GET /", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/rows", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/session", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/detail", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/runs", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/lineage", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/past", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/audit", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/audit/by-key", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/bundle", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/refusals", reader(Keys.SORTED_OUT)),
          Map.entry("GET /console/views", reader(Keys.ALL)),
          Map.entry("POST /console/views/rebuild", admin()),
          Map.entry("POST /console/views/cancel", admin()),
          Map.entry("GET /console/gateways", reader(Keys.ALL)),
          Map.entry("GET /console/act", operator(Keys.SORTED_OUT)),
          Map.entry("POST /console/act/check", operator(Keys.SORTED_OUT)),
          Map.entry("POST /console/act/do", operator(Keys.SORTED_OUT)),
          Map.entry("GET " + SignIn.PATH, PUBLIC),
          Map.entry("GET /assets/**", PUBLIC));

  private Routes() {}

  /**
   * What a route needs.
   *
   * @param pattern the path as the application maps it
   * @return null when nobody said
   */
  static @Nullable Need needOf(String method, String pattern) {
    // Spring answers HEAD by what answers GET.
    return NEEDS.get((method.equals("HEAD") ? "GET" : method) + " " + pattern);
  }

  /** True where a page of the console sends a form to. */
  static boolean takesForm(String path) {
    return path.equals(SignIn.PATH)
        || path.equals(SignIn.OUT)
        || (path.startsWith("/console/") && NEEDS.containsKey("POST " + path));
  }

  /** All of them, for tests. */
  static Map<String, Need> all() {
    return NEEDS;
  }

  private static Need reader(Keys keys) {
    return new Need(Role.READER, keys, false);
  }

  private static Need runtime(Keys keys) {
    return new Need(Role.RUNTIME, keys, false);
  }

  private static Need operator(Keys keys) {
    return new Need(Role.OPERATOR, keys, false);
  }

  private static Need admin() {
    return new Need(Role.ADMIN, Keys.ALL, false);
  }
}

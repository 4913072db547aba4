package org.sessionledger.app.access.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.Callers;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Lets a caller through to what his role and his prefix allow. It asks after the application has
 * found who answers the request, so that no trick with a path can show the guard one route and the
 * application another.
 */
final class RouteGuard implements HandlerInterceptor {

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    Routes.Need need =
        pattern == null ? null : Routes.needOf(request.getMethod(), pattern.toString());
    if (need != null && need.isPublic()) {
      return true;
    }
    Caller caller = Callers.orNull(request);
    if (caller == null) {
      throw Unauthorized.missing();
    }
    if (need == null) {
      if (pattern == null && request.getMethod().equals("OPTIONS")) {
        return true; // Which methods there are.
      }
      throw Callers.forbidden("Nobody said who may use this route.");
    }
    requireMay(request, caller, need);
    return true;
  }

  private static void requireMay(HttpServletRequest request, Caller caller, Routes.Need need) {
    if (need.known() && !caller.isKnown()) {
      throw Unauthorized.missing();
    }
    String objection = objection(request, caller, need);
    if (objection != null) {
      throw Callers.forbidden(objection);
    }
  }

  private static @Nullable String objection(
      HttpServletRequest request, Caller caller, Routes.Need need) {
    if (need.role() != null && !caller.role().includes(need.role())) {
      return "This needs the role "
          + need.role().code()
          + ", the token has the role "
          + caller.role().code()
          + ".";
    }
    return switch (need.keys()) {
      case IN_THE_PATH -> {
        Callers.requireMine(request, Callers.sessionKey(request));
        yield null;
      }
      case ALL ->
          caller.isLimited()
              ? "This is about the whole ledger, and the token is limited to keys with a prefix."
              : null;
      case SORTED_OUT, NONE -> null;
    };
  }

  /** The problem of a request that shows no good credential. */
  static final class Unauthorized {

    private Unauthorized() {}

    static ApiProblem missing() {
      return new ApiProblem(
          401,
          "unauthorized",
          "A token is needed",
          "Send a token as 'Authorization: Bearer slt_…'; 'session-ledger token create' makes"
              + " one.");
    }

    static ApiProblem noGood() {
      return new ApiProblem(
          401,
          "unauthorized",
          "The token is no good",
          "The token is unknown, expired or revoked; 'session-ledger token create' makes another"
              + " one.");
    }
  }
}

package org.sessionledger.app.access.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.Callers;
import org.sessionledger.app.api.Refusing;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells the controllers who it is, after Spring Security has found out: within his rate, and with a
 * token that is still good where he has signed in with it some time ago.
 */
final class CallerFilter extends OncePerRequestFilter {

  /** An address, or a name that no stranger can point to this machine. */
  private static final Pattern OF_THIS_MACHINE =
      Pattern.compile("[^.]*|[0-9.]+|\\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*\\]?|.*\\.localhost");

  private final AccessOptions options;
  private final CredentialCheck check;
  private final CallerLimits limits;

  CallerFilter(AccessOptions options, CredentialCheck check, CallerLimits limits) {
    this.options = options;
    this.check = check;
    this.limits = limits;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Caller caller = signedIn(request);
    if (caller == null && !options.required()) {
      if (comesFromAnotherSite(request)) {
        Refusal.refuse(request, response, anotherSite());
        return;
      }
      caller = Caller.ANYBODY;
      SecurityContextHolder.setContext(new SecurityContextImpl(new CallerAuthentication(caller)));
    }
    if (caller == null) {
      Refusing.endConnection(response);
      chain.doFilter(request, response);
      return;
    }
    Callers.set(request, caller);
    if (!caller.isKnown()) {
      pass(request, response, chain);
    } else if (!limits.requests().admits(caller)) {
      Refusal.refuse(request, response, tooMany());
    } else if (isQuestion(request)) {
      answer(caller.account(), request, response, chain);
    } else {
      pass(request, response, chain);
    }
  }

  /** Lets a question pass, if there is a place for its answer. */
  private void answer(
      String account, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (limits.answers().enter(account)) {
      try {
        pass(request, response, chain);
        // Written while it has its place, and not when the request is over.
        Refusing.finish(request, response);
      } finally {
        limits.answers().leave(account);
      }
    } else if (limits.objections().enter(account)) {
      try {
        Refusal.refuse(request, response, tooManyAtOnce());
        Refusing.finish(request, response);
      } finally {
        limits.objections().leave(account);
      }
    } else {
      Refusing.hangUp(request);
    }
  }

  private static boolean isQuestion(HttpServletRequest request) {
    return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
  }

  private static void pass(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(request, response);
    if (!request.isAsyncStarted()) {
      Refusing.readRest(request, response);
    }
  }

  private @Nullable Caller signedIn(HttpServletRequest request) {
    Authentication found = SecurityContextHolder.getContext().getAuthentication();
    if (!(found instanceof CallerAuthentication known)) {
      return null;
    }
    HttpSession session = request.getSession(false);
    if (session != null && !check.isStillGood(known.caller())) {
      session.invalidate();
      SecurityContextHolder.clearContext();
      return null;
    }
    return known.caller();
  }

  /**
   * Any page in the same machine's browser could send a form to a server that asks nobody, and
   * could reach it under a name of the page's own (DNS rebinding).
   */
  private static boolean comesFromAnotherSite(HttpServletRequest request) {
    if (!OF_THIS_MACHINE.matcher(request.getServerName()).matches()) {
      return true;
    }
    return OwnForms.isFromAnotherSite(request);
  }

  private static ApiProblem anotherSite() {
    return new ApiProblem(
        403,
        "forbidden",
        "A page of another site sent this",
        "Without authentication, this server is for its own machine: pages of other sites may"
            + " change nothing here, and it has no name but localhost.");
  }

  private static ApiProblem tooManyAtOnce() {
    ApiProblem problem =
        new ApiProblem(
            429,
            "too-many-requests",
            "The token asks too much at once",
            "A token has "
                + CallerLimits.ANSWERS_OF_ONE_MAX
                + " answers at a time here; read them, or wait a second. Live feeds do not count.");
    return new ApiProblem(problem.document().put("retryAfterSeconds", 1));
  }

  private ApiProblem tooMany() {
    ApiProblem problem =
        new ApiProblem(
            429,
            "too-many-requests",
            "The token is used too often",
            "A token makes "
                + options.requestsPerSecond()
                + " requests a second here; send commands in batches, or wait a second.");
    return new ApiProblem(problem.document().put("retryAfterSeconds", 1));
  }
}

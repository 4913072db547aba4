package org.sessionledger.app.access.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.sessionledger.app.access.web.RouteGuard.Unauthorized;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.Callers;
import org.sessionledger.app.api.Refusing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenError;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.web.util.UriUtils;

/** What Spring Security refuses, as problem documents with an audit line; browsers may sign in. */
final class Refusal
    implements AuthenticationEntryPoint, AccessDeniedHandler, RequestRejectedHandler {

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);

  private static final String CHALLENGE = "Bearer realm=\"session-ledger\"";

  /**
   * The cookie is not sent where a link of another site leads here; it is when the page reloads.
   */
  private static final byte[] AGAIN =
      ("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
              + "<meta http-equiv=\"refresh\" content=\"0\"><title>Session Ledger</title></html>")
          .getBytes(StandardCharsets.UTF_8);

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
      throws IOException {
    if (e instanceof CredentialCheck.Unknowable) {
      LOG.debug("a credential could not be looked up", e);
      Refusing.answer(request, response, unknowable(e));
      return;
    }
    if (e instanceof CredentialCheck.TooOften) {
      refuse(request, response, tooOften());
      return;
    }
    boolean shown = e instanceof OAuth2AuthenticationException;
    if (!shown && wantsPage(request)) {
      toSignIn(request, response);
      return;
    }
    if (shown && isWithoutRole((OAuth2AuthenticationException) e)) {
      refuse(
          request, response, Callers.forbidden("The JWT gives its holder no role in this ledger."));
      return;
    }
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE, shown ? CHALLENGE + ", error=\"invalid_token\"" : CHALLENGE);
    refuse(request, response, shown ? Unauthorized.noGood() : Unauthorized.missing());
  }

  private static ApiProblem unknowable(AuthenticationException e) {
    ApiProblem problem =
        new ApiProblem(
            503,
            "unavailable",
            "The token cannot be looked up now",
            String.valueOf(e.getMessage()));
    return new ApiProblem(problem.document().put("retryAfterSeconds", 1));
  }

  static ApiProblem tooOften() {
    ApiProblem problem =
        new ApiProblem(
            429,
            "too-many-requests",
            "Too many tries",
            "From this address came too many tokens that are no good, or too many sign-ins; wait a"
                + " moment.");
    return new ApiProblem(problem.document().put("retryAfterSeconds", 3));
  }

  private static boolean isWithoutRole(OAuth2AuthenticationException e) {
    return e.getError() instanceof BearerTokenError error
        && error.getHttpStatus().value() == HttpServletResponse.SC_FORBIDDEN;
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException e)
      throws IOException {
    refuse(
        request,
        response,
        Callers.forbidden(
            "The form's own token is missing or old (CSRF); load the page again and repeat it."));
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, RequestRejectedException e)
      throws IOException {
    refuse(request, response, Refusing.nowhere(request));
  }

  static void refuse(HttpServletRequest request, HttpServletResponse response, ApiProblem problem)
      throws IOException {
    Callers.tellRefused(request, problem.status(), String.valueOf(problem.getMessage()));
    Refusing.answer(request, response, problem);
  }

  /** A browser that opens a page; programs get a problem. */
  private static boolean wantsPage(HttpServletRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return request.getMethod().equals("GET")
        && accept != null
        && accept.contains(MediaType.TEXT_HTML_VALUE)
        && request.getHeader("HX-Request") == null
        && !request.getRequestURI().startsWith("/v1/");
  }

  private static void toSignIn(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if ("cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
      response.setContentType(MediaType.TEXT_HTML_VALUE);
      response.getOutputStream().write(AGAIN);
      return;
    }
    String query = request.getQueryString();
    String wanted = request.getRequestURI() + (query == null ? "" : "?" + query);
    response.setStatus(HttpServletResponse.SC_SEE_OTHER);
    response.setHeader(
        HttpHeaders.LOCATION,
        SignIn.PATH
            + (wanted.equals("/")
                ? ""
                : "?" + SignIn.NEXT + "=" + UriUtils.encode(wanted, StandardCharsets.UTF_8)));
  }
}

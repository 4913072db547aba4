package org.sessionledger.app.access.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.RateLimit;
import org.sessionledger.app.api.Callers;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriComponentsBuilder;

/** From a token in a form to a session of the console. */
final class SignIn {

  static final String PATH = "/console/sign-in";
  static final String OUT = "/console/sign-out";

  /** The page that was wanted before somebody had to sign in. */
  static final String NEXT = "next";

  /** Sign-ins from one address. */
  static final int A_SECOND = 2;

  static final int AT_ONCE = 120;

  private static final int MORE_WHEN_IT_FAILED = 4;

  private static final String TOKEN = "token";
  private static final String HOME = "/";

  private SignIn() {}

  /** The page with the form. */
  @RestController
  static final class Page {

    @GetMapping(path = PATH, produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<byte[]> page(HttpServletRequest request, HttpServletResponse response) {
      CsrfToken csrf = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
      String failed =
          request.getParameter("failed") == null
              ? ""
              : "<p role=\"alert\">The token is unknown, expired or revoked.</p>";
      String html =
          """
          <!doctype html>
          <html lang="en">
          <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Sign in · Session Ledger</title>
          <link rel="stylesheet" href="%s">
          <script src="%s" defer></script>
          </head>
          <body>
          <main>
          <h1>Session Ledger</h1>
          %s
          <form method="post" action="%s">
          <label for="token">Token</label>
          <input id="token" name="token" type="password" autocomplete="current-password"
            required autofocus spellcheck="false">
          <input type="hidden" name="%s" value="%s">
          <input type="hidden" name="%s" value="%s">
          <button type="submit">Sign in</button>
          </form>
          <p>The server printed one when it was first started.
          <code>session-ledger token create --role operator</code> makes another.</p>
          </main>
          </body>
          </html>
          """
              .formatted(
                  // With the hash of its content: browsers keep it.
                  response.encodeURL("/assets/sign-in.css"),
                  response.encodeURL("/assets/sign-in.js"),
                  failed,
                  PATH,
                  HtmlUtils.htmlEscape(csrf.getParameterName()),
                  HtmlUtils.htmlEscape(csrf.getToken()),
                  NEXT,
                  HtmlUtils.htmlEscape(local(request.getParameter(NEXT))));
      return ResponseEntity.ok()
          .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
          .cacheControl(CacheControl.noStore())
          .body(html.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Takes the form. */
  static final class Filter extends AbstractAuthenticationProcessingFilter {

    /** By address. A person signs in now and then, and mistypes a token less often than that. */
    private final RateLimit limit = new RateLimit(A_SECOND, AT_ONCE);

    Filter(AuthenticationManager check) {
      super(
          PathPatternRequestMatcher.withDefaults()
              .matcher(org.springframework.http.HttpMethod.POST, PATH),
          check);
      setSecurityContextRepository(new HttpSessionSecurityContextRepository());
      setAuthenticationSuccessHandler(
          (request, response, caller) -> go(response, local(request.getParameter(NEXT))));
      setAuthenticationFailureHandler(this::fail);
    }

    @Override
    public Authentication attemptAuthentication(
        HttpServletRequest request, HttpServletResponse response) {
      if (!limit.admits(from(request))) {
        throw new CredentialCheck.TooOften("too many sign-ins from there");
      }
      String token = request.getParameter(TOKEN);
      // Addresses are logged and remembered by whatever stands between.
      if (token == null || token.isBlank() || request.getQueryString() != null) {
        throw new InvalidBearerTokenException("no token in the form");
      }
      BearerTokenAuthenticationToken shown = new BearerTokenAuthenticationToken(token.strip());
      shown.setDetails(authenticationDetailsSource.buildDetails(request));
      return getAuthenticationManager().authenticate(shown);
    }

    private static String from(HttpServletRequest request) {
      return CredentialCheck.neighbourhood(request.getRemoteAddr());
    }

    private void fail(
        HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
        throws IOException {
      limit.charge(from(request), MORE_WHEN_IT_FAILED);
      if (e instanceof CredentialCheck.TooOften) {
        Refusal.refuse(request, response, Refusal.tooOften());
        return;
      }
      Callers.tellRefused(
          request, HttpServletResponse.SC_UNAUTHORIZED, "sign-in: " + e.getMessage());
      go(
          response,
          UriComponentsBuilder.fromPath(PATH)
              .queryParam("failed")
              .queryParam(NEXT, "{next}")
              .encode()
              .buildAndExpand(local(request.getParameter(NEXT)))
              .toUriString());
    }
  }

  static void go(HttpServletResponse response, String path) {
    response.setStatus(HttpServletResponse.SC_SEE_OTHER);
    response.setHeader(HttpHeaders.LOCATION, path);
  }

  /** A page of this server, whatever a link says: {@code //} and {@code \} lead to others. */
  static String local(@Nullable String next) {
    boolean ours =
        next != null
            && next.startsWith("/")
            && !next.startsWith("//")
            && next.indexOf('\\') < 0
            // Others are cut to a byte each in a header, and may become a second slash.
            && next.chars().allMatch(c -> c > ' ' && c < 127)
            && !next.startsWith(PATH)
            && !next.startsWith(OUT);
    return ours && next != null ? next : HOME;
  }
}

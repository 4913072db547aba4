package org.sessionledger.app.access.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository;

/**
 * What a form carries against forged ones: the session keeps it of whoever has signed in, so that
 * no cookie that somebody else set is good there. A stranger's stands in a cookie, as nobody keeps
 * sessions for strangers.
 */
final class FormTokens implements CsrfTokenRepository {

  private final CookieCsrfTokenRepository strangers = new CookieCsrfTokenRepository();
  private final HttpSessionCsrfTokenRepository signedIn = new HttpSessionCsrfTokenRepository();

  FormTokens(String cookieName) {
    strangers.setCookieName(cookieName);
    strangers.setCookieCustomizer(cookie -> cookie.httpOnly(true).sameSite("Strict").path("/"));
    strangers.setHeaderName("X-CSRF-TOKEN");
  }

  private CsrfTokenRepository of(HttpServletRequest request) {
    return request.getSession(false) == null ? strangers : signedIn;
  }

  @Override
  public CsrfToken generateToken(HttpServletRequest request) {
    return of(request).generateToken(request);
  }

  @Override
  public void saveToken(
      @Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
    of(request).saveToken(token, request, response);
  }

  @Override
  public @Nullable CsrfToken loadToken(HttpServletRequest request) {
    return of(request).loadToken(request);
  }
}

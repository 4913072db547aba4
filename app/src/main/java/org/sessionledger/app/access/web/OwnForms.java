package org.sessionledger.app.access.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.sessionledger.app.api.ApiProblem;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The console's forms come from the console's pages. A cookie alone does not tell: a server on
 * another port of the machine is the same site to a browser, and may set cookies here.
 */
final class OwnForms extends OncePerRequestFilter {

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (isFromAnotherSite(request)) {
      Refusal.refuse(
          request,
          response,
          new ApiProblem(
              403,
              "forbidden",
              "A page of another site sent this",
              "Forms are taken from the console's own pages only; open the page here, and send"
                  + " the form again."));
      return;
    }
    chain.doFilter(request, response);
  }

  /** By what a browser says of a request that changes something; a program says nothing. */
  static boolean isFromAnotherSite(HttpServletRequest request) {
    if (SAFE.contains(request.getMethod())) {
      return false;
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return false;
    }
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority == null || !authority.equalsIgnoreCase(request.getHeader(HttpHeaders.HOST));
    } catch (IllegalArgumentException e) {
      return true;
    }
  }
}

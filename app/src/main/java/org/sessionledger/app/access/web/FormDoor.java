package org.sessionledger.app.access.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.FormBody;
import org.sessionledger.app.api.Refusing;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes the console's forms, and lets no other body in: those who come after it ask for fields
 * before anybody is known.
 */
final class FormDoor extends OncePerRequestFilter {

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (FormBody.isThere(request)) {
      ApiProblem problem = objection(request);
      if (problem != null) {
        Refusing.answer(request, response, problem);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private static @Nullable ApiProblem objection(HttpServletRequest request) throws IOException {
    return request.getMethod().equals("POST") && Routes.takesForm(request.getRequestURI())
        ? FormBody.read(request)
        : FormBody.notTaken();
  }
}

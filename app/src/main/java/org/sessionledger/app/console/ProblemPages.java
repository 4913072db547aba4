package org.sessionledger.app.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.Callers;
import org.sessionledger.app.api.Failures;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.ui.ExtendedModelMap;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/** Failures as pages, for who asked for a page; programs get the problem document. */
class ProblemPages implements HandlerExceptionResolver, Ordered {

  private final Pages pages;

  ProblemPages(Pages pages) {
    this.pages = pages;
  }

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception e) {
    if (!wantsPage(request) || e instanceof IOException || response.isCommitted()) {
      return null;
    }
    ApiProblem problem = Failures.problem(e);
    if (problem.status() == HttpServletResponse.SC_FORBIDDEN
        || problem.status() == HttpServletResponse.SC_UNAUTHORIZED) {
      Callers.tellRefused(request, problem.status(), String.valueOf(problem.getMessage()));
    }
    // What the page had begun to be; headers that protect it stay.
    response.resetBuffer();
    ExtendedModelMap model = new ExtendedModelMap();
    pages.common(request, response, model);
    model.addAttribute("problem", new Doc(problem.document()));
    boolean part = Pages.wantsPart(request);
    return new ModelAndView(
        part ? "problem :: part" : "problem", model, HttpStatusCode.valueOf(problem.status()));
  }

  private static boolean wantsPage(HttpServletRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return !request.getRequestURI().startsWith("/v1/")
        && (request.getHeader("HX-Request") != null
            || (accept != null && accept.contains(MediaType.TEXT_HTML_VALUE)));
  }

  /** Before the one that answers with documents. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }
}

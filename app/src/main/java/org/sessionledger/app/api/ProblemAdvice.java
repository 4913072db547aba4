package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.LedgerBusy;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.store.StoreFailure;
import org.sessionledger.projections.kit.ViewFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.NoHandlerFoundException;

/** Every failure of a request as a problem document. */
@RestControllerAdvice
class ProblemAdvice {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  ResponseEntity<byte[]> handle(ApiProblem problem, HttpServletRequest request) {
    if (problem.status() == HttpServletResponse.SC_FORBIDDEN
        || problem.status() == HttpServletResponse.SC_UNAUTHORIZED) {
      Callers.tellRefused(request, problem.status(), String.valueOf(problem.getMessage()));
    }
    if (problem.status() == HttpServletResponse.SC_REQUEST_TIMEOUT) {
      HangUp.readNoFurther(request);
    }
    return answer(problem);
  }

  private static ResponseEntity<byte[]> answer(ApiProblem problem) {
    return Answers.problem(problem.document());
  }

  @ExceptionHandler({
    LedgerUnavailable.class,
    LedgerBusy.class,
    StoreFailure.class,
    ViewFailure.class
  })
  ResponseEntity<byte[]> unavailable(RuntimeException e) {
    return answer(Commands.unavailable(e));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> handle(NoHandlerFoundException e, HttpServletRequest request) {
    Object sent = request.getAttribute(SessionKeyPath.SENT);
    return answer(Problems.noSuchPath(sent == null ? e.getRequestURL() : sent.toString()));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> handle(HttpRequestMethodNotSupportedException e) {
    String allowed = String.valueOf(e.getHeaders().getFirst(HttpHeaders.ALLOW));
    return with(
        e.getHeaders(),
        Problems.ofStatus(
            405, "The path takes " + allowed + ", not " + Problems.echo(e.getMethod()) + "."));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> handle(HttpMediaTypeNotAcceptableException e) {
    return with(
        e.getHeaders(),
        Problems.ofStatus(
            406,
            "The answer is JSON; ask for application/json, application/x-ndjson for a batch,"
                + " text/event-stream for a live feed, or anything (*/*)."));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> handle(HttpMediaTypeNotSupportedException e) {
    String sent =
        e.getContentType() == null
            ? "The Content-Type is missing or broken."
            : "The Content-Type '"
                + Problems.echo(e.getContentType().toString())
                + "' is not known.";
    HttpHeaders headers = new HttpHeaders();
    headers.set("Accept-Post", Answers.JSON + ", " + Answers.NDJSON);
    return with(headers, Problems.mediaType(sent));
  }

  /** A body that ends too early, or a client that went away. */
  @ExceptionHandler
  @Nullable ResponseEntity<byte[]> handle(IOException e, HttpServletResponse response) {
    LOG.debug("a request broke off", e);
    if (response.isCommitted()) {
      return null;
    }
    return answer(
        Problems.ofStatus(400, "The body broke off before its end. Nothing of it was decided."));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> handle(Exception e) {
    if (e instanceof ErrorResponse known) {
      return with(known.getHeaders(), Problems.ofStatus(known.getStatusCode().value(), null));
    }
    return Answers.problem(Failures.incident(e).document());
  }

  private static ResponseEntity<byte[]> with(HttpHeaders headers, ApiProblem problem) {
    ResponseEntity<byte[]> answer = Answers.problem(problem.document());
    return ResponseEntity.status(answer.getStatusCode())
        .headers(answer.getHeaders())
        .headers(headers)
        .body(answer.getBody());
  }
}

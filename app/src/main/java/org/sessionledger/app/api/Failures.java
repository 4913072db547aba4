package org.sessionledger.app.api;

import java.util.UUID;
import org.sessionledger.core.ledger.LedgerBusy;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.store.StoreFailure;
import org.sessionledger.projections.kit.ViewFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.NoHandlerFoundException;

/** What failed, as a problem, for who tells it otherwise than as a document. */
public final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  public static ApiProblem problem(Exception e) {
    if (e instanceof ApiProblem problem) {
      return problem;
    }
    if (e instanceof LedgerUnavailable
        || e instanceof LedgerBusy
        || e instanceof StoreFailure
        || e instanceof ViewFailure) {
      return Commands.unavailable((RuntimeException) e);
    }
    if (e instanceof NoHandlerFoundException missing) {
      return Problems.noSuchPath(missing.getRequestURL());
    }
    if (e instanceof HttpRequestMethodNotSupportedException method) {
      return Problems.ofStatus(
          405, "The page does not take " + Problems.echo(method.getMethod()) + ".");
    }
    if (e instanceof ErrorResponse known) {
      return Problems.ofStatus(known.getStatusCode().value(), null);
    }
    return incident(e);
  }

  /** Tells the log what, and the caller where in the log. */
  static ApiProblem incident(Exception e) {
    String incident = UUID.randomUUID().toString();
    LOG.atError().setCause(e).addKeyValue("incident", incident).log("a request failed");
    return new ApiProblem(
        Problems.ofStatus(
                500,
                "The ledger failed to answer; its log tells why, under incident "
                    + incident
                    + ". What was acknowledged is kept.")
            .document()
            .put("incident", incident));
  }
}

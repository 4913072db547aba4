package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the views know of sessions. */
@RestController
class SessionController {

  private static final String LIMIT = "limit";
  private static final String CURSOR = "cursor";
  private static final String MIN_VERSION = "minVersion";

  private final LedgerApi ledger;

  SessionController(LedgerApi ledger) {
    this.ledger = ledger;
  }

  @GetMapping(
      path = "/v1/sessions",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> sessions(HttpServletRequest request) {
    QueryParameters query =
        QueryParameters.of(request, "status", "prefix", "at", "atPosition", LIMIT, CURSOR);
    String prefix = Callers.narrow(request, query.text("prefix"));
    Long position = query.number("atPosition", 0);
    Instant at = query.instant("at");
    if (position != null || at != null) {
      return Answers.ok(
          ledger.sessionsAt(
              new LedgerApi.When(position, at), query.text("status"), prefix, query.page()));
    }
    return Answers.ok(ledger.sessions(query.text("status"), prefix, query.page()));
  }

  @GetMapping(
      path = "/v1/sessions/{sessionKey}",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> session(HttpServletRequest request) {
    String sessionKey = SessionKeyPath.key(request);
    QueryParameters query = QueryParameters.of(request, "atVersion", "at", MIN_VERSION);
    LedgerApi.Moment moment =
        new LedgerApi.Moment(
            query.number("atVersion", 0), query.instant("at"), query.number(MIN_VERSION, 0));
    return Answers.tagged(
        ledger.session(sessionKey, moment), request.getHeader(HttpHeaders.IF_NONE_MATCH));
  }

  @GetMapping(
      path = "/v1/sessions/{sessionKey}/generations",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> generations(HttpServletRequest request) {
    String sessionKey = SessionKeyPath.key(request);
    QueryParameters query = QueryParameters.of(request, LIMIT, CURSOR, MIN_VERSION);
    return Answers.ok(ledger.generations(sessionKey, query.number(MIN_VERSION, 0), query.page()));
  }

  @GetMapping(
      path = "/v1/sessions/{sessionKey}/runs",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> runs(HttpServletRequest request) {
    String sessionKey = SessionKeyPath.key(request);
    QueryParameters query = QueryParameters.of(request, LIMIT, CURSOR, MIN_VERSION);
    return Answers.ok(ledger.runs(sessionKey, query.number(MIN_VERSION, 0), query.page()));
  }

  @GetMapping(
      path = "/v1/sessions/{sessionKey}/timeline",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> timeline(HttpServletRequest request) {
    String sessionKey = SessionKeyPath.key(request);
    QueryParameters query = QueryParameters.of(request, LIMIT, CURSOR, MIN_VERSION);
    return Answers.ok(ledger.timeline(sessionKey, query.number(MIN_VERSION, 0), query.page()));
  }

  @GetMapping(
      path = "/v1/sessions/{sessionKey}/audit",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> audit(HttpServletRequest request) {
    String sessionKey = SessionKeyPath.key(request);
    QueryParameters query = QueryParameters.of(request, "generation", MIN_VERSION);
    return Answers.ok(
        ledger.audit(sessionKey, query.number("generation", 1), query.number(MIN_VERSION, 0)));
  }
}

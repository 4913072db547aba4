package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The views themselves: how far they are, whether they are well, and how they are rebuilt. */
@RestController
class ProjectionController {

  private static final String REBUILD = "/v1/projections/{name}/rebuild";

  private final LedgerApi ledger;

  ProjectionController(LedgerApi ledger) {
    this.ledger = ledger;
  }

  @GetMapping(
      path = "/v1/projections",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> projections(HttpServletRequest request) {
    QueryParameters.of(request);
    return Answers.ok(ledger.projections());
  }

  @PostMapping(
      path = REBUILD,
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> rebuild(HttpServletRequest request, @PathVariable String name) {
    String mode = QueryParameters.of(request, "mode").text("mode");
    return Answers.of(HttpStatus.ACCEPTED, ledger.rebuild(name, mode == null ? "switch" : mode));
  }

  @GetMapping(
      path = REBUILD,
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> report(HttpServletRequest request, @PathVariable String name) {
    QueryParameters.of(request);
    return Answers.ok(ledger.rebuildReport(name));
  }

  @DeleteMapping(
      path = REBUILD,
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> cancel(HttpServletRequest request, @PathVariable String name) {
    QueryParameters.of(request);
    return Answers.of(HttpStatus.ACCEPTED, ledger.cancelRebuild(name));
  }

  @GetMapping(
      path = "/v1/health",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> health(HttpServletRequest request) {
    QueryParameters.of(request);
    return Answers.ok(ledger.health());
  }
}

package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What is asked of the ledger as a whole: refusals, totals, gateways. */
@RestController
class LedgerController {

  static final String OPENAPI = "org/sessionledger/app/api/openapi.json";

  private final LedgerApi ledger;

  private final GatewayDirectory gateways;

  LedgerController(LedgerApi ledger, GatewayDirectory gateways) {
    this.ledger = ledger;
    this.gateways = gateways;
  }

  @GetMapping(
      path = "/v1/gateways",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> gateways(HttpServletRequest request) {
    QueryParameters.of(request);
    return Answers.ok(JsonNodeFactory.instance.objectNode().set("items", gateways.gateways()));
  }

  @GetMapping(
      path = "/v1/decisions",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> decisions(HttpServletRequest request) {
    QueryParameters query =
        QueryParameters.of(request, "verdict", "reason", "sessionKey", "prefix", "limit", "cursor");
    String verdict = query.text("verdict");
    String sessionKey = query.text("sessionKey");
    if (sessionKey != null) {
      Callers.requireMine(request, sessionKey);
    }
    return Answers.ok(
        ledger.decisions(
            verdict == null ? "rejected" : verdict,
            query.text("reason"),
            sessionKey,
            Callers.narrow(request, query.text("prefix")),
            query.page()));
  }

  @GetMapping(
      path = "/v1/decisions/{decisionId}",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> decision(HttpServletRequest request, @PathVariable String decisionId) {
    QueryParameters.of(request);
    JsonNode decision = ledger.decision(decisionId);
    if (!Callers.of(request).mayUse(decision.path("sessionKey").textValue())) {
      // As if there were none: a list does not tell him of it either.
      Callers.tellRefused(
          request, HttpServletResponse.SC_NOT_FOUND, "the decision is about other keys");
      throw Problems.unknownDecision(decisionId);
    }
    return Answers.ok(decision);
  }

  @GetMapping(
      path = "/v1/stats",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> stats(HttpServletRequest request) {
    QueryParameters.of(request);
    return Answers.ok(ledger.stats());
  }

  @GetMapping(
      path = "/v1/openapi.json",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> openapi(HttpServletRequest request) throws IOException {
    QueryParameters.of(request);
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(new ClassPathResource(OPENAPI).getContentAsByteArray());
  }
}

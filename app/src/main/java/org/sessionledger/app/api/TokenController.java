package org.sessionledger.app.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.access.Role;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.session.Json;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Gives, lists and takes tokens. */
@RestController
class TokenController {

  private static final Set<String> FIELDS = Set.of("role", "name", "prefix", "expiresAt");

  private final LedgerApi ledger;
  private final BodyRoom room;

  TokenController(LedgerApi ledger, BodyRoom room) {
    this.ledger = ledger;
    this.room = room;
  }

  @GetMapping(
      path = "/v1/tokens",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> tokens(HttpServletRequest request) {
    QueryParameters.of(request);
    return Answers.ok(ledger.tokens());
  }

  /** The one answer that has the secret. */
  @PostMapping(
      path = "/v1/tokens",
      consumes = Answers.JSON,
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> create(HttpServletRequest request) throws IOException {
    QueryParameters.of(request);
    try (BodyRoom.Share share = room.new Share()) {
      NewToken wanted = wanted(CommandBody.one(request, share));
      JsonNode given = ledger.createToken(wanted, Callers.of(request).name());
      return ResponseEntity.status(HttpStatus.CREATED)
          .contentType(MediaType.APPLICATION_JSON)
          .cacheControl(CacheControl.noStore())
          .body(Answers.bytes(given));
    }
  }

  @DeleteMapping(
      path = "/v1/tokens/{id}",
      produces = {Answers.JSON, Answers.PROBLEM_JSON})
  ResponseEntity<byte[]> revoke(HttpServletRequest request, @PathVariable String id) {
    QueryParameters.of(request);
    return Answers.ok(ledger.revokeToken(id));
  }

  private static NewToken wanted(String body) {
    JsonNode node;
    try {
      node = Json.mapper().readTree(body);
    } catch (JsonProcessingException e) {
      throw noToken("The body is no JSON object.");
    }
    if (!node.isObject()) {
      throw noToken("The body is no JSON object.");
    }
    Set<String> unknown = new TreeSet<>();
    node.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(FIELDS);
    if (!unknown.isEmpty()) {
      throw noToken(
          "The field '" + Problems.echo(unknown.iterator().next()) + "' is not known here.");
    }
    String role = text(node, "role");
    if (role == null) {
      throw noToken("The field role is missing; known are " + Role.codes() + ".");
    }
    try {
      return new NewToken(
          role(role), text(node, "name"), text(node, "prefix"), instant(text(node, "expiresAt")));
    } catch (InvalidField e) {
      throw noToken("The field " + e.getMessage() + ".");
    }
  }

  private static Role role(String code) {
    return Role.of(code)
        .orElseThrow(
            () ->
                noToken(
                    "The role is '" + Problems.echo(code) + "', known are " + Role.codes() + "."));
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw noToken("The field " + field + " is no text.");
    }
    return value.textValue();
  }

  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw noToken(
          "The field expiresAt is '"
              + Problems.echo(String.valueOf(text))
              + "', an instant such as 2026-12-31T00:00:00Z is expected.");
    }
  }

  private static ApiProblem noToken(String detail) {
    return new ApiProblem(400, "invalid-token", "No such token can be given", detail);
  }
}

package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.store.LedgerReader;

/** The API's documents from a ledger in this process. */
public final class EmbeddedLedgerApi implements LedgerApi {

  private final Ledger ledger;
  private final Commands commands;
  private final Runnable release;

  EmbeddedLedgerApi(Ledger ledger, Runnable release) {
    this.ledger = ledger;
    this.commands = new Commands(ledger);
    this.release = release;
  }

  @Override
  public JsonNode decide(String command) {
    return commands.decide(command, CommandHeaders.NONE);
  }

  @Override
  public List<JsonNode> decideAll(List<String> lines) {
    return commands.submitAll(lines, CommandHeaders.NONE).stream()
        .<JsonNode>map(Commands::outcome)
        .toList();
  }

  @Override
  public JsonNode sessions(@Nullable String status, @Nullable String prefix, Page page) {
    throw new UnsupportedOperationException();
  }

  @Override
  public JsonNode session(String sessionKey, Moment moment) {
    return ledger.reader().session(key(sessionKey)).map(Json.mapper()::<JsonNode>valueToTree).orElseThrow(() -> Problems.unknownSession(sessionKey));
  }

  @Override
  public JsonNode generations(String sessionKey, @Nullable Long minVersion, Page page) {
    throw new UnsupportedOperationException();
  }

  @Override
  public JsonNode runs(String sessionKey, @Nullable Long minVersion, Page page) {
    throw new UnsupportedOperationException();
  }

  @Override
  public JsonNode timeline(String sessionKey, @Nullable Long minVersion, Page page) {
    throw new UnsupportedOperationException();
  }

  @Override
  public JsonNode audit(String sessionKey, @Nullable Long generation, @Nullable Long minVersion) {
    throw new UnsupportedOperationException();
  }

  @Override
  public JsonNode decisions(
      String verdict, @Nullable String reason, @Nullable String sessionKey, Page page) {
    throw new UnsupportedOperationException();
  }

  @Override
  public JsonNode decision(String decisionId) {
    return ledger
        .reader()
        .decision(decisionId)
        .map(DecisionJson::explained)
        .orElseThrow(
            () ->
                Problems.notFound(
                    "unknown-decision",
                    "No decision has this id",
                    "No decision has the id '" + Problems.echo(decisionId) + "'; accepted commands have none, /v1/decisions lists the others."));
  }

  @Override
  public JsonNode projections() {
    throw new UnsupportedOperationException();
  }

  @Override
  public JsonNode stats() {
    return Json.mapper().valueToTree(ledger.reader().stats());
  }

  @Override
  public void close() {
    release.run();
  }

  private static SessionKey key(String sessionKey) {
    try {
      return new SessionKey(sessionKey);
    } catch (InvalidField e) {
      throw Problems.badParameter("sessionKey", e.getMessage());
    }
  }
}

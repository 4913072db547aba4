package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Verdict;

/** Replays through the API: into a ledger in this process or a server's, whichever it asks. */
public final class ApiDecider implements Decider {

  private static final int NOT_FOUND = 404;

  private final LedgerApi api;

  public ApiDecider(LedgerApi api) {
    this.api = api;
  }

  /**
   * Decides them.
   *
   * @throws ApiProblem when the ledger did not take all of them; they may be handed in again, since
   *     a command is not accepted twice
   */
  @Override
  public List<Ruling> decide(List<Arrival> arrivals) {
    return api.decideAll(arrivals.stream().map(ApiDecider::json).toList()).stream()
        .map(ApiDecider::ruling)
        .toList();
  }

  private static String json(Arrival arrival) {
    ObjectNode command = CommandJson.canonical(arrival);
    command.remove("errorMessageLength"); // The ledger's own note of what it cut.
    if (arrival.dryRun()) {
      command.put("dryRun", true);
    }
    return Json.write(command);
  }

  private static Ruling ruling(JsonNode decision) {
    if (!decision.has("verdict")) {
      throw new ApiProblem(decision.deepCopy()); // Not decided: the ledger was too busy, perhaps.
    }
    boolean rejected = decision.path("verdict").asText().equals(Verdict.REJECTED.code());
    JsonNode session = rejected ? decision.path("current") : decision;
    String sessionId = text(session, "sessionId");
    return new Ruling(
        Verdict.valueOf(decision.path("verdict").asText().toUpperCase(Locale.ROOT)),
        text(decision, "reason"),
        text(decision, "decisionId"),
        sessionId == null ? null : new SessionId(sessionId),
        session.path("generation").asLong(),
        session.path("version").asLong());
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }

  @Override
  public Optional<Replay.LedgerSession> session(SessionKey key, long minVersion) {
    try {
      JsonNode session = api.session(key.value(), new LedgerApi.Moment(null, null, minVersion));
      return Optional.of(
          new Replay.LedgerSession(
              key.value(),
              session.path("sessionId").asText(),
              session.path("generation").asLong(),
              session.path("status").asText(),
              session.path("activeRuns").asInt()));
    } catch (ApiProblem e) {
      if (e.status() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }
}

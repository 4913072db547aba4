package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  /** How often a ledger is asked that takes nothing now: a minute, by the pause between. */
  private static final int TRIES = 60;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final LedgerApi api;
  private final Duration pause;

  public ApiDecider(LedgerApi api) {
    this(api, PAUSE);
  }

  ApiDecider(LedgerApi api, Duration pause) {
    this.api = api;
    this.pause = pause;
  }

  /** What the ledger could not take is handed in again: a command is not accepted twice. */
  @Override
  public List<Ruling> decide(List<Arrival> arrivals) {
    List<String> lines = arrivals.stream().map(ApiDecider::json).toList();
    List<Ruling> rulings = new ArrayList<>(lines.size());
    for (int tries = 0; rulings.size() < lines.size(); ) {
      int before = rulings.size();
      ApiProblem problem = rule(lines.subList(before, lines.size()), rulings);
      if (problem != null) {
        tries = rulings.size() > before ? 1 : tries + 1;
        boolean passes = problem.status() == TOO_MANY || problem.status() >= SERVER_ERROR;
        if (tries == TRIES || !passes) {
          throw problem;
        }
        waitABit(problem);
      }
    }
    return rulings;
  }

  /** Adds the rulings up to the first command that was not decided; what it was told instead. */
  private @Nullable ApiProblem rule(List<String> lines, List<Ruling> rulings) {
    List<JsonNode> decisions;
    try {
      decisions = api.decideAll(lines);
    } catch (ApiProblem e) {
      return e; // Of the whole batch.
    }
    if (decisions.size() != lines.size()) {
      throw new IllegalStateException(
          lines.size() + " commands were handed over, " + decisions.size() + " answers came back");
    }
    for (JsonNode decision : decisions) {
      if (!decision.has("verdict")) {
        return new ApiProblem(decision.deepCopy());
      }
      rulings.add(ruling(decision));
    }
    return null;
  }

  private void waitABit(ApiProblem problem) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw problem;
    }
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

package org.sessionledger.app.openclaw;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.SessionCommand.OpenSession;
import org.sessionledger.core.session.Verdict;

/** Obeys every command, but for what a test told it to refuse; holds what a test put there. */
final class ScriptedDecider implements Decider {

  private final Map<String, Ruling> openings = new HashMap<>();
  private final Map<String, Replay.LedgerSession> sessions = new HashMap<>();
  final List<Integer> batches = new ArrayList<>();

  /** A session that the ledger has open already. */
  ScriptedDecider has(String key, String sessionId, long generation, String reason) {
    SessionId id = new SessionId(sessionId);
    openings.put(key, new Ruling(Verdict.REJECTED, reason, "d-1", id, generation, 7));
    return this;
  }

  ScriptedDecider holds(String key, String sessionId, String status, int activeRuns) {
    sessions.put(key, new Replay.LedgerSession(key, sessionId, 1, status, activeRuns));
    return this;
  }

  @Override
  public List<Ruling> decide(List<Arrival> arrivals) {
    batches.add(arrivals.size());
    return arrivals.stream().map(this::ruling).toList();
  }

  private Ruling ruling(Arrival arrival) {
    Ruling obeyed = new Ruling(Verdict.ACCEPTED, null, null, null, 1, 1);
    return arrival.command() instanceof OpenSession open
        ? openings.getOrDefault(open.sessionKey().value(), obeyed)
        : obeyed;
  }

  @Override
  public Optional<Replay.LedgerSession> session(SessionKey key, long minVersion) {
    return Optional.ofNullable(sessions.get(key.value()));
  }
}

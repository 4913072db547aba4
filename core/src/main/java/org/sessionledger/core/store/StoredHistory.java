package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.History;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.Status;

/**
 * The history in the tables, with what was decided but is not written yet laid over it. For the one
 * thread that decides.
 */
final class StoredHistory implements History {

  private record Attempt(SessionKey key, RunId runId, long attempt) {}

  private record Run(SessionKey key, RunId runId) {}

  private record Numbered(SessionKey key, long number) {}

  private record Named(SessionKey key, SessionId sessionId) {}

  private record Compaction(SessionKey key, CompactionId id) {}

  private record Question(SessionKey key, String sql, List<Object> values) {}

  private final Tails tails;
  private final Connections connections;
  private final Map<SessionKey, Boolean> opened = new HashMap<>();
  private final Map<Attempt, PastRun> attempts = new HashMap<>();
  private final Map<Run, PastRun> lastAttempts = new HashMap<>();
  private final Map<Numbered, Generation> numbered = new HashMap<>();
  private final Map<Named, Generation> newest = new HashMap<>();
  private final Map<Compaction, PastCompaction> compactions = new HashMap<>();

  /** What the tables answered while the present group is decided: a flood asks one thing only. */
  private final Map<Question, Optional<?>> answers = new HashMap<>();

  StoredHistory(Tails tails, Connections connections) {
    this.tails = tails;
    this.connections = connections;
  }

  /** Lays an event over the tables that was decided and is not written yet. */
  void decided(SessionEvent event) {
    SessionKey key = event.sessionKey();
    Facts facts = Facts.of(event);
    if (event instanceof SessionEvent.SessionOpened) {
      opened.put(key, true);
    }
    for (Facts.RunFact fact : facts.runs()) {
      PastRun run = new PastRun(fact.runId(), fact.attempt(), fact.generation(), fact.status());
      attempts.put(new Attempt(key, run.runId(), run.attempt()), run);
      lastAttempts.merge(
          new Run(key, run.runId()), run, (a, b) -> b.attempt() >= a.attempt() ? b : a);
    }
    Generation begun = facts.begun();
    if (begun != null) {
      numbered.put(new Numbered(key, begun.number()), begun);
      newest.put(new Named(key, begun.sessionId()), begun);
    }
    Facts.CompactionFact compaction = facts.compaction();
    if (compaction != null) {
      Long known = compaction.attempt();
      long attempt =
          known != null ? known : compaction(key, compaction.id()).map(c -> c.attempt()).orElse(1L);
      compactions.put(
          new Compaction(key, compaction.id()),
          new PastCompaction(compaction.id(), attempt, compaction.state()));
    }
  }

  /** What was decided is written, or given up. */
  void settled() {
    opened.clear();
    attempts.clear();
    lastAttempts.clear();
    numbered.clear();
    newest.clear();
    compactions.clear();
    answers.clear();
  }

  @Override
  public boolean exists(SessionKey key) {
    return opened.containsKey(key) || tails.find(key).isPresent();
  }

  @Override
  public Optional<PastRun> lastAttempt(SessionKey key, RunId runId) {
    PastRun decided = lastAttempts.get(new Run(key, runId));
    return decided != null
        ? Optional.of(decided)
        : stored(
            key,
            StoredHistory::run,
            """
            SELECT run_id, attempt, generation, status FROM ledger_runs
            WHERE session_no = ? AND run_id = ? ORDER BY attempt DESC LIMIT 1
            """,
            runId.value());
  }

  @Override
  public Optional<PastRun> attempt(SessionKey key, RunId runId, long attempt) {
    PastRun decided = attempts.get(new Attempt(key, runId, attempt));
    return decided != null
        ? Optional.of(decided)
        : stored(
            key,
            StoredHistory::run,
            """
            SELECT run_id, attempt, generation, status FROM ledger_runs
            WHERE session_no = ? AND run_id = ? AND attempt = ?
            """,
            runId.value(),
            attempt);
  }

  @Override
  public Optional<Generation> generation(SessionKey key, long number) {
    Generation decided = numbered.get(new Numbered(key, number));
    return decided != null
        ? Optional.of(decided)
        : stored(
            key,
            StoredHistory::generation,
            """
            SELECT generation, session_id FROM ledger_generations
            WHERE session_no = ? AND generation = ?
            """,
            number);
  }

  @Override
  public Optional<Generation> newest(SessionKey key, SessionId sessionId) {
    Generation decided = newest.get(new Named(key, sessionId));
    return decided != null
        ? Optional.of(decided)
        : stored(
            key,
            StoredHistory::generation,
            """
            SELECT generation, session_id FROM ledger_generations
            WHERE session_no = ? AND session_id = ? ORDER BY generation DESC LIMIT 1
            """,
            sessionId.value());
  }

  @Override
  public Optional<PastCompaction> compaction(SessionKey key, CompactionId id) {
    PastCompaction decided = compactions.get(new Compaction(key, id));
    return decided != null
        ? Optional.of(decided)
        : stored(
            key,
            row ->
                new PastCompaction(
                    id,
                    row.getLong("attempt"),
                    PastCompaction.State.valueOf(row.getString("state"))),
            """
            SELECT attempt, state FROM ledger_compactions
            WHERE session_no = ? AND compaction_id = ?
            """,
            id.value());
  }

  /** Asks the tables, which hold nothing of a session that is only decided yet. */
  private <T> Optional<T> stored(SessionKey key, Sql.Row<T> row, String sql, Object... values) {
    Optional<Tails.Tail> tail = tails.find(key);
    if (tail.isEmpty()) {
      return Optional.empty();
    }
    Question question = new Question(key, sql, List.of(values));
    Optional<?> answered = answers.get(question);
    if (answered != null) {
      @SuppressWarnings("unchecked") // the same statement is always read into the same type
      Optional<T> same = (Optional<T>) answered;
      return same;
    }
    Object[] all = new Object[values.length + 1];
    all[0] = tail.get().sessionNo();
    System.arraycopy(values, 0, all, 1, values.length);
    Connection connection = connections.reading();
    try {
      Optional<T> answer = Sql.one(connection, row, sql, all);
      answers.put(question, answer);
      return answer;
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the history of " + key, e);
    }
  }

  private static PastRun run(ResultSet row) throws SQLException {
    return new PastRun(
        new RunId(row.getString("run_id")),
        row.getLong("attempt"),
        row.getLong("generation"),
        Status.of(row.getString("status")));
  }

  private static Generation generation(ResultSet row) throws SQLException {
    return new Generation(row.getLong("generation"), new SessionId(row.getString("session_id")));
  }
}

package org.sessionledger.core.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.History;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.session.Submission;

/**
 * The history in the tables, with what was decided and is not written yet laid over it: a layer for
 * each group that is decided, under way, or just written. For one deciding thread at a time.
 */
public final class StoredHistory implements History {

  private record Attempt(SessionKey key, RunId runId, long attempt) {}

  record Run(SessionKey key, RunId runId) {}

  private record Numbered(SessionKey key, long number) {}

  private record Named(SessionKey key, SessionId sessionId) {}

  private record Compaction(SessionKey key, CompactionId id) {}

  private record Question(String sql, List<Object> values) {

    static Question of(String sql, Object... values) {
      return new Question(sql, List.of(values));
    }
  }

  /** What one group decided. */
  private static final class Layer {
    final Set<SessionKey> touched = new HashSet<>();
    final Set<SessionKey> opened = new HashSet<>();
    final Map<CommandId, SessionCommand> accepted = new HashMap<>();
    final Map<Attempt, PastRun> attempts = new HashMap<>();
    final Map<Run, PastRun> lastAttempts = new HashMap<>();
    final Map<Numbered, Generation> numbered = new HashMap<>();
    final Map<Named, Generation> newest = new HashMap<>();
    final Map<Compaction, PastCompaction> compactions = new HashMap<>();
  }

  private static final int KEYS_KEPT_MAX = 20_000;

  private static final String EXISTENCE =
      "SELECT session_no FROM ledger_sessions WHERE session_key = ?";

  private static final String LAST_ATTEMPT =
      """
      SELECT r.run_id, r.attempt, r.generation, r.status FROM ledger_runs r
      JOIN ledger_sessions s ON s.session_no = r.session_no
      WHERE s.session_key = ? AND r.run_id = ? ORDER BY r.attempt DESC LIMIT 1
      """;

  private final KeptConnection connection;

  /** The newest first. */
  private final Deque<Layer> layers = new ArrayDeque<>();

  /** The numbers of sessions that are in the tables; what was opened once stays so. */
  private final Recent<SessionKey, Long> numbers = new Recent<>(KEYS_KEPT_MAX);

  /** What the tables answered while the present group is decided: a flood asks one thing only. */
  private final Map<Question, Optional<?>> answers = new HashMap<>();

  private Map<CommandId, Draft.KnownCommand> known = Map.of();

  StoredHistory(KeptConnection connection) {
    this.connection = connection;
  }

  /** What a group has to ask of the tables. */
  public Lookup lookup(List<Submission> group) {
    return new Lookup(group, this);
  }

  /** Asks the tables as they are now. */
  public void ask(Lookup lookup) {
    try {
      Query.all(connection.open(), lookup.queries());
    } catch (SQLException e) {
      throw new StoreFailure("cannot look up what a group needs to know", e);
    }
  }

  /** Begins a group that has its answers. */
  public void begin(Lookup lookup) {
    answers.clear();
    layers.push(new Layer());
    known = lookup.known();
    numbers.putAll(lookup.numbers());
    try {
      lookup.askForTheRest(connection.open());
    } catch (SQLException e) {
      throw new StoreFailure("cannot look up the runs of a group", e);
    }
    lookup
        .unknown()
        .forEach(key -> answers.put(Question.of(EXISTENCE, key.value()), Optional.empty()));
    lookup.lastAttempts().forEach((run, past) -> answers.put(lastAttempt(run), past));
  }

  private static Question lastAttempt(Run run) {
    return Question.of(LAST_ATTEMPT, run.key().value(), run.runId().value());
  }

  /** The command that was accepted under an id, here or in a group that is not written yet. */
  public Draft.@Nullable KnownCommand known(CommandId id) {
    SessionCommand decided = decided(layer -> layer.accepted.get(id));
    return decided == null
        ? known.get(id)
        : new Draft.KnownCommand(KnownCommands.content(decided), null);
  }

  /** True when a command is the one that was accepted under its id. */
  public static boolean same(SessionCommand command, Draft.KnownCommand first) {
    return first.content().equals(KnownCommands.content(command));
  }

  /** Lays an accepted command over the tables. */
  public void decided(Arrival arrival, List<Draft.NewEvent> events) {
    Layer layer = layers.element();
    layer.accepted.put(arrival.commandId(), arrival.command());
    for (Draft.NewEvent event : events) {
      decided(layer, event.event());
    }
  }

  /** A session's copy in memory may hold what was never decided. */
  public void touched(SessionKey key) {
    layers.element().touched.add(key);
  }

  private void decided(Layer layer, SessionEvent event) {
    SessionKey key = event.sessionKey();
    Facts facts = Facts.of(event);
    layer.touched.add(key);
    if (event instanceof SessionEvent.SessionOpened) {
      layer.opened.add(key);
    }
    for (Facts.RunFact fact : facts.runs()) {
      PastRun run = new PastRun(fact.runId(), fact.attempt(), fact.generation(), fact.status());
      layer.attempts.put(new Attempt(key, run.runId(), run.attempt()), run);
      layer.lastAttempts.merge(
          new Run(key, run.runId()), run, (a, b) -> b.attempt() >= a.attempt() ? b : a);
    }
    Generation begun = facts.begun();
    if (begun != null) {
      layer.numbered.put(new Numbered(key, begun.number()), begun);
      layer.newest.put(new Named(key, begun.sessionId()), begun);
    }
    Facts.CompactionFact compaction = facts.compaction();
    if (compaction != null) {
      Long told = compaction.attempt();
      long attempt =
          told != null ? told : compaction(key, compaction.id()).map(c -> c.attempt()).orElse(1L);
      layer.compactions.put(
          new Compaction(key, compaction.id()),
          new PastCompaction(compaction.id(), attempt, compaction.state()));
    }
  }

  /** The groups that were decided first are written. */
  public void written(int groups) {
    for (int i = 0; i < groups; i++) {
      layers.removeLast();
    }
  }

  /**
   * Takes all layers away again.
   *
   * @return the sessions that they touched
   */
  public Collection<SessionKey> givenUp() {
    Set<SessionKey> touched = new HashSet<>();
    layers.forEach(layer -> touched.addAll(layer.touched));
    layers.clear();
    answers.clear();
    known = Map.of();
    return touched;
  }

  /** A broken connection is not used again. */
  public void reconnect() {
    numbers.clear();
    connection.close();
  }

  /** The sessions in which a process has open runs. */
  public List<SessionKey> sessionsOf(String instance) {
    try {
      return Sql.list(
          connection.open(),
          row -> new SessionKey(row.getString("session_key")),
          """
          SELECT s.session_key FROM ledger_instances i
          JOIN ledger_sessions s ON s.session_no = i.session_no
          JOIN ledger_events e ON e.session_no = i.session_no AND e.version = (
            SELECT m.version FROM ledger_events m WHERE m.session_no = i.session_no
            ORDER BY m.session_no DESC, m.version DESC LIMIT 1)
          WHERE i.instance = ? AND COALESCE(e.active_runs, 1) > 0
          """,
          instance);
    } catch (SQLException e) {
      throw new StoreFailure("cannot list the sessions of instance " + instance, e);
    }
  }

  /** The positions of a session's events, by version. */
  public Map<Long, Long> positions(SessionKey key, List<Long> versions) {
    try {
      Map<Long, Long> positions = new HashMap<>();
      Sql.list(
              connection.open(),
              row -> Map.entry(row.getLong("version"), row.getLong("position")),
              """
              SELECT e.version, e.position FROM ledger_events e
              JOIN ledger_sessions s ON s.session_no = e.session_no
              WHERE s.session_key = ? AND e.version = ANY(?)
              """,
              key.value(),
              versions.toArray(Long[]::new))
          .forEach(entry -> positions.put(entry.getKey(), entry.getValue()));
      return positions;
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the positions of " + key, e);
    }
  }

  @Override
  public boolean exists(SessionKey key) {
    if (isOpened(key)) {
      return true;
    }
    return ask(Question.of(EXISTENCE, key.value()), StoredHistory::number).isPresent();
  }

  /** A session's number, if it is known without asking. */
  @Nullable Long number(SessionKey key) {
    return numbers.get(key);
  }

  /** True when it is known without asking. */
  boolean isOpened(SessionKey key) {
    return numbers.get(key) != null
        || decided(layer -> layer.opened.contains(key) ? key : null) != null;
  }

  @Override
  public Optional<PastRun> lastAttempt(SessionKey key, RunId runId) {
    Run run = new Run(key, runId);
    PastRun decided = decided(layer -> layer.lastAttempts.get(run));
    return decided != null ? Optional.of(decided) : ask(lastAttempt(run), StoredHistory::run);
  }

  @Override
  public Optional<PastRun> attempt(SessionKey key, RunId runId, long attempt) {
    PastRun decided = decided(layer -> layer.attempts.get(new Attempt(key, runId, attempt)));
    return decided != null
        ? Optional.of(decided)
        : ask(
            Question.of(
                """
                SELECT r.run_id, r.attempt, r.generation, r.status FROM ledger_runs r
                JOIN ledger_sessions s ON s.session_no = r.session_no
                WHERE s.session_key = ? AND r.run_id = ? AND r.attempt = ?
                """,
                key.value(),
                runId.value(),
                attempt),
            StoredHistory::run);
  }

  @Override
  public Optional<Generation> generation(SessionKey key, long number) {
    Generation decided = decided(layer -> layer.numbered.get(new Numbered(key, number)));
    return decided != null
        ? Optional.of(decided)
        : ask(
            Question.of(
                """
                SELECT g.generation, g.session_id FROM ledger_generations g
                JOIN ledger_sessions s ON s.session_no = g.session_no
                WHERE s.session_key = ? AND g.generation = ?
                """,
                key.value(),
                number),
            StoredHistory::generation);
  }

  @Override
  public Optional<Generation> newest(SessionKey key, SessionId sessionId) {
    Generation decided = decided(layer -> layer.newest.get(new Named(key, sessionId)));
    return decided != null
        ? Optional.of(decided)
        : ask(
            Question.of(
                """
                SELECT g.generation, g.session_id FROM ledger_generations g
                JOIN ledger_sessions s ON s.session_no = g.session_no
                WHERE s.session_key = ? AND g.session_id = ? ORDER BY g.generation DESC LIMIT 1
                """,
                key.value(),
                sessionId.value()),
            StoredHistory::generation);
  }

  @Override
  public Optional<PastCompaction> compaction(SessionKey key, CompactionId id) {
    PastCompaction decided = decided(layer -> layer.compactions.get(new Compaction(key, id)));
    return decided != null
        ? Optional.of(decided)
        : ask(
            Question.of(
                """
                SELECT c.attempt, c.state FROM ledger_compactions c
                JOIN ledger_sessions s ON s.session_no = c.session_no
                WHERE s.session_key = ? AND c.compaction_id = ?
                """,
                key.value(),
                id.value()),
            row ->
                new PastCompaction(
                    id,
                    row.getLong("attempt"),
                    PastCompaction.State.valueOf(row.getString("state"))));
  }

  /** The newest that any layer says. */
  private <T> @Nullable T decided(Function<Layer, @Nullable T> in) {
    for (Layer layer : layers) {
      T found = in.apply(layer);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private <T> Optional<T> ask(Question question, Sql.Row<T> row) {
    Optional<?> answered = answers.get(question);
    if (answered != null) {
      @SuppressWarnings("unchecked") // the same statement is always read into the same type
      Optional<T> same = (Optional<T>) answered;
      return same;
    }
    try {
      Optional<T> answer =
          Sql.one(connection.open(), row, question.sql(), question.values().toArray());
      answers.put(question, answer);
      return answer;
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the history of " + question.values().get(0), e);
    }
  }

  private static Long number(ResultSet row) throws SQLException {
    return row.getLong("session_no");
  }

  static PastRun run(ResultSet row) throws SQLException {
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

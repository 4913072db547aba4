package org.sessionledger.core.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.History;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.MalformedCommand;
import org.sessionledger.core.session.Outcome;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.SupersededBy;
import org.sessionledger.core.session.Uuid7;
import org.sessionledger.core.session.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes groups of drafts, each in one transaction: events, command ids, refusals and counts
 * together. For one thread. A group goes {@link #begin()}, then {@link #commit}; between the two
 * the head is locked, so that nothing can become stale any more.
 */
public final class Store implements AutoCloseable {

  static final Logger LOG = LoggerFactory.getLogger("org.sessionledger.store");

  /** How long a broken commit's outcome is asked for before its callers hear that it is unknown. */
  private static final long RESOLVE_SECONDS = 60;

  private static final long RESOLVE_PAUSE_MILLIS = 100;

  private final Clock clock;
  private final Connections connections;
  private final Tails tails;
  private final StoredHistory history;
  private final String writer = Uuid7.next();

  /** The head as this writer left it or saw it last. */
  private long seenCommits;

  private long seenPosition;

  private @Nullable Head locked;

  public Store(DataSource dataSource, Clock clock) {
    this.clock = clock;
    this.connections = new Connections(dataSource);
    this.tails = new Tails(connections);
    this.history = new StoredHistory(tails, connections);
    try {
      Head head = Head.peek(connections.reading());
      seenCommits = head.commits;
      seenPosition = head.position;
    } catch (SQLException e) {
      connections.close();
      throw new StoreFailure("cannot read the ledger's head", e);
    }
  }

  /** What must be known for ever, with what {@link #decided} laid over it. */
  public History history() {
    return history;
  }

  /** Tells the history of an event that was decided and is not written yet. */
  public void decided(SessionEvent event) {
    history.decided(event);
  }

  /** Forgets what was decided: it is written, or given up. */
  public void settled() {
    history.settled();
  }

  /** The newest position that this writer knows of. */
  public long position() {
    return seenPosition;
  }

  /** An accepted command with an id. */
  public Optional<Draft.KnownCommand> known(CommandId id) {
    try {
      return Sql.one(
          connections.reading(),
          row -> {
            String session = row.getString("session");
            SessionStatus status = session == null ? null : Json.read(session, SessionStatus.class);
            int sessions = row.getInt("interrupted_sessions");
            Decision.Interrupted interrupted =
                row.wasNull()
                    ? null
                    : new Decision.Interrupted(sessions, row.getInt("interrupted_runs"));
            String type = row.getString("command_type");
            return new Draft.KnownCommand(
                row.getString("content"),
                new Decision(
                    Verdict.DUPLICATE,
                    id,
                    type == null ? "InterruptRuns" : type,
                    status == null ? null : status.sessionKey(),
                    status == null ? null : status.standing(),
                    interrupted,
                    null,
                    Sql.instant(row, "recorded_at"),
                    false));
          },
          """
          SELECT c.content, c.interrupted_sessions, c.interrupted_runs, c.recorded_at, e.session,
            e.command_type
          FROM ledger_commands c LEFT JOIN ledger_events e ON e.position = c.answer_position
          WHERE c.command_id = ?
          """,
          id.value());
    } catch (SQLException e) {
      throw new StoreFailure("cannot look up command " + id, e);
    }
  }

  /** The open run attempts of a process, over every session, in the order in which they started. */
  public List<SessionCommand.InterruptRuns> openRunsOf(String instance) {
    try {
      return Sql.list(
          connections.reading(),
          row ->
              new SessionCommand.InterruptRuns(
                  new SessionKey(row.getString("session_key")),
                  null,
                  new RunId(row.getString("run_id")),
                  row.getLong("attempt"),
                  null),
          """
          SELECT s.session_key, r.run_id, r.attempt FROM ledger_runs r
          JOIN ledger_sessions s ON s.session_no = r.session_no
          WHERE r.open_instance = ? ORDER BY r.started_position
          """,
          instance);
    } catch (SQLException e) {
      throw new StoreFailure("cannot list the runs of instance " + instance, e);
    }
  }

  Connections connections() {
    return connections;
  }

  /**
   * A session's state after a version.
   *
   * @param state JSON that only the same revision can read
   */
  record Snapshot(long version, String state) {}

  Optional<Snapshot> snapshot(SessionKey key, int revision) {
    try {
      return Sql.one(
          connections.reading(),
          row -> new Snapshot(row.getLong("version"), row.getString("state")),
          """
          SELECT n.version, n.state FROM ledger_snapshots n
          JOIN ledger_sessions s ON s.session_no = n.session_no
          WHERE s.session_key = ? AND n.revision = ?
          """,
          key.value(),
          revision);
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the snapshot of " + key, e);
    }
  }

  void saveSnapshot(SessionKey key, long version, int revision, String state) {
    long sessionNo = tails.find(key).orElseThrow().sessionNo();
    try {
      int known =
          Sql.update(
              connections.reading(),
              "UPDATE ledger_snapshots SET version = ?, revision = ?, state = ? WHERE session_no = ?",
              version,
              revision,
              state,
              sessionNo);
      if (known == 0) {
        Sql.update(
            connections.reading(),
            "INSERT INTO ledger_snapshots (version, revision, state, session_no) VALUES (?, ?, ?, ?)",
            version,
            revision,
            state,
            sessionNo);
      }
    } catch (SQLException e) {
      throw new StoreFailure("cannot save a snapshot of " + key, e);
    }
  }

  /**
   * Locks the head, waiting for other nodes.
   *
   * @return the sessions that other nodes changed since this writer looked last; what was decided
   *     on a copy of one of them has to be decided again. Null when no other node wrote anything.
   */
  public @Nullable Collection<SessionKey> begin() {
    try {
      Head head = Head.lock(connections.writing());
      locked = head;
      return caughtUp(head);
    } catch (SQLException e) {
      throw new StoreFailure("cannot lock the ledger's head", e);
    }
  }

  /** What {@link #begin()} tells, without a lock. */
  public @Nullable Collection<SessionKey> look() {
    try {
      return caughtUp(Head.peek(connections.reading()));
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the ledger's head", e);
    }
  }

  private @Nullable Collection<SessionKey> caughtUp(Head head) throws SQLException {
    if (head.commits == seenCommits) {
      return null;
    }
    List<SessionKey> changed =
        Sql.list(
            connections.reading(),
            row -> new SessionKey(row.getString("session_key")),
            """
            SELECT DISTINCT s.session_key FROM ledger_events e
            JOIN ledger_sessions s ON s.session_no = e.session_no WHERE e.position > ?
            """,
            seenPosition);
    tails.drop(changed);
    seenCommits = head.commits;
    seenPosition = head.position;
    return changed;
  }

  /**
   * Writes a group and commits it.
   *
   * @return the decisions, in the order of the drafts; durable now
   * @throws StoreFailure when nothing was written
   */
  public List<Decision> commit(List<Draft> drafts) {
    Head head = locked;
    if (head == null) {
      throw new IllegalStateException("begin() comes before commit()");
    }
    Connection connection = connections.writing();
    Group group = new Group(connection, head);
    List<Decision> decisions = new ArrayList<>(drafts.size());
    try {
      for (Draft draft : drafts) {
        decisions.add(group.add(draft));
      }
      group.write();
    } catch (SQLException | RuntimeException e) {
      rollback();
      throw e instanceof RuntimeException own
          ? own
          : new StoreFailure("cannot write a group of " + drafts.size(), e);
    }
    finish(connection, head.commits);
    group.tails.forEach(tails::moved);
    locked = null;
    seenCommits = head.commits;
    seenPosition = head.position;
    return decisions;
  }

  /** Gives up a group that was begun. */
  public void rollback() {
    locked = null;
    connections.close();
  }

  /**
   * A connection that breaks while it commits leaves open whether it did; the writer's row tells.
   */
  private void finish(Connection connection, long commits) {
    try {
      connection.commit();
    } catch (SQLException e) {
      rollback();
      if (!wasCommitted(commits)) {
        throw new StoreFailure("the commit failed", e);
      }
      LOG.warn("The connection broke during a commit that was carried out", e);
    }
  }

  /** Asks until the database answers: a group that was kept must not be called failed. */
  private boolean wasCommitted(long commits) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RESOLVE_SECONDS);
    while (true) {
      try {
        return lastCommitOfThisWriter() == commits;
      } catch (SQLException | StoreFailure e) {
        rollback();
        if (System.nanoTime() > deadline) {
          throw StoreFailure.unknownOutcome(e);
        }
        LOG.warn("The database cannot tell yet whether the last group was committed", e);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RESOLVE_PAUSE_MILLIS));
      }
    }
  }

  private long lastCommitOfThisWriter() throws SQLException {
    Connection connection = connections.writing();
    // A server may still be at the commit that its client gave up; it holds the head until then.
    Head.lock(connection);
    long commits =
        Sql.one(
                connection,
                row -> row.getLong("commits"),
                "SELECT commits FROM ledger_writers WHERE writer = ?",
                writer)
            .orElse(0L);
    connection.rollback();
    return commits;
  }

  /** What a decision would be, without a trace; the group's other decisions are committed. */
  public Decision dryRun(Draft draft) {
    try {
      Group group = new Group(connections.reading(), Head.peek(connections.reading()));
      return group.dryRun(draft);
    } catch (SQLException e) {
      throw new StoreFailure("cannot decide a dry run", e);
    }
  }

  @Override
  public void close() {
    connections.close();
  }

  /** The rows of one group, gathered in order and written in batches. */
  private final class Group {

    final Map<SessionKey, Tails.Tail> tails = new HashMap<>();
    private final Connection connection;
    private final Head head;
    private final DecisionLog log;
    private final Map<SessionKey, Map<Long, SupersededBy>> endings = new HashMap<>();
    private final List<@Nullable Object[]> sessions = new ArrayList<>();
    private final List<@Nullable Object[]> events = new ArrayList<>();
    private final List<@Nullable Object[]> commands = new ArrayList<>();
    private final List<@Nullable Object[]> generations = new ArrayList<>();
    private final List<@Nullable Object[]> endedGenerations = new ArrayList<>();
    private final List<@Nullable Object[]> runs = new ArrayList<>();
    private final List<@Nullable Object[]> changedRuns = new ArrayList<>();
    private final List<@Nullable Object[]> compactions = new ArrayList<>();

    Group(Connection connection, Head head) {
      this.connection = connection;
      this.head = head;
      this.log = new DecisionLog(connection);
    }

    Decision add(Draft draft) throws SQLException {
      Instant at = head.tick(clock);
      Incoming incoming = draft.incoming();
      JsonNode command = canonical(incoming);
      if (draft.outcome() instanceof Outcome.Accepted) {
        return accept(draft, (Arrival) incoming, command.toString(), at);
      }
      Decision decision = refuse(draft, command, at);
      String id =
          log.add(
              new DecisionLog.Entry(
                  incoming,
                  command,
                  decision.verdict(),
                  decision.commandType(),
                  sessionKey(incoming),
                  decision.refusal(),
                  find(sessionKey(incoming)).map(tail -> tail.status().standing()).orElse(null),
                  at),
              head);
      return withId(decision, id);
    }

    Decision dryRun(Draft draft) throws SQLException {
      Instant at = head.tick(clock);
      Incoming incoming = draft.incoming();
      JsonNode command = canonical(incoming);
      Decision decision =
          draft.outcome() instanceof Outcome.Accepted
              ? accept(draft, (Arrival) incoming, command.toString(), at)
              : refuse(draft, command, at);
      return decision.asDryRun();
    }

    private Decision accept(Draft draft, Arrival arrival, String command, Instant at) {
      Long answer = null;
      for (Draft.NewEvent event : draft.events()) {
        append(event, arrival, command, at);
        if (event.event().sessionKey().equals(arrival.command().sessionKey())) {
          answer = head.position;
        }
      }
      head.accepted++;
      Decision.Interrupted interrupted = draft.interrupted();
      commands.add(
          new @Nullable Object[] {
            arrival.commandId().value(),
            content(arrival.command()),
            answer,
            interrupted == null ? null : interrupted.sessions(),
            interrupted == null ? null : interrupted.runs(),
            at
          });
      SessionKey key = arrival.command().sessionKey();
      return new Decision(
          Verdict.ACCEPTED,
          arrival.commandId(),
          arrival.command().type(),
          key,
          key == null ? null : tail(key).status().standing(),
          interrupted,
          null,
          at,
          false);
    }

    private void append(Draft.NewEvent next, Arrival arrival, String command, Instant at) {
      SessionEvent event = next.event();
      SessionKey key = event.sessionKey();
      long position = ++head.position;
      Tails.Tail before = find(key).orElse(null);
      SessionStatus old = before == null ? null : before.status();
      long sessionNo = before == null ? newSession(key) : before.sessionNo();
      SessionStatus status = SessionStatus.after(old, event, next.version(), position, at);
      if (next.version() != (old == null ? 1 : old.version() + 1)) {
        throw new IllegalStateException(
            "version " + next.version() + " does not follow " + old + " of " + key);
      }
      head.activeRuns += status.activeRuns() - (old == null ? 0 : old.activeRuns());
      String payload = Json.write(event);
      String session = Json.write(status);
      String hash =
          Hash.of(
              before == null ? Hash.NONE : before.hash(),
              position,
              key,
              next.version(),
              event.type(),
              payload,
              arrival.commandId(),
              arrival.command().type(),
              command,
              session,
              at);
      tails.put(key, new Tails.Tail(sessionNo, hash, status));
      events.add(
          new @Nullable Object[] {
            position,
            sessionNo,
            next.version(),
            event.type(),
            event.generation().number(),
            payload,
            arrival.commandId().value(),
            arrival.command().type(),
            command,
            session,
            at,
            hash
          });
      keepFacts(event, sessionNo, position, next.version(), arrival.provenance(), at);
    }

    private long newSession(SessionKey key) {
      long sessionNo = ++head.sessions;
      sessions.add(new @Nullable Object[] {sessionNo, key.value()});
      return sessionNo;
    }

    private void keepFacts(
        SessionEvent event,
        long sessionNo,
        long position,
        long version,
        Provenance provenance,
        Instant at) {
      Facts facts = Facts.of(event);
      for (Facts.RunFact run : facts.runs()) {
        if (run.starts()) {
          runs.add(
              new @Nullable Object[] {
                sessionNo,
                run.runId().value(),
                run.attempt(),
                run.generation(),
                run.status().code(),
                run.instance(),
                position
              });
        } else {
          changedRuns.add(
              new @Nullable Object[] {
                run.generation(),
                run.status().code(),
                run.status().code(),
                sessionNo,
                run.runId().value(),
                run.attempt()
              });
        }
      }
      Generation begun = facts.begun();
      if (begun != null) {
        generations.add(
            new @Nullable Object[] {
              sessionNo,
              begun.number(),
              begun.sessionId().value(),
              facts.inPlace() ? begun.number() : 0L
            });
      }
      Generation ended = facts.ended();
      if (ended != null) {
        endedGenerations.add(new @Nullable Object[] {position, sessionNo, ended.number()});
        endings
            .computeIfAbsent(event.sessionKey(), key -> new HashMap<>())
            .put(
                ended.number(),
                new SupersededBy(
                    event.type(), version, at, provenance.actor(), provenance.reason()));
      }
      Facts.CompactionFact compaction = facts.compaction();
      if (compaction != null) {
        compactions.add(
            new @Nullable Object[] {
              compaction.attempt(), compaction.state().name(), sessionNo, compaction.id().value()
            });
      }
    }

    /** A refusal, or a duplicate. */
    private Decision refuse(Draft draft, JsonNode command, Instant at) throws SQLException {
      Incoming incoming = draft.incoming();
      SessionKey key = sessionKey(incoming);
      SessionStatus status = find(key).map(Tails.Tail::status).orElse(null);
      if (draft.repeats() != null && draft.outcome() instanceof Outcome.Duplicate) {
        return draft.repeats().answer();
      }
      Refusal refusal = null;
      if (draft.outcome() instanceof Outcome.Refused refused) {
        refusal =
            new Refusal(
                refused.reason(),
                null,
                refused.detail(),
                refused.next(),
                CommandJson.presented(
                    incoming instanceof MalformedCommand malformed
                        ? malformed.received()
                        : command),
                refused.ended(),
                supersededBy(key, refused.ended()),
                refused.movedTo(),
                refused.field());
      }
      return new Decision(
          refusal == null ? Verdict.DUPLICATE : Verdict.REJECTED,
          incoming.commandId(),
          commandType(incoming),
          key,
          status == null ? null : status.standing(),
          null,
          refusal,
          at,
          false);
    }

    private @Nullable SupersededBy supersededBy(
        @Nullable SessionKey key, @Nullable Generation ended) throws SQLException {
      if (key == null || ended == null) {
        return null;
      }
      SupersededBy here = endings.getOrDefault(key, Map.of()).get(ended.number());
      if (here != null) {
        return here;
      }
      return Sql.one(
              connections.reading(),
              row -> {
                Provenance provenance = CommandJson.provenance(Json.tree(row.getString("command")));
                return new SupersededBy(
                    row.getString("type"),
                    row.getLong("version"),
                    Sql.instant(row, "recorded_at"),
                    provenance.actor(),
                    provenance.reason());
              },
              """
              SELECT e.type, e.version, e.recorded_at, e.command FROM ledger_generations g
              JOIN ledger_events e ON e.position = g.ended_position
              WHERE g.session_no = ? AND g.generation = ?
              """,
              tail(key).sessionNo(),
              ended.number())
          .orElse(null);
    }

    private Optional<Tails.Tail> find(@Nullable SessionKey key) {
      if (key == null) {
        return Optional.empty();
      }
      Tails.Tail mine = tails.get(key);
      return mine != null ? Optional.of(mine) : Store.this.tails.find(key);
    }

    private Tails.Tail tail(SessionKey key) {
      return find(key)
          .orElseThrow(() -> new IllegalStateException("no session under the key " + key));
    }

    void write() throws SQLException {
      Sql.batch(
          connection,
          "INSERT INTO ledger_sessions (session_no, session_key) VALUES (?, ?)",
          sessions);
      Sql.batch(
          connection,
          """
          INSERT INTO ledger_events (position, session_no, version, type, generation, event,
            command_id, command_type, command, session, recorded_at, hash)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
          events);
      Sql.batch(
          connection,
          """
          INSERT INTO ledger_commands (command_id, content, answer_position, interrupted_sessions,
            interrupted_runs, recorded_at)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
          commands);
      Sql.batch(
          connection,
          """
          INSERT INTO ledger_generations (session_no, generation, session_id, in_place)
          VALUES (?, ?, ?, ?)
          """,
          generations);
      Sql.batch(
          connection,
          """
          UPDATE ledger_generations SET ended_position = ?
          WHERE session_no = ? AND generation = ?
          """,
          endedGenerations);
      Sql.batch(
          connection,
          """
          INSERT INTO ledger_runs (session_no, run_id, attempt, generation, status, open_instance,
            started_position)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
          runs);
      Sql.batch(
          connection,
          """
          UPDATE ledger_runs SET generation = ?, status = ?,
            open_instance = CASE WHEN ? = 'running' THEN open_instance END
          WHERE session_no = ? AND run_id = ? AND attempt = ?
          """,
          changedRuns);
      writeCompactions();
      log.write();
      head.write(connection, writer);
    }

    private void writeCompactions() throws SQLException {
      for (@Nullable Object[] row : compactions) {
        int known =
            Sql.update(
                connection,
                """
                UPDATE ledger_compactions SET attempt = COALESCE(?, attempt), state = ?
                WHERE session_no = ? AND compaction_id = ?
                """,
                row);
        if (known == 0) {
          Sql.update(
              connection,
              """
              INSERT INTO ledger_compactions (attempt, state, session_no, compaction_id)
              VALUES (COALESCE(?, 1), ?, ?, ?)
              """,
              row);
        }
      }
    }
  }

  /** The SHA-256, in hexadecimal, of what makes two commands with one id the same. */
  public static String content(SessionCommand command) {
    return Hash.of(CommandJson.content(command));
  }

  private static JsonNode canonical(Incoming incoming) {
    return incoming instanceof Arrival arrival
        ? CommandJson.canonical(arrival)
        : CommandJson.canonical((MalformedCommand) incoming);
  }

  private static @Nullable SessionKey sessionKey(Incoming incoming) {
    return incoming instanceof Arrival arrival
        ? arrival.command().sessionKey()
        : ((MalformedCommand) incoming).sessionKey();
  }

  private static @Nullable String commandType(Incoming incoming) {
    return incoming instanceof Arrival arrival
        ? arrival.command().type()
        : ((MalformedCommand) incoming).type();
  }

  private static Decision withId(Decision decision, String decisionId) {
    Refusal refusal = decision.refusal();
    return refusal == null ? decision : decision.with(refusal.withId(decisionId));
  }
}

package org.sessionledger.core.store;

import static org.sessionledger.core.store.Insert.bigint;
import static org.sessionledger.core.store.Insert.instant;
import static org.sessionledger.core.store.Insert.integer;
import static org.sessionledger.core.store.Insert.text;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.MalformedCommand;
import org.sessionledger.core.session.Outcome;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.SupersededBy;
import org.sessionledger.core.session.Verdict;

/**
 * The rows of one group, on the head that is locked: drafts become decisions, events, facts and
 * lines of the decision log, in order; then all of them are written together.
 */
final class Group {

  private static final Insert SESSIONS =
      new Insert("ledger_sessions", bigint("session_no"), text("session_key"));

  private static final Insert EVENTS =
      new Insert(
          "ledger_events",
          bigint("position"),
          bigint("session_no"),
          bigint("version"),
          text("type"),
          bigint("generation"),
          text("event"),
          text("command_id"),
          text("command_type"),
          text("command"),
          text("session"),
          integer("active_runs"),
          instant("recorded_at"),
          text("hash"));

  private static final Insert COMMANDS =
      new Insert(
          "ledger_commands",
          text("command_id"),
          text("content"),
          integer("interrupted_sessions"),
          integer("interrupted_runs"),
          instant("recorded_at"));

  private static final Insert GENERATIONS =
      new Insert(
          "ledger_generations",
          bigint("session_no"),
          bigint("generation"),
          text("session_id"),
          bigint("in_place"));

  private static final Insert RUNS =
      new Insert(
          "ledger_runs",
          bigint("session_no"),
          text("run_id"),
          bigint("attempt"),
          bigint("generation"),
          text("status"));

  private record RunOf(long sessionNo, RunAttempt run) {}

  private record CompactionOf(long sessionNo, Facts.CompactionFact fact) {}

  private final Known known;
  private final Connection connection;
  private final Head head;
  private @Nullable String newestHash;
  private final Instant at;
  private final DecisionLog log;
  private final Map<SessionKey, Tails.Tail> tails;
  private final Map<SessionKey, Tails.Tail> moved = new HashMap<>();
  private final Map<CommandId, Decision> accepted = new HashMap<>();
  private final Map<Known.Ended, SupersededBy> endings = new HashMap<>();
  private final List<DecisionLog.Entry> entries = new ArrayList<>();
  private final List<@Nullable Object[]> sessions = new ArrayList<>();
  private final List<@Nullable Object[]> events = new ArrayList<>();
  private final List<@Nullable Object[]> commands = new ArrayList<>();
  private final List<@Nullable Object[]> generations = new ArrayList<>();
  private final List<@Nullable Object[]> endedGenerations = new ArrayList<>();
  private final Map<RunOf, @Nullable Object[]> runs = new LinkedHashMap<>();
  private final List<@Nullable Object[]> correctedRuns = new ArrayList<>();
  private final List<@Nullable Object[]> instances = new ArrayList<>();
  private final List<CompactionOf> compactions = new ArrayList<>();
  private final List<Draft.Snapshot> snapshots = new ArrayList<>();

  private Group(
      Known known,
      Head before,
      Connection connection,
      Clock clock,
      Map<SessionKey, Tails.Tail> tails) {
    this.known = known;
    this.connection = connection;
    this.head = before.next();
    this.newestHash = known.hash();
    // One time for all: they become durable together.
    this.at = head.tick(clock);
    this.log = new DecisionLog(known);
    this.tails = tails;
  }

  /** An empty group after a head; the sessions of the drafts are looked up at once. */
  static Group after(
      Head before, Known known, Connection connection, Clock clock, List<Draft> drafts)
      throws SQLException {
    Set<SessionKey> keys = new HashSet<>();
    for (Draft draft : drafts) {
      SessionKey key = sessionKey(draft.incoming());
      if (key != null) {
        keys.add(key);
      }
      draft.events().forEach(event -> keys.add(event.event().sessionKey()));
      draft.snapshots().forEach(snapshot -> keys.add(snapshot.sessionKey()));
    }
    return new Group(known, before, connection, clock, known.tails.of(connection, keys));
  }

  /** Decisions of drafts, in their order; nothing is written yet. */
  List<Decision> add(List<Draft> drafts) throws SQLException {
    List<Decision> decisions = new ArrayList<>(drafts.size());
    List<Integer> logged = new ArrayList<>();
    for (Draft draft : drafts) {
      if (draft.outcome() instanceof Outcome.Accepted) {
        decisions.add(accept(draft, (Arrival) draft.incoming()));
      } else {
        Decision decision = refuse(draft);
        logged.add(decisions.size());
        decisions.add(decision);
        entries.add(entry(draft, decision));
      }
      snapshots.addAll(draft.snapshots());
    }
    List<String> ids = log.add(connection, entries, head);
    for (int i = 0; i < ids.size(); i++) {
      int place = logged.get(i);
      decisions.set(place, withId(decisions.get(place), ids.get(i)));
    }
    return decisions;
  }

  /** It is committed: the next group stands on it. */
  void written() {
    known.headIs(head, newestHash);
    known.tails.moved(moved);
    known.accepted.putAll(accepted);
    known.endings.putAll(endings);
    log.written();
  }

  /** The head that it leaves. */
  Head head() {
    return head;
  }

  private DecisionLog.Entry entry(Draft draft, Decision decision) {
    Incoming incoming = draft.incoming();
    SessionKey key = sessionKey(incoming);
    return new DecisionLog.Entry(
        draft.submission(),
        decision.verdict(),
        decision.commandType(),
        key,
        decision.refusal(),
        find(key).map(tail -> tail.status().standing()).orElse(null),
        head.position,
        at);
  }

  /** What a decision would be. */
  Decision dryRun(Draft draft) throws SQLException {
    Decision decision =
        draft.outcome() instanceof Outcome.Accepted
            ? accept(draft, (Arrival) draft.incoming())
            : refuse(draft);
    return decision.asDryRun();
  }

  private Decision accept(Draft draft, Arrival arrival) {
    String command = draft.submission().text();
    head.accepted++;
    SessionKey key = arrival.command().sessionKey();
    int answer = -1;
    List<Draft.NewEvent> happened = draft.events();
    for (int i = 0; i < happened.size(); i++) {
      if (happened.get(i).event().sessionKey().equals(key)) {
        answer = i;
      }
    }
    for (int i = 0; i < happened.size(); i++) {
      append(happened.get(i), i == answer ? arrival.commandId() : null, arrival, command);
    }
    Decision.Interrupted interrupted = draft.interrupted();
    if (answer < 0) {
      commands.add(
          new @Nullable Object[] {
            arrival.commandId().value(),
            KnownCommands.content(arrival.command()),
            interrupted == null ? null : interrupted.sessions(),
            interrupted == null ? null : interrupted.runs(),
            at
          });
    }
    Decision decision =
        new Decision(
            Verdict.ACCEPTED,
            arrival.commandId(),
            arrival.command().type(),
            key,
            key == null ? null : tail(key).status().standing(),
            interrupted,
            null,
            at,
            false);
    accepted.put(arrival.commandId(), decision);
    return decision;
  }

  /**
   * @param answers the command's id, beside the one event that answers it
   */
  private void append(
      Draft.NewEvent next, @Nullable CommandId answers, Arrival arrival, String command) {
    SessionEvent event = next.event();
    SessionKey key = event.sessionKey();
    long position = ++head.position;
    Tails.Tail before = tails.get(key);
    SessionStatus old = before == null ? null : before.status();
    long sessionNo = before == null ? newSession(key) : before.sessionNo();
    SessionStatus status = SessionStatus.after(old, event, next.version(), position, at);
    if (next.version() != (old == null ? 1 : old.version() + 1)) {
      throw new IllegalStateException(
          "version " + next.version() + " does not follow " + old + " of " + key);
    }
    head.activeRuns += status.activeRuns() - (old == null ? 0 : old.activeRuns());
    String payload = next.json();
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
    newestHash = hash;
    String instance = before == null ? null : before.instance();
    if (event instanceof SessionEvent.RunStarted start && start.instance() != null) {
      if (!start.instance().equals(instance)) {
        instances.add(
            new @Nullable Object[] {start.instance(), sessionNo, start.instance(), sessionNo});
      }
      instance = start.instance();
    }
    Tails.Tail tail = new Tails.Tail(sessionNo, hash, status, instance);
    tails.put(key, tail);
    moved.put(key, tail);
    events.add(
        new @Nullable Object[] {
          position,
          sessionNo,
          next.version(),
          event.type(),
          event.generation().number(),
          payload,
          answers == null ? null : answers.value(),
          arrival.command().type(),
          command,
          session,
          status.activeRuns(),
          at,
          hash
        });
    keepFacts(event, sessionNo, position, next.version(), arrival.provenance());
  }

  private long newSession(SessionKey key) {
    long sessionNo = ++head.sessions;
    sessions.add(new @Nullable Object[] {sessionNo, key.value()});
    return sessionNo;
  }

  private void keepFacts(
      SessionEvent event, long sessionNo, long position, long version, Provenance provenance) {
    Facts facts = Facts.of(event);
    facts.runs().forEach(run -> keepRun(run, sessionNo));
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
      endings.put(
          new Known.Ended(event.sessionKey(), ended.number()),
          new SupersededBy(event.type(), version, at, provenance.actor(), provenance.reason()));
    }
    Facts.CompactionFact compaction = facts.compaction();
    if (compaction != null) {
      compactions.add(new CompactionOf(sessionNo, compaction));
    }
  }

  /**
   * An attempt ends once; that it was interrupted may be corrected, in this group or a later one.
   */
  private void keepRun(Facts.RunFact run, long sessionNo) {
    RunOf of = new RunOf(sessionNo, new RunAttempt(run.runId(), run.attempt()));
    if (run.corrects() && !runs.containsKey(of)) {
      correctedRuns.add(
          new @Nullable Object[] {
            run.generation(), run.status().code(), sessionNo, run.runId().value(), run.attempt()
          });
    } else {
      runs.put(
          of,
          new @Nullable Object[] {
            sessionNo, run.runId().value(), run.attempt(), run.generation(), run.status().code()
          });
    }
  }

  /** A refusal, or a duplicate. */
  private Decision refuse(Draft draft) throws SQLException {
    Incoming incoming = draft.incoming();
    SessionKey key = sessionKey(incoming);
    SessionStatus status = find(key).map(Tails.Tail::status).orElse(null);
    if (draft.repeats() != null && draft.outcome() instanceof Outcome.Duplicate) {
      Decision answer = draft.repeats().answer();
      return answer != null ? answer : firstAnswer(incoming.commandId());
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
                      : draft.submission().command()),
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

  /** A repeat of what was accepted in this group, or in one that was under way when it came. */
  private Decision firstAnswer(CommandId id) {
    Decision first = accepted.getOrDefault(id, known.accepted.get(id));
    if (first == null) {
      throw new IllegalStateException("command " + id + " was accepted and is not known");
    }
    return first.asDuplicate();
  }

  private @Nullable SupersededBy supersededBy(
      @Nullable SessionKey key, @Nullable Generation generation) throws SQLException {
    if (key == null || generation == null) {
      return null;
    }
    Known.Ended ended = new Known.Ended(key, generation.number());
    SupersededBy told = endings.getOrDefault(ended, known.endings.get(ended));
    if (told != null) {
      return told;
    }
    Optional<SupersededBy> stored =
        Sql.one(
            connection,
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
            generation.number());
    stored.ifPresent(by -> endings.put(ended, by));
    return stored.orElse(null);
  }

  private Optional<Tails.Tail> find(@Nullable SessionKey key) {
    return key == null ? Optional.empty() : Optional.ofNullable(tails.get(key));
  }

  private Tails.Tail tail(SessionKey key) {
    return find(key)
        .orElseThrow(() -> new IllegalStateException("no session under the key " + key));
  }

  /** Writes all rows, the head last. */
  void write(Connection connection, String writer, long number) throws SQLException {
    Statements statements = new Statements(Dialect.of(connection));
    statements.add(SESSIONS, sessions);
    statements.add(EVENTS, events);
    statements.add(COMMANDS, commands);
    statements.add(GENERATIONS, generations);
    statements.add(
        "UPDATE ledger_generations SET ended_position = ? WHERE session_no = ? AND generation = ?",
        endedGenerations);
    statements.add(RUNS, List.copyOf(runs.values()));
    statements.add(
        """
        UPDATE ledger_runs SET generation = ?, status = ?
        WHERE session_no = ? AND run_id = ? AND attempt = ?
        """,
        correctedRuns);
    statements.add(
        """
        INSERT INTO ledger_instances (instance, session_no)
        SELECT CAST(? AS VARCHAR), CAST(? AS BIGINT) WHERE NOT EXISTS (
          SELECT 1 FROM ledger_instances WHERE instance = ? AND session_no = ?)
        """,
        instances);
    compactions.forEach(compaction -> put(compaction, statements));
    // In the transaction of the events that they stand for, so that none is ahead of them.
    snapshots.forEach(snapshot -> put(snapshot, statements));
    log.write(statements);
    head.write(statements, writer, number);
    statements.run(connection);
  }

  private static void put(CompactionOf compaction, Statements statements) {
    String id = compaction.fact().id().value();
    statements.add(
        """
        INSERT INTO ledger_compactions (session_no, compaction_id, attempt, state)
        SELECT CAST(? AS BIGINT), CAST(? AS VARCHAR), 1, '' WHERE NOT EXISTS (
          SELECT 1 FROM ledger_compactions WHERE session_no = ? AND compaction_id = ?)
        """,
        compaction.sessionNo(),
        id,
        compaction.sessionNo(),
        id);
    statements.add(
        """
        UPDATE ledger_compactions SET attempt = COALESCE(CAST(? AS BIGINT), attempt), state = ?
        WHERE session_no = ? AND compaction_id = ?
        """,
        compaction.fact().attempt(),
        compaction.fact().state().name(),
        compaction.sessionNo(),
        id);
  }

  private void put(Draft.Snapshot snapshot, Statements statements) {
    long sessionNo = tail(snapshot.sessionKey()).sessionNo();
    statements.add("DELETE FROM ledger_snapshots WHERE session_no = ?", sessionNo);
    statements.add(
        "INSERT INTO ledger_snapshots (session_no, version, revision, state) VALUES (?, ?, ?, ?)",
        sessionNo,
        snapshot.version(),
        Draft.Snapshot.REVISION,
        snapshot.state());
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

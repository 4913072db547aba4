package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.OpenRun;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionState;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Stats;

/** Reads over connections of its own, each for one question. */
public final class JdbcLedgerReader implements LedgerReader {

  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  /** So, and in the order of both columns, H2 reads along the index, and sorts nothing. */
  private static final String OF_SESSION =
      "e.session_no = (SELECT session_no FROM ledger_sessions WHERE session_key = ?)";

  private static final String DECISION_COLUMNS =
      "seq, decision_id, session_key, verdict, reason, command_type, run_id, attempt, refusal,"
          + " current_standing, after_version, after_position, first_at, last_at, arrivals,"
          + " first_command, last_command";

  /** Events that are folded at a time. */
  private static final int STATE_PAGE = 500;

  private final DataSource dataSource;

  public JdbcLedgerReader(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  public long position() {
    return ask(connection -> Head.peek(connection).position);
  }

  @Override
  public Stats stats() {
    return ask(
        connection -> {
          connection.setAutoCommit(false);
          connection.setTransactionIsolation(
              switch (Dialect.of(connection)) {
                // Its repeatable read is one of each table for itself.
                case H2 -> Connection.TRANSACTION_SERIALIZABLE;
                case POSTGRESQL -> Connection.TRANSACTION_REPEATABLE_READ;
              });
          try {
            Head head = Head.peek(connection);
            Map<String, Long> byReason = new LinkedHashMap<>();
            Sql.list(
                    connection,
                    row -> Map.entry(row.getString("reason"), row.getLong("arrivals")),
                    "SELECT reason, arrivals FROM ledger_rejections ORDER BY reason")
                .forEach(entry -> byReason.put(entry.getKey(), entry.getValue()));
            return new Stats(
                head.accepted + head.duplicates + head.rejected,
                head.accepted,
                head.duplicates,
                head.rejected,
                byReason,
                head.sessions,
                head.activeRuns,
                head.position,
                head.position);
          } finally {
            connection.rollback();
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(true);
          }
        });
  }

  @Override
  public List<RecordedEvent> eventsAfter(long position, int limit) {
    return ask(
        connection ->
            Sql.list(
                connection,
                Rows::event,
                "SELECT "
                    + Rows.EVENT_COLUMNS
                    + " FROM ledger_events e WHERE e.position > ? ORDER BY e.position LIMIT ?",
                position,
                limit));
  }

  @Override
  public List<RecordedEvent> events(long first, long last, boolean withCommands) {
    return ask(
        connection ->
            Sql.list(
                connection,
                Rows::event,
                "SELECT "
                    + (withCommands ? Rows.COMMAND_COLUMNS : Rows.BARE_COLUMNS)
                    + " FROM ledger_events e WHERE e.position BETWEEN ? AND ?"
                    + " ORDER BY e.position",
                first,
                last));
  }

  @Override
  public List<SessionChange> changesAfter(long position, long upTo, int limit) {
    return ask(
        connection ->
            Sql.list(
                connection,
                row ->
                    new SessionChange(
                        row.getLong("position"),
                        new SessionKey(row.getString("session_key")),
                        row.getString("session")),
                """
                SELECT e.position, s.session_key, e.session FROM ledger_events e
                JOIN ledger_sessions s ON s.session_no = e.session_no
                WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?
                """,
                position,
                upTo,
                limit));
  }

  @Override
  public List<RecordedEvent> eventsOf(SessionKey sessionKey, long afterVersion, int limit) {
    return ask(
        connection ->
            Sql.list(
                connection,
                Rows::event,
                "SELECT "
                    + Rows.EVENT_COLUMNS
                    + """
                     FROM ledger_events e WHERE
                    """
                    + OF_SESSION
                    + " AND e.version > ? ORDER BY e.session_no, e.version LIMIT ?",
                sessionKey.value(),
                afterVersion,
                limit));
  }

  @Override
  public Optional<RecordedEvent> event(SessionKey sessionKey, long version) {
    return ask(
        connection ->
            Sql.one(
                connection,
                Rows::event,
                "SELECT "
                    + Rows.EVENT_COLUMNS
                    + " FROM ledger_events e WHERE "
                    + OF_SESSION
                    + " AND e.version = ?",
                sessionKey.value(),
                version));
  }

  @Override
  public Optional<SessionStatus> session(SessionKey sessionKey) {
    return ask(
        connection ->
            Sql.one(
                connection,
                row -> Json.read(row.getString("session"), SessionStatus.class),
                "SELECT e.session FROM ledger_events e WHERE "
                    + OF_SESSION
                    + " ORDER BY e.session_no DESC, e.version DESC LIMIT 1",
                sessionKey.value()));
  }

  @Override
  public Optional<SessionStatus> sessionAt(SessionKey sessionKey, Instant at) {
    return ask(
        connection -> {
          // Times never run back over versions, which have no gaps: halving finds the last one.
          long before = 0;
          long after =
              Sql.one(
                          connection,
                          row -> row.getLong("version"),
                          "SELECT e.version FROM ledger_events e WHERE "
                              + OF_SESSION
                              + " ORDER BY e.session_no DESC, e.version DESC LIMIT 1",
                          sessionKey.value())
                      .orElse(0L)
                  + 1;
          while (after - before > 1) {
            long middle = before + (after - before) / 2;
            Instant then =
                ofVersion(
                        connection,
                        "recorded_at",
                        row -> Sql.instant(row, "recorded_at"),
                        sessionKey,
                        middle)
                    .orElseThrow(() -> new SQLException("a version is missing: " + sessionKey));
            if (then.isAfter(at)) {
              after = middle;
            } else {
              before = middle;
            }
          }
          return ofVersion(
              connection,
              "session",
              row -> Json.read(row.getString("session"), SessionStatus.class),
              sessionKey,
              before);
        });
  }

  private static <T> Optional<T> ofVersion(
      Connection connection, String column, Sql.Row<T> row, SessionKey sessionKey, long version)
      throws SQLException {
    return Sql.one(
        connection,
        row,
        "SELECT e." + column + " FROM ledger_events e WHERE " + OF_SESSION + " AND e.version = ?",
        sessionKey.value(),
        version);
  }

  @Override
  public List<OpenRun> openRuns(SessionKey sessionKey) {
    SessionState state = new SessionState();
    long version = 0;
    Optional<Draft.Snapshot> saved =
        ask(connection -> LedgerEventStorage.snapshot(connection, sessionKey));
    if (saved.isPresent()) {
      try {
        state = SessionState.read(sessionKey, saved.get().state());
        version = saved.get().version();
      } catch (RuntimeException e) {
        Store.LOG.warn("The snapshot of a session cannot be read; its events are", e);
      }
    }
    List<RecordedEvent> events;
    do {
      events = eventsOf(sessionKey, version, STATE_PAGE);
      for (RecordedEvent event : events) {
        version = event.version();
        state.apply(event.event(), version);
      }
    } while (events.size() == STATE_PAGE);
    return state.openRuns();
  }

  @Override
  public Optional<SessionKey> sessionKey(long sessionNo) {
    return ask(
        connection ->
            Sql.one(
                connection,
                row -> new SessionKey(row.getString("session_key")),
                "SELECT session_key FROM ledger_sessions WHERE session_no = ?",
                sessionNo));
  }

  @Override
  public List<LoggedDecision> decisions(DecisionQuery query) {
    StringBuilder where = new StringBuilder("verdict = ?");
    List<@Nullable Object> values = new ArrayList<>();
    values.add(query.verdict().code());
    if (query.reason() != null) {
      where.append(" AND reason = ?");
      values.add(query.reason().code());
    }
    if (query.sessionKey() != null) {
      where.append(" AND session_key = ?");
      values.add(query.sessionKey().value());
    }
    if (query.prefix() != null) {
      where.append(" AND session_key LIKE ? ESCAPE '!'");
      values.add(Sql.beginsWith(query.prefix()));
    }
    if (query.beforeSeq() != null) {
      where.append(" AND seq < ?");
      values.add(query.beforeSeq());
    }
    values.add(query.limit());
    return ask(
        connection ->
            Sql.list(
                connection,
                Rows::decision,
                "SELECT "
                    + DECISION_COLUMNS
                    + " FROM ledger_decisions WHERE "
                    + where
                    + " ORDER BY seq DESC LIMIT ?",
                values.toArray()));
  }

  @Override
  public Optional<LoggedDecision> decision(String decisionId) {
    return ask(
        connection ->
            Sql.one(
                connection,
                Rows::decision,
                "SELECT " + DECISION_COLUMNS + " FROM ledger_decisions WHERE decision_id = ?",
                decisionId));
  }

  @Override
  public long decisionSeq() {
    return ask(connection -> Head.peek(connection).decisionSeq);
  }

  @Override
  public List<LoggedDecision> refusalsAfter(long afterSeq, long upToSeq, int limit) {
    return ask(
        connection ->
            Sql.list(
                connection,
                Rows::decision,
                "SELECT "
                    + DECISION_COLUMNS
                    + """
                     FROM ledger_decisions
                    WHERE seq > ? AND seq <= ? AND verdict = 'rejected' ORDER BY seq LIMIT ?
                    """,
                afterSeq,
                upToSeq,
                limit));
  }

  @Override
  public List<LoggedDecision> refusalsOf(SessionKey sessionKey, long afterSeq, int limit) {
    return ask(
        connection ->
            Sql.list(
                connection,
                Rows::decision,
                "SELECT "
                    + DECISION_COLUMNS
                    + """
                     FROM ledger_decisions
                    WHERE session_key = ? AND verdict = 'rejected' AND seq > ?
                    ORDER BY seq LIMIT ?
                    """,
                sessionKey.value(),
                afterSeq,
                limit));
  }

  private <T> T ask(Question<T> question) {
    try (Connection connection = dataSource.getConnection()) {
      return question.ask(connection);
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the ledger", e);
    }
  }
}

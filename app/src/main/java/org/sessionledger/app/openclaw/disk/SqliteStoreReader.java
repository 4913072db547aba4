package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.disk.Life.Boundary;
import org.sessionledger.app.openclaw.disk.Life.Turn;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** A store in SQLite, as 2026.9.6 keeps it: one file for each agent, and one that all share. */
final class SqliteStoreReader {

  /** A record that says that a session was reset or compacted is short. */
  private static final int RECORD_MAX = 1 << 20;

  private final Folder folder;
  private final Findings findings;

  SqliteStoreReader(Folder folder, Findings findings) {
    this.folder = folder;
    this.findings = findings;
  }

  /** One row of an answer. */
  private interface EachRow {

    void row(ResultSet row) throws SQLException, IOException;
  }

  /** Reads {@code agents/NAME/agent/openclaw-agent.sqlite}. */
  void agent(Path file, Store store) {
    reading(
        file,
        (name, connection) -> {
          Map<SessionId, SessionKey> keys = windows(name, connection, store);
          nodes(name, connection, store);
          transcripts(name, connection, store);
          trajectories(name, connection, store, keys);
        });
  }

  /** Reads {@code state/openclaw.sqlite}: what the audit has of the runs of one agent. */
  void audit(Path file, Store store) {
    reading(file, (name, connection) -> audit(name, connection, store));
  }

  private interface Reading {

    void read(String name, Connection connection) throws SQLException;
  }

  private void reading(Path file, Reading reading) {
    String name = folder.name(file);
    try (ReadOnlyDatabase database = ReadOnlyDatabase.open(file)) {
      reading.read(name, database.connection());
    } catch (SQLException | IOException e) {
      findings.unreadable(Where.of(name), "cannot be read on: " + Folder.reason(e));
    }
  }

  private Map<SessionId, SessionKey> windows(String name, Connection connection, Store store)
      throws SQLException {
    Map<SessionId, SessionKey> keys = new HashMap<>();
    each(
        name,
        "session_windows",
        connection,
        "SELECT session_id, session_key, previous_session_id, reason, created_at"
            + " FROM session_windows ORDER BY created_at, rowid",
        row -> {
          SessionId id = required(row, 1, SessionId::new);
          Where where = new Where(name, "session_windows " + id.value());
          Store.Session session = store.session(required(row, 2, SessionKey::new));
          session.ids.add(id);
          keys.put(id, session.key);
          Life life = store.life(id);
          life.began(number(row, 5), where);
          life.previous = optional(row, 3, SessionId::new);
          life.reason = row.getString(4);
        });
    return keys;
  }

  private void nodes(String name, Connection connection, Store store) throws SQLException {
    each(
        name,
        "session_nodes",
        connection,
        "SELECT session_key, current_session_id,"
            + " CASE WHEN length(entry_json) <= "
            + Lines.BYTES_MAX
            + " THEN entry_json END, length(entry_json) FROM session_nodes ORDER BY rowid",
        row -> {
          SessionKey key = required(row, 1, SessionKey::new);
          SessionId id = required(row, 2, SessionId::new);
          Where where = new Where(name, "session_nodes " + key.value());
          Store.Session session = store.session(key);
          session.row = entry(key, row.getString(3), where);
          if (row.getLong(4) > Lines.BYTES_MAX) {
            findings.unreadable(where, "an entry of " + row.getLong(4) + " characters is skipped");
          }
          if (session.row != null && !session.row.sessionId().equals(id)) {
            findings.torn(
                where,
                "current_session_id is "
                    + id.value()
                    + ", and its entry says "
                    + session.row.sessionId().value());
          }
          session.ids.add(id);
        });
  }

  private static @Nullable Row entry(SessionKey key, @Nullable String json, Where where)
      throws IOException {
    if (json == null) {
      return null;
    }
    try (JsonParser parser = RecordReader.JSON.createParser(json)) {
      return parser.nextToken() == JsonToken.START_OBJECT
          ? RowReader.read(key, parser, where)
          : null;
    }
  }

  private void transcripts(String name, Connection connection, Store store) throws SQLException {
    each(
        name,
        "transcript_events",
        connection,
        "SELECT session_id, seq, event_json FROM transcript_events WHERE event_json IS NOT NULL"
            + " AND length(event_json) <= "
            + RECORD_MAX
            + " AND (event_json LIKE '%\"type\":\"reset\"%'"
            + " OR event_json LIKE '%\"type\":\"compaction\"%') ORDER BY session_id, seq",
        row -> {
          SessionId id = required(row, 1, SessionId::new);
          Where where = new Where(name, "transcript_events " + id.value() + "/" + row.getLong(2));
          byte[] json = utf8(row.getString(3));
          Scalars record = RecordReader.transcript(json, json.length);
          Life life = store.lives.get(id);
          if (record != null && life != null) {
            turn(life, record, where);
          }
        });
  }

  private static void turn(Life life, Scalars record, Where where) {
    boolean reset = "reset".equals(record.text("type"));
    if (reset || "compaction".equals(record.text("type"))) {
      String reason = record.note("reason", 256);
      life.inPlace.add(
          new Boundary(
              reset ? Turn.RESET : Turn.COMPACTION,
              Words.millis(record.text("timestamp")),
              (reset ? "reset" : "compacted") + " in place" + (reason == null ? "" : " " + reason),
              RowReader.notNegative(record.number("tokensBefore")),
              RowReader.notNegative(record.number("tokensAfter")),
              null,
              where));
    }
  }

  private void trajectories(
      String name, Connection connection, Store store, Map<SessionId, SessionKey> keys)
      throws SQLException {
    each(
        name,
        "trajectory_runtime_events",
        connection,
        "SELECT session_id, seq, event_json FROM trajectory_runtime_events"
            + " WHERE length(event_json) <= "
            + Lines.BYTES_MAX
            + " AND (event_json LIKE '%\"type\":\"session.started\"%'"
            + " OR event_json LIKE '%\"type\":\"session.ended\"%') ORDER BY session_id, seq",
        row -> {
          Where where =
              new Where(
                  name, "trajectory_runtime_events " + row.getString(1) + "/" + row.getLong(2));
          byte[] json = utf8(row.getString(3));
          RecordReader.Traced traced = RecordReader.trajectory(json, json.length, where);
          if (traced == null || traced.event().kind() == RunEvent.Kind.SIGN) {
            return;
          }
          SessionKey key = traced.key();
          if (key == null) {
            key = keys.get(traced.event().sessionId());
          }
          if (key != null) {
            Store.Session session = store.session(key);
            session.ids.add(traced.event().sessionId());
            session.runs.add(traced.event());
          }
        });
  }

  private record Told(SessionKey key, RunId run) {}

  /** The audit knows less of a run than its trajectory: it counts where there is none. */
  private void audit(String name, Connection connection, Store store) throws SQLException {
    Set<Told> told = new HashSet<>();
    store.sessions.values().forEach(s -> s.runs.forEach(r -> told.add(new Told(s.key, r.runId()))));
    each(
        name,
        "audit_events",
        connection,
        "SELECT sequence, occurred_at, action, status, error_code, session_key, session_id, run_id,"
            + " agent_id FROM audit_events WHERE kind = 'agent_run' ORDER BY sequence",
        row -> {
          SessionKey key = optional(row, 6, SessionKey::new);
          SessionId id = optional(row, 7, SessionId::new);
          RunId run = optional(row, 8, RunId::new);
          String agent = row.getString(9);
          if (key == null
              || id == null
              || run == null
              || told.contains(new Told(key, run))
              || (agent != null && !agent.equals(store.agent))) {
            return;
          }
          boolean start = "agent.run.started".equals(row.getString(3));
          Store.Session session = store.session(key);
          session.ids.add(id);
          session.runs.add(
              new RunEvent(
                  id,
                  run,
                  start ? RunEvent.Kind.START : RunEvent.Kind.END,
                  number(row, 2),
                  start ? null : Outcome.ofAudit(row.getString(4)),
                  start ? null : row.getString(5),
                  new Where(name, "audit_events " + row.getLong(1))));
        });
  }

  /** Rows that cannot be read are told and skipped; a table that is not there has none. */
  private void each(String name, String table, Connection connection, String query, EachRow each)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet there =
          statement.executeQuery(
              "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '" + table + "'")) {
        if (!there.next()) {
          return;
        }
      }
      try (ResultSet rows = statement.executeQuery(query)) {
        long number = 0;
        while (rows.next()) {
          number++;
          try {
            each.row(rows);
          } catch (InvalidField e) {
            findings.unreadable(new Where(name, table + " #" + number), e.getMessage());
          } catch (JsonProcessingException e) {
            findings.unreadable(
                new Where(name, table + " #" + number), "is no JSON: " + Words.problem(e));
          } catch (IOException e) {
            findings.unreadable(new Where(name, table + " #" + number), Folder.reason(e));
          }
        }
      } catch (SQLException e) {
        findings.unreadable(new Where(name, table), "cannot be read on: " + Folder.reason(e));
      }
    }
  }

  private static byte[] utf8(@Nullable String json) {
    return json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
  }

  private static <T> T required(ResultSet row, int column, Function<String, T> as)
      throws SQLException {
    T value = optional(row, column, as);
    if (value == null) {
      throw new InvalidField(row.getMetaData().getColumnName(column), "is missing");
    }
    return value;
  }

  private static <T> @Nullable T optional(ResultSet row, int column, Function<String, T> as)
      throws SQLException {
    String value = row.getString(column);
    if (value == null) {
      return null;
    }
    try {
      return as.apply(value);
    } catch (InvalidField e) {
      throw e.in(row.getMetaData().getColumnName(column));
    }
  }

  private static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }
}

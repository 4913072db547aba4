package org.sessionledger.app.openclaw.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Writes a store as the gateway of 2026.9.6 does; the tables are its own, as far as they are read.
 */
final class SqliteStore implements AutoCloseable {

  private static final String NODES =
      """
      CREATE TABLE session_nodes (
        session_key TEXT NOT NULL PRIMARY KEY, current_session_id TEXT NOT NULL,
        entry_json TEXT NOT NULL, entry_valid INTEGER NOT NULL DEFAULT 0,
        updated_at INTEGER NOT NULL,
        status TEXT CHECK (status IS NULL OR status IN
          ('running', 'done', 'failed', 'killed', 'timeout')),
        created_at INTEGER, fork_source_session_key TEXT, fork_source_session_id TEXT
      ) STRICT""";

  private static final String WINDOWS =
      """
      CREATE TABLE session_windows (
        session_id TEXT NOT NULL PRIMARY KEY, session_key TEXT NOT NULL, previous_session_id TEXT,
        reason TEXT CHECK (reason IS NULL OR reason IN ('initial', 'reset', 'rollover', 'fork',
          'rewind', 'switch', 'recovery', 'compaction')),
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
        FOREIGN KEY (session_key) REFERENCES session_nodes(session_key) ON DELETE CASCADE
      ) STRICT""";

  private static final String TRANSCRIPTS =
      """
      CREATE TABLE transcript_events (
        session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT,
        created_at INTEGER NOT NULL, event_zstd BLOB, event_utf8_bytes INTEGER,
        navigation_json TEXT, PRIMARY KEY (session_id, seq)
      ) STRICT""";

  private static final String TRAJECTORIES =
      """
      CREATE TABLE trajectory_runtime_events (
        session_id TEXT NOT NULL, seq INTEGER NOT NULL, run_id TEXT, event_json TEXT NOT NULL,
        created_at INTEGER NOT NULL, PRIMARY KEY (session_id, seq)
      ) STRICT""";

  private static final String AUDIT =
      """
      CREATE TABLE audit_events (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE,
        source_id TEXT NOT NULL UNIQUE, schema_version INTEGER NOT NULL DEFAULT 1,
        source_sequence INTEGER NOT NULL, occurred_at INTEGER NOT NULL, kind TEXT NOT NULL,
        action TEXT NOT NULL, status TEXT NOT NULL, error_code TEXT, actor_type TEXT NOT NULL,
        actor_id TEXT NOT NULL, agent_id TEXT, session_key TEXT, session_id TEXT, run_id TEXT
      ) STRICT""";

  private final Path state;
  private final Path file;
  private final Connection agent;
  private final Connection shared;
  private int number;

  SqliteStore(Path state) throws IOException, SQLException {
    this.state = state;
    Path folder = Files.createDirectories(state.resolve("agents/main/agent"));
    Files.createDirectories(state.resolve("state"));
    this.file = folder.resolve("openclaw-agent.sqlite");
    this.agent = open(file, NODES, WINDOWS, TRANSCRIPTS, TRAJECTORIES);
    this.shared = open(state.resolve("state/openclaw.sqlite"), AUDIT);
  }

  private static Connection open(Path file, String... tables) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      for (String table : tables) {
        statement.execute(table);
      }
    }
    return connection;
  }

  Path state() {
    return state;
  }

  Path file() {
    return file;
  }

  SqliteStore node(String key, String sessionId, String status, String moreOfEntry)
      throws SQLException {
    String entry =
        "{\"sessionId\":\"%s\",\"lifecycleRevision\":\"r-%d\",\"updatedAt\":1%s%s}"
            .formatted(
                sessionId,
                ++number,
                status == null ? "" : ",\"status\":\"" + status + "\"",
                moreOfEntry);
    return put(
        agent,
        "INSERT INTO session_nodes(session_key, current_session_id, entry_json, updated_at, status)"
            + " VALUES (?, ?, ?, 1, ?) ON CONFLICT (session_key) DO UPDATE SET"
            + " current_session_id = excluded.current_session_id,"
            + " entry_json = excluded.entry_json, status = excluded.status",
        key,
        sessionId,
        entry,
        status);
  }

  SqliteStore window(String sessionId, String key, String previous, String reason, long at)
      throws SQLException {
    return put(
        agent,
        "INSERT INTO session_windows(session_id, session_key, previous_session_id, reason,"
            + " created_at, updated_at) VALUES (?, ?, ?, ?, ?, 1)",
        sessionId,
        key,
        previous,
        reason,
        at);
  }

  SqliteStore transcript(String sessionId, String type, long at, String more) throws SQLException {
    return put(
        agent,
        "INSERT INTO transcript_events(session_id, seq, event_json, created_at)"
            + " VALUES (?, ?, ?, ?)",
        sessionId,
        ++number,
        "{\"type\":\"%s\",\"id\":\"e%d\",\"parentId\":null,\"timestamp\":\"%s\"%s}"
            .formatted(type, number, TextStore.iso(at), more),
        at);
  }

  SqliteStore audited(
      String key, String sessionId, String runId, long at, String action, String status)
      throws SQLException {
    return put(
        shared,
        "INSERT INTO audit_events(event_id, source_id, source_sequence, occurred_at, kind, action,"
            + " status, actor_type, actor_id, agent_id, session_key, session_id, run_id)"
            + " VALUES (?, ?, 1, ?, 'agent_run', ?, ?, 'agent', 'main', 'main', ?, ?, ?)",
        "event-" + ++number,
        "source-" + number,
        at,
        "agent.run." + action,
        status,
        key,
        sessionId,
        runId);
  }

  SqliteStore run(String key, String id, String run, long from, long to, String status)
      throws SQLException {
    return audited(key, id, run, from, "started", "started")
        .audited(key, id, run, to, "finished", status);
  }

  private SqliteStore put(Connection into, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = into.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
    return this;
  }

  Connection agent() {
    return agent;
  }

  /** Closing the last connection empties the log into the file. */
  @Override
  public void close() throws SQLException {
    agent.close();
    shared.close();
  }
}

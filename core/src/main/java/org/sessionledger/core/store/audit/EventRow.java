package org.sessionledger.core.store.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code ledger_events} as it is stored, read by nobody yet.
 *
 * @param commandId the id that stands beside the event; null when another event answers the command
 * @param activeRuns null for events of the first schema
 * @param recorded the same time as text
 * @param sessionKey the key with the row's session number; null when there is none, and not asked
 *     for but at a session's first event
 */
record EventRow(
    long position,
    long sessionNo,
    long version,
    String type,
    long generation,
    String event,
    @Nullable String commandId,
    String commandType,
    String command,
    String session,
    @Nullable Integer activeRuns,
    Instant recordedAt,
    String recorded,
    String hash,
    @Nullable String sessionKey) {

  static final String COLUMNS =
      "position, session_no, version, type, generation, event, command_id, command_type, command,"
          + " session, active_runs, recorded_at, hash";

  static EventRow of(ResultSet row, Instants instants) throws SQLException {
    int activeRuns = row.getInt(11);
    boolean old = row.wasNull();
    Instant at = instants.read(row, 12);
    return new EventRow(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getLong(5),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        row.getString(9),
        row.getString(10),
        old ? null : activeRuns,
        at,
        instants.text(at),
        row.getString(13),
        null);
  }

  EventRow of(@Nullable String key) {
    return new EventRow(
        position,
        sessionNo,
        version,
        type,
        generation,
        event,
        commandId,
        commandType,
        command,
        session,
        activeRuns,
        recordedAt,
        recorded,
        hash,
        key);
  }

  /** Characters of its texts. */
  long size() {
    return (long) event.length() + command.length() + session.length();
  }
}

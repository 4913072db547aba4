package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger's one head row: as it is, or as groups under way will leave it. */
final class Head {

  private static final String COLUMNS =
      "commits, position, decision_seq, recorded_at, sessions, active_runs, accepted, duplicates,"
          + " rejected";

  long commits;
  long position;
  long decisionSeq;
  Instant recordedAt;
  long sessions;
  long activeRuns;
  long accepted;
  long duplicates;
  long rejected;

  private Head(ResultSet row) throws SQLException {
    commits = row.getLong("commits");
    position = row.getLong("position");
    decisionSeq = row.getLong("decision_seq");
    recordedAt = Sql.instant(row, "recorded_at");
    sessions = row.getLong("sessions");
    activeRuns = row.getLong("active_runs");
    accepted = row.getLong("accepted");
    duplicates = row.getLong("duplicates");
    rejected = row.getLong("rejected");
  }

  private Head(Head other) {
    commits = other.commits;
    position = other.position;
    decisionSeq = other.decisionSeq;
    recordedAt = other.recordedAt;
    sessions = other.sessions;
    activeRuns = other.activeRuns;
    accepted = other.accepted;
    duplicates = other.duplicates;
    rejected = other.rejected;
  }

  /** The head that one more group will leave; it starts with all that is so by now. */
  Head next() {
    Head next = new Head(this);
    next.commits++;
    return next;
  }

  /**
   * Waits for every other writer, then holds the head until the transaction ends.
   *
   * @param lookup is asked in the same breath, with the head held
   */
  static Head lock(Connection connection, @Nullable Lookup lookup) throws SQLException {
    return read(connection, " FOR UPDATE", lookup == null ? List.of() : lookup.queries());
  }

  static Head peek(Connection connection) throws SQLException {
    return read(connection, "", List.of());
  }

  private static Head read(Connection connection, String lock, List<Query> more)
      throws SQLException {
    List<Head> read = new ArrayList<>();
    List<Query> queries = new ArrayList<>();
    queries.add(
        Query.of(
            "SELECT " + COLUMNS + " FROM ledger_head WHERE id = 1" + lock,
            row -> read.add(new Head(row))));
    queries.addAll(more);
    Query.all(connection, queries);
    if (read.isEmpty()) {
      throw new IllegalStateException("the ledger's head row is missing");
    }
    return read.get(0);
  }

  /** True when this is the same commit: another history may have as many. */
  boolean isSameAs(Head other) {
    return commits == other.commits
        && position == other.position
        && decisionSeq == other.decisionSeq
        && recordedAt.equals(other.recordedAt);
  }

  /** The ledger's time: microseconds, and never before a time that it gave out. */
  Instant tick(Clock clock) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    if (now.isAfter(recordedAt)) {
      recordedAt = now;
    }
    return recordedAt;
  }

  /**
   * @param group the writer's own count of its groups
   */
  void write(Statements statements, String writer, long group) {
    statements.add(
        """
        UPDATE ledger_head SET commits = ?, position = ?, decision_seq = ?, recorded_at = ?,
          sessions = ?, active_runs = ?, accepted = ?, duplicates = ?, rejected = ?
        WHERE id = 1
        """,
        commits,
        position,
        decisionSeq,
        recordedAt,
        sessions,
        activeRuns,
        accepted,
        duplicates,
        rejected);
    statements.add(
        """
        INSERT INTO ledger_writers (writer, commits, seen_at)
        SELECT CAST(? AS VARCHAR), 0, CAST(? AS TIMESTAMP(6) WITH TIME ZONE) WHERE NOT EXISTS (
          SELECT 1 FROM ledger_writers WHERE writer = ?)
        """,
        writer,
        recordedAt,
        writer);
    statements.add(
        "UPDATE ledger_writers SET commits = ?, seen_at = ? WHERE writer = ?",
        group,
        recordedAt,
        writer);
  }
}

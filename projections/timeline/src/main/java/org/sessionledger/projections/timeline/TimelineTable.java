package org.sessionledger.projections.timeline;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.session.Json;
import org.sessionledger.projections.kit.Sql;
import org.sessionledger.projections.kit.Table;

/** The rows of the timeline view. */
final class TimelineTable implements Table<TimelineRow.Key, TimelineRow> {

  /**
   * Events of one attempt in one generation.
   *
   * @param run null: of no run
   * @param firstVersion the session's version of the first of them
   */
  record Counted(long generation, @Nullable RunAttempt run, long events, long firstVersion) {}

  private static final String COLUMNS =
      "session_no, version, generation, ends, run_id, attempt, item";

  private final String name;

  TimelineTable(String name) {
    this.name = name;
  }

  @Override
  public List<TimelineRow> load(Connection connection, List<TimelineRow.Key> keys)
      throws SQLException {
    return Sql.listIn(
        connection,
        TimelineTable::row,
        "SELECT " + COLUMNS + " FROM " + name + " WHERE (session_no, version)",
        keys.stream().map(key -> new Object[] {key.sessionNo(), key.version()}).toList());
  }

  @Override
  public void insert(Connection connection, List<TimelineRow> rows) throws SQLException {
    Sql.insert(
        connection,
        name,
        COLUMNS,
        rows.stream()
            .map(
                row ->
                    new @Nullable Object[] {
                      row.key().sessionNo(),
                      row.version(),
                      row.generation(),
                      row.ends(),
                      row.run() == null ? null : row.run().runId().value(),
                      row.run() == null ? null : (Long) row.run().attempt(),
                      Json.write(row.item())
                    })
            .toList());
  }

  @Override
  public void update(Connection connection, List<TimelineRow> rows) {
    if (!rows.isEmpty()) {
      throw new IllegalStateException("an accepted event never changes");
    }
  }

  List<TimelineEvent> list(Connection connection, long sessionNo, long afterVersion, int limit)
      throws SQLException {
    return Sql.list(
        connection,
        TimelineTable::item,
        "SELECT item FROM "
            + name
            + " WHERE session_no = ? AND version > ? ORDER BY version LIMIT ?",
        sessionNo,
        afterVersion,
        limit);
  }

  /**
   * The version of the event that ended a generation.
   *
   * @param generation null: the one that ended last
   */
  Optional<Long> rotation(Connection connection, long sessionNo, @Nullable Long generation)
      throws SQLException {
    return Sql.one(
        connection,
        row -> row.getLong("version"),
        "SELECT version FROM "
            + name
            + " WHERE session_no = ? AND ends BETWEEN ? AND ? ORDER BY ends DESC LIMIT 1",
        sessionNo,
        generation == null ? (Long) 1L : generation,
        generation == null ? (Long) Long.MAX_VALUE : generation);
  }

  /** The attempts that a generation had events of, up to a version. */
  List<RunAttempt> runsOf(Connection connection, long sessionNo, long generation, long version)
      throws SQLException {
    return Sql.list(
        connection,
        row -> new RunAttempt(new RunId(row.getString("run_id")), row.getLong("attempt")),
        "SELECT DISTINCT run_id, attempt FROM "
            + name
            + " WHERE session_no = ? AND version <= ? AND generation = ? AND run_id IS NOT NULL",
        sessionNo,
        version,
        generation);
  }

  /** The events after a version, counted by generation and attempt. */
  List<Counted> countAfter(Connection connection, long sessionNo, long version)
      throws SQLException {
    return Sql.list(
        connection,
        row ->
            new Counted(
                row.getLong("generation"),
                run(row),
                row.getLong("events"),
                row.getLong("first_version")),
        "SELECT generation, run_id, attempt, COUNT(*) AS events, MIN(version) AS first_version FROM "
            + name
            + " WHERE session_no = ? AND version > ? GROUP BY generation, run_id, attempt",
        sessionNo,
        version);
  }

  private static TimelineRow row(ResultSet row) throws SQLException {
    return new TimelineRow(
        new TimelineRow.Key(row.getLong("session_no"), row.getLong("version")),
        row.getLong("generation"),
        Sql.longOrNull(row, "ends"),
        run(row),
        item(row));
  }

  private static @Nullable RunAttempt run(ResultSet row) throws SQLException {
    String id = row.getString("run_id");
    return id == null ? null : new RunAttempt(new RunId(id), row.getLong("attempt"));
  }

  private static TimelineEvent item(ResultSet row) throws SQLException {
    return Json.read(row.getString("item"), TimelineEvent.class);
  }
}

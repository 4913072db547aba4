package org.sessionledger.projections.runs;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Sql;
import org.sessionledger.projections.kit.Table;

/** The rows of the runs view. */
final class RunsTable implements Table<RunKey, RunRow> {

  /**
   * When an attempt began, in versions of its session, and which generation owns it or did last.
   */
  record Begun(RunAttempt run, long startedVersion, long generation) {}

  private static final String COLUMNS =
      "session_no, run_id, attempt, version, started_version, first_generation, generation,"
          + " status, details";

  private final String name;

  RunsTable(String name) {
    this.name = name;
  }

  @Override
  public List<RunRow> load(Connection connection, List<RunKey> keys) throws SQLException {
    return Sql.listIn(
        connection,
        RunsTable::row,
        "SELECT " + COLUMNS + " FROM " + name + " WHERE (session_no, run_id, attempt)",
        keys.stream()
            .map(
                key ->
                    new Object[] {key.sessionNo(), key.run().runId().value(), key.run().attempt()})
            .toList());
  }

  @Override
  public void insert(Connection connection, List<RunRow> rows) throws SQLException {
    Sql.insert(
        connection,
        name,
        COLUMNS,
        rows.stream()
            .map(
                row ->
                    values(
                        row.key().sessionNo(),
                        row.key().run().runId().value(),
                        row.key().run().attempt(),
                        row.version(),
                        row.startedVersion(),
                        row.firstGeneration(),
                        row.generation(),
                        row.status().code(),
                        Json.write(row.details())))
            .toList());
  }

  @Override
  public void update(Connection connection, List<RunRow> rows) throws SQLException {
    Sql.batch(
        connection,
        "UPDATE "
            + name
            + """
             SET version = ?, generation = ?, status = ?, details = ?
            WHERE session_no = ? AND run_id = ? AND attempt = ? AND version < ?
            """,
        rows.stream()
            .map(
                row ->
                    values(
                        row.version(),
                        row.generation(),
                        row.status().code(),
                        Json.write(row.details()),
                        row.key().sessionNo(),
                        row.key().run().runId().value(),
                        row.key().run().attempt(),
                        row.version()))
            .toList());
  }

  /** Oldest first. */
  List<RunRow> list(
      Connection connection,
      long sessionNo,
      @Nullable Long generation,
      long afterStarted,
      int limit)
      throws SQLException {
    List<@Nullable Object> values = new ArrayList<>(List.of(sessionNo, afterStarted));
    String owned = "";
    if (generation != null) {
      owned = " AND first_generation <= ? AND generation >= ?";
      values.add(generation);
      values.add(generation);
    }
    values.add(limit);
    return Sql.list(
        connection,
        RunsTable::row,
        "SELECT "
            + COLUMNS
            + " FROM "
            + name
            + " WHERE session_no = ? AND started_version > ?"
            + owned
            + " ORDER BY started_version LIMIT ?",
        values.toArray());
  }

  /** All attempts of some runs, oldest first. */
  List<Begun> attempts(Connection connection, long sessionNo, Collection<RunId> runs)
      throws SQLException {
    List<Begun> begun =
        new ArrayList<>(
            Sql.listIn(
                connection,
                row ->
                    new Begun(run(row), row.getLong("started_version"), row.getLong("generation")),
                "SELECT run_id, attempt, started_version, generation FROM "
                    + name
                    + " WHERE (session_no, run_id)",
                runs.stream().map(run -> new Object[] {sessionNo, run.value()}).toList()));
    begun.sort(java.util.Comparator.comparingLong(Begun::startedVersion));
    return begun;
  }

  private static RunRow row(ResultSet row) throws SQLException {
    return new RunRow(
        new RunKey(row.getLong("session_no"), run(row)),
        row.getLong("version"),
        row.getLong("started_version"),
        row.getLong("first_generation"),
        row.getLong("generation"),
        Status.of(row.getString("status")),
        Json.read(row.getString("details"), RunRow.Details.class));
  }

  private static RunAttempt run(ResultSet row) throws SQLException {
    return new RunAttempt(new RunId(row.getString("run_id")), row.getLong("attempt"));
  }

  private static @Nullable Object[] values(@Nullable Object... values) {
    return values;
  }
}

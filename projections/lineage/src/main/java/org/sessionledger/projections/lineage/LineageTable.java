package org.sessionledger.projections.lineage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.projections.kit.Sql;
import org.sessionledger.projections.kit.Table;

/** The rows of the lineage view. */
final class LineageTable implements Table<LineageRow.Key, LineageRow> {

  /**
   * A fork, and how many forks its generation has.
   *
   * @param forks the number of the generation
   */
  record CountedFork(long forks, long count, LineageRow.Fact fact) {}

  private static final String COLUMNS =
      "session_no, version, generation, begins, ends, forks, fact";

  private final String name;

  LineageTable(String name) {
    this.name = name;
  }

  @Override
  public List<LineageRow> load(Connection connection, List<LineageRow.Key> keys)
      throws SQLException {
    return Sql.listIn(
        connection,
        LineageTable::row,
        "SELECT " + COLUMNS + " FROM " + name + " WHERE (session_no, version)",
        keys.stream().map(key -> new Object[] {key.sessionNo(), key.version()}).toList());
  }

  @Override
  public void insert(Connection connection, List<LineageRow> rows) throws SQLException {
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
                      row.begins(),
                      row.ends(),
                      row.forks(),
                      Json.write(row.fact())
                    })
            .toList());
  }

  @Override
  public void update(Connection connection, List<LineageRow> rows) {
    if (!rows.isEmpty()) {
      throw new IllegalStateException("what moved a generation never changes");
    }
  }

  /** What began generations, first to last. */
  List<LineageRow> begun(Connection connection, long sessionNo, long after, int limit)
      throws SQLException {
    return Sql.list(
        connection,
        LineageTable::row,
        "SELECT "
            + COLUMNS
            + " FROM "
            + name
            + " WHERE session_no = ? AND begins > ? ORDER BY begins LIMIT ?",
        sessionNo,
        after,
        limit);
  }

  /** What ended generations. */
  List<LineageRow> ended(Connection connection, long sessionNo, long first, long last)
      throws SQLException {
    return Sql.list(
        connection,
        LineageTable::row,
        "SELECT " + COLUMNS + " FROM " + name + " WHERE session_no = ? AND ends BETWEEN ? AND ?",
        sessionNo,
        first,
        last);
  }

  /** The first forks of each generation, oldest first. */
  List<CountedFork> forks(
      Connection connection, long sessionNo, long first, long last, int ofEachMax)
      throws SQLException {
    return Sql.list(
        connection,
        row -> new CountedFork(row.getLong("forks"), row.getLong("total"), fact(row)),
        """
        SELECT forks, fact, total FROM (
          SELECT forks, version, fact,
            ROW_NUMBER() OVER (PARTITION BY forks ORDER BY version) AS nth,
            COUNT(*) OVER (PARTITION BY forks) AS total
          FROM %s WHERE session_no = ? AND forks BETWEEN ? AND ?
        ) AS numbered WHERE nth <= ? ORDER BY forks, version
        """
            .formatted(name),
        sessionNo,
        first,
        last,
        ofEachMax);
  }

  private static LineageRow row(ResultSet row) throws SQLException {
    return new LineageRow(
        new LineageRow.Key(row.getLong("session_no"), row.getLong("version")),
        row.getLong("generation"),
        Sql.longOrNull(row, "begins"),
        Sql.longOrNull(row, "ends"),
        Sql.longOrNull(row, "forks"),
        fact(row));
  }

  private static LineageRow.Fact fact(ResultSet row) throws SQLException {
    return Json.read(row.getString("fact"), LineageRow.Fact.class);
  }
}

package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/** The tables of the views: one serves, and others are being filled or are to be dropped. */
final class ViewTables {

  /**
   * How far a view is, and where its rows are.
   *
   * @param position the newest event that it has
   * @param parked sessions that it leaves alone
   */
  record At(String table, long position, long parked) {

    static final String COLUMNS = "table_name, position, parked";

    static At of(ResultSet row) throws SQLException {
      return new At(row.getString("table_name"), row.getLong("position"), row.getLong("parked"));
    }
  }

  private ViewTables() {}

  /** The table that serves before the first rebuild. */
  static String first(String view) {
    return "view_" + view;
  }

  /** Empty when the view was never opened on this database. */
  static Optional<At> find(Connection connection, String view) throws SQLException {
    return find(connection, view, "");
  }

  static At at(Connection connection, String view) throws SQLException {
    return find(connection, view)
        .orElseThrow(() -> new IllegalStateException("view " + view + " has no token"));
  }

  /**
   * Keeps everybody from moving a view and from replacing its table, until the transaction ends.
   */
  static At lock(Connection connection, String view) throws SQLException {
    return find(connection, view, " FOR UPDATE")
        .orElseThrow(() -> new IllegalStateException("view " + view + " has no token"));
  }

  private static Optional<At> find(Connection connection, String view, String how)
      throws SQLException {
    return Sql.one(
        connection,
        At::of,
        "SELECT " + At.COLUMNS + " FROM view_tokens WHERE processor_name = ?" + how,
        view);
  }

  /**
   * Makes a table that serves nobody yet. It is noted before it is there: a crash leaves no debris.
   */
  static String make(DataSource dataSource, View view) {
    String table =
        first(view.name())
            + "_"
            + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
    Sql.transaction(
        dataSource,
        connection ->
            Sql.update(
                connection,
                "INSERT INTO view_spare_tables (table_name, processor_name) VALUES (?, ?)",
                table,
                view.name()));
    Migrations.of(dataSource, view, table);
    return table;
  }

  /** A table takes the place of the one that serves, when the transaction commits. */
  static void serve(Connection connection, String view, String table, String before)
      throws SQLException {
    Sql.update(
        connection, "UPDATE view_tokens SET table_name = ? WHERE processor_name = ?", table, view);
    Sql.update(
        connection,
        "UPDATE view_spare_tables SET table_name = ? WHERE table_name = ?",
        before,
        table);
  }

  /** The tables that no rebuild under way fills. */
  static List<String> spare(Connection connection) throws SQLException {
    return Sql.list(
        connection,
        row -> row.getString("table_name"),
        """
        SELECT s.table_name FROM view_spare_tables s
        WHERE NOT EXISTS (
          SELECT 1 FROM view_rebuilds r
          WHERE r.processor_name = s.processor_name AND r.running = 1)
        """);
  }

  /** Waits for whoever reads it now. What fails is tried again: it stays noted until it is gone. */
  static void drop(DataSource dataSource, String table) {
    Sql.query(
        dataSource,
        connection -> {
          Sql.update(connection, "DROP TABLE IF EXISTS " + table);
          Sql.update(connection, "DROP TABLE IF EXISTS \"" + Migrations.history(table) + "\"");
          return Sql.update(
              connection, "DELETE FROM view_spare_tables WHERE table_name = ?", table);
        });
  }
}

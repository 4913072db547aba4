package org.sessionledger.bench;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** A table as the database describes it, whatever the ledger's layout is today. */
record Layout(String table, List<Column> columns, List<Integer> key) {

  /**
   * @param type its name in the database
   * @param generated not to be written
   * @param identity given by the database unless it is told otherwise
   */
  record Column(String name, String type, boolean generated, boolean identity) {}

  /** The tables of the schema that a connection is in. */
  static List<Layout> of(Connection connection) throws SQLException {
    List<Layout> layouts = new ArrayList<>();
    DatabaseMetaData data = connection.getMetaData();
    String schema = connection.getSchema();
    try (ResultSet tables =
        data.getTables(
            connection.getCatalog(),
            schema,
            "%",
            new String[] {"TABLE", "BASE TABLE", "PARTITIONED TABLE"})) {
      while (tables.next()) {
        String table = tables.getString("TABLE_NAME");
        if (isLedgers(table.toLowerCase(Locale.ROOT))) {
          layouts.add(of(data, connection.getCatalog(), schema, table));
        }
      }
    }
    return layouts;
  }

  private static boolean isLedgers(String table) {
    return !table.equals(Changes.TABLE) && !table.endsWith("schema_history");
  }

  private static Layout of(DatabaseMetaData data, String catalog, String schema, String table)
      throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (ResultSet rows = data.getColumns(catalog, schema, table, "%")) {
      while (rows.next()) {
        columns.add(
            new Column(
                rows.getString("COLUMN_NAME"),
                rows.getString("TYPE_NAME"),
                "YES".equals(rows.getString("IS_GENERATEDCOLUMN")),
                "YES".equals(rows.getString("IS_AUTOINCREMENT"))));
      }
    }
    TreeMap<Integer, Integer> key = new TreeMap<>();
    List<String> names = columns.stream().map(Column::name).toList();
    try (ResultSet rows = data.getPrimaryKeys(catalog, schema, table)) {
      while (rows.next()) {
        key.put(rows.getInt("KEY_SEQ"), names.indexOf(rows.getString("COLUMN_NAME")));
      }
    }
    return new Layout(table, columns, List.copyOf(key.values()));
  }
}

package org.sessionledger.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What stands in each table, in few characters: equal when the rows are, in whatever order.
 *
 * @param tables by name: how many rows, and the sum of their hashes
 */
record Contents(TreeMap<String, String> tables) {

  static Contents of(Connection connection) throws SQLException {
    TreeMap<String, String> tables = new TreeMap<>();
    for (Layout layout : Layout.of(connection)) {
      tables.put(layout.table(), of(connection, layout.table()));
    }
    return new Contents(tables);
  }

  private static String of(Connection connection, String table) throws SQLException {
    long count = 0;
    long sum = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM \"" + table + '"')) {
      int columns = rows.getMetaData().getColumnCount();
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      while (rows.next()) {
        for (int column = 1; column <= columns; column++) {
          sha.update((rows.getString(column) + "\0").getBytes(StandardCharsets.UTF_8));
        }
        sum += ByteBuffer.wrap(sha.digest()).getLong();
        count++;
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return count + " rows, " + Long.toHexString(sum);
  }

  /** The tables that are not the same; empty when all are. */
  TreeSet<String> differences(Contents other) {
    TreeSet<String> different = new TreeSet<>(tables.keySet());
    different.addAll(other.tables.keySet());
    different.removeIf(
        table -> tables.containsKey(table) && tables.get(table).equals(other.tables.get(table)));
    return different;
  }
}

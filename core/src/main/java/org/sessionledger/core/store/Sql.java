package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The little that JDBC lacks: parameters by value, rows by function. */
final class Sql {

  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private Sql() {}

  static <T> List<T> list(Connection connection, Row<T> row, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, 0, values);
      try (ResultSet rows = statement.executeQuery()) {
        List<T> all = new ArrayList<>();
        while (rows.next()) {
          all.add(row.read(rows));
        }
        return all;
      }
    }
  }

  static <T> Optional<T> one(
      Connection connection, Row<T> row, String sql, @Nullable Object... values)
      throws SQLException {
    List<T> all = list(connection, row, sql, values);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0));
  }

  static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, 0, values);
      return statement.executeUpdate();
    }
  }

  /** One statement for many rows. */
  static void batch(Connection connection, String sql, List<@Nullable Object[]> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (@Nullable Object[] row : rows) {
        bind(statement, 0, row);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Long longOrNull(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  /** A pattern for {@code LIKE ? ESCAPE '!'}: what begins with a text, to the letter. */
  static String beginsWith(String prefix) {
    return prefix.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
  }

  /**
   * Binds values to the parameters after some that are bound.
   *
   * @return how many are bound now
   */
  static int bind(PreparedStatement statement, int bound, @Nullable Object[] values)
      throws SQLException {
    int i = bound;
    for (Object value : values) {
      i++;
      if (value instanceof Instant instant) {
        statement.setObject(i, OffsetDateTime.ofInstant(instant, ZoneOffset.UTC));
      } else if (value instanceof Long number) {
        statement.setLong(i, number);
      } else if (value instanceof Integer number) {
        statement.setInt(i, number);
      } else if (value instanceof String text) {
        statement.setString(i, text);
      } else if (value instanceof Long[] numbers) {
        statement.setArray(i, statement.getConnection().createArrayOf("bigint", numbers));
      } else if (value instanceof Integer[] numbers) {
        statement.setArray(i, statement.getConnection().createArrayOf("integer", numbers));
      } else if (value instanceof Instant[] instants) {
        statement.setArray(
            i, statement.getConnection().createArrayOf("timestamptz", texts(instants)));
      } else if (value instanceof String[] texts) {
        statement.setArray(i, statement.getConnection().createArrayOf("varchar", texts));
      } else if (value == null) {
        statement.setObject(i, null);
      } else {
        throw new IllegalArgumentException("no SQL value: " + value.getClass());
      }
    }
    return i;
  }

  private static String[] texts(@Nullable Instant[] instants) {
    String[] texts = new String[instants.length];
    for (int i = 0; i < texts.length; i++) {
      Instant at = instants[i];
      texts[i] = at == null ? null : OffsetDateTime.ofInstant(at, ZoneOffset.UTC).toString();
    }
    return texts;
  }
}

package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The little that JDBC lacks: parameters by value, rows by function, many keys in one question. */
public final class Sql {

  /** Makes a value of a result's current row. */
  @FunctionalInterface
  public interface Read<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Work on a connection. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private static final int KEYS_MAX = 256;

  /** Rows of one statement. */
  private static final int ROWS_MAX = 64;

  /** PostgreSQL counts a statement's parameters in 16 bits. */
  private static final int VALUES_MAX = 32_767;

  private Sql() {}

  /** Asks a question on a connection of its own. */
  public static <T> T query(DataSource dataSource, Work<T> question) {
    try (Connection connection = dataSource.getConnection()) {
      return question.on(connection);
    } catch (SQLException e) {
      throw new ViewFailure("a view cannot be read", e);
    }
  }

  public static <T> List<T> list(
      Connection connection, Read<T> read, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, 1, values);
      try (ResultSet rows = statement.executeQuery()) {
        List<T> all = new ArrayList<>();
        while (rows.next()) {
          all.add(read.read(rows));
        }
        return all;
      }
    }
  }

  public static <T> Optional<T> one(
      Connection connection, Read<T> read, String sql, @Nullable Object... values)
      throws SQLException {
    List<T> all = list(connection, read, sql, values);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0));
  }

  /**
   * The rows with any of many keys.
   *
   * @param sql up to the columns of the key: {@code SELECT … WHERE (a, b)}
   * @param keys the values of these columns, the same number for each key
   */
  public static <T> List<T> listIn(
      Connection connection, Read<T> read, String sql, List<Object[]> keys) throws SQLException {
    List<T> all = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += KEYS_MAX) {
      List<Object[]> some = keys.subList(from, Math.min(keys.size(), from + KEYS_MAX));
      // Few different lengths, so that the database meets the same few statements again.
      int places = Integer.highestOneBit(some.size() * 2 - 1);
      String key = "(" + String.join(", ", Collections.nCopies(some.get(0).length, "?")) + ")";
      String in = String.join(", ", Collections.nCopies(places, key));
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < places; i++) {
        Collections.addAll(values, some.get(Math.min(i, some.size() - 1)));
      }
      all.addAll(list(connection, read, sql + " IN (" + in + ")", values.toArray()));
    }
    return all;
  }

  public static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, 1, values);
      return statement.executeUpdate();
    }
  }

  /** One statement for many rows, each of which it must meet. */
  public static void batch(Connection connection, String sql, List<@Nullable Object[]> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (@Nullable Object[] row : rows) {
        bind(statement, 1, row);
        statement.addBatch();
      }
      for (int met : statement.executeBatch()) {
        if (met != 1 && met != Statement.SUCCESS_NO_INFO) {
          throw new IllegalStateException("a row was moved by another writer: " + sql);
        }
      }
    }
  }

  /**
   * Adds rows, many with one statement where that is what the database is fast with.
   *
   * @param columns the names of the columns, divided by commas
   */
  public static void insert(
      Connection connection, String table, String columns, List<@Nullable Object[]> rows)
      throws SQLException {
    String into = "INSERT INTO " + table + " (" + columns + ") VALUES ";
    if (rows.isEmpty()) {
      return;
    }
    String one = "(" + String.join(", ", Collections.nCopies(rows.get(0).length, "?")) + ")";
    int done = 0;
    if (isPostgres(connection)) {
      int together = Math.min(ROWS_MAX, VALUES_MAX / rows.get(0).length);
      String sql = into + String.join(", ", Collections.nCopies(together, one));
      for (; done + together <= rows.size(); done += together) {
        insertTogether(connection, sql, rows.subList(done, done + together));
      }
    }
    batch(connection, into + one, rows.subList(done, rows.size()));
  }

  private static void insertTogether(
      Connection connection, String sql, List<@Nullable Object[]> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int bound = 1;
      for (@Nullable Object[] row : rows) {
        bind(statement, bound, row);
        bound += row.length;
      }
      statement.executeUpdate();
    }
  }

  static boolean isPostgres(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
  }

  /** Work in a transaction of its own: all of it or nothing. */
  static <T> T transaction(DataSource dataSource, Work<T> work) {
    return query(
        dataSource,
        connection -> {
          connection.setAutoCommit(false);
          try {
            T done = work.on(connection);
            connection.commit();
            return done;
          } finally {
            // Nothing is left to roll back when it went well.
            connection.rollback();
            connection.setAutoCommit(true);
          }
        });
  }

  /** Questions that all see the database as it is when the first one is asked. */
  static <T> T snapshot(DataSource dataSource, Work<T> questions) {
    return query(
        dataSource,
        connection -> {
          // H2's repeatable read is one of each table for itself.
          connection.setTransactionIsolation(
              isPostgres(connection)
                  ? Connection.TRANSACTION_REPEATABLE_READ
                  : Connection.TRANSACTION_SERIALIZABLE);
          connection.setAutoCommit(false);
          try {
            return questions.on(connection);
          } finally {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
          }
        });
  }

  public static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  public static @Nullable Long longOrNull(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  /** A pattern for {@code LIKE ? ESCAPE '!'}: what begins with a text, to the letter. */
  public static String beginsWith(String prefix) {
    return prefix.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
  }

  private static void bind(PreparedStatement statement, int from, @Nullable Object[] values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value instanceof Instant instant) {
        statement.setObject(from + i, OffsetDateTime.ofInstant(instant, ZoneOffset.UTC));
      } else if (value instanceof Long number) {
        statement.setLong(from + i, number);
      } else if (value instanceof Integer number) {
        statement.setInt(from + i, number);
      } else if (value instanceof String text) {
        statement.setString(from + i, text);
      } else if (value == null) {
        statement.setObject(from + i, null);
      } else {
        throw new IllegalArgumentException("no SQL value: " + value.getClass());
      }
    }
  }
}

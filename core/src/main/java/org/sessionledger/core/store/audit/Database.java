package org.sessionledger.core.store.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.sessionledger.core.store.StoreFailure;

/** Short questions over connections of their own, so that no long one is in the writer's way. */
record Database(DataSource dataSource) {

  /** Rows that a driver holds at a time. */
  private static final int FETCH = 2_000;

  interface Row {
    void take(ResultSet row) throws SQLException;
  }

  interface Work<T> {
    T of(Connection connection) throws SQLException;
  }

  void each(String sql, Row row, Object... values) {
    work(
        connection -> {
          each(connection, sql, row, values);
          return true;
        });
  }

  static void each(Connection connection, String sql, Row row, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        Object value = values[i];
        if (value instanceof Long[] numbers) {
          statement.setArray(i + 1, connection.createArrayOf("bigint", numbers));
        } else if (value instanceof String[] texts) {
          statement.setArray(i + 1, connection.createArrayOf("varchar", texts));
        } else {
          statement.setObject(i + 1, value);
        }
      }
      // Where the transaction allows it, PostgreSQL's driver does not hold all rows at once.
      statement.setFetchSize(FETCH);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          row.take(rows);
        }
      }
    }
  }

  /** What several questions tell of one moment. */
  <T> T atOneMoment(Work<T> work) {
    return work(
        connection -> {
          connection.setAutoCommit(false);
          // H2's repeatable read is one of each table for itself.
          connection.setTransactionIsolation(
              connection.getMetaData().getDatabaseProductName().equals("H2")
                  ? Connection.TRANSACTION_SERIALIZABLE
                  : Connection.TRANSACTION_REPEATABLE_READ);
          try {
            return work.of(connection);
          } finally {
            connection.rollback();
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(true);
          }
        });
  }

  private <T> T work(Work<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      return work.of(connection);
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the ledger", e);
    }
  }
}

package org.sessionledger.core.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Holds up every writer of a database, as a slow or busy one does, until it is closed. */
public final class HeadLock implements AutoCloseable {

  private final Connection connection;

  private HeadLock(Connection connection) {
    this.connection = connection;
  }

  public static HeadLock on(DataSource dataSource) {
    try {
      Connection connection = dataSource.getConnection();
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.executeQuery("SELECT * FROM ledger_head WHERE id = 1 FOR UPDATE").close();
      }
      return new HeadLock(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

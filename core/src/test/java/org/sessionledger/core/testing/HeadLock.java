package org.sessionledger.core.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Holds up every writer of a database, as a slow or busy one does, until it is closed. */
public final class HeadLock implements AutoCloseable {

  private final Connection connection;

  /** Counts the connections that wait. */
  private final String waiters;

  private HeadLock(Connection connection) throws SQLException {
    this.connection = connection;
    this.waiters =
        connection.getMetaData().getDatabaseProductName().equals("H2")
            ? "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL"
            : "SELECT COUNT(*) FROM pg_locks WHERE NOT granted";
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

  /** Until somebody else waits for the head. */
  public void awaitAnother() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (waiting() == 0) {
      if (System.nanoTime() > end) {
        throw new AssertionError("nobody waits for the head");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  private long waiting() {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(waiters)) {
      row.next();
      return row.getLong(1);
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

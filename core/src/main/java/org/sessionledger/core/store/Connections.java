package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The deciding thread's two connections: one reads what is committed, one writes groups. */
final class Connections implements AutoCloseable {

  private final DataSource dataSource;
  private @Nullable Connection reading;
  private @Nullable Connection writing;

  Connections(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Commits by itself after each statement, so that it always sees the newest state. */
  Connection reading() {
    try {
      Connection open = reading;
      if (open == null || open.isClosed()) {
        open = dataSource.getConnection();
        open.setAutoCommit(true);
        reading = open;
      }
      return open;
    } catch (SQLException e) {
      throw StoreFailure.unreachable(e);
    }
  }

  Connection writing() {
    try {
      Connection open = writing;
      if (open == null || open.isClosed()) {
        open = dataSource.getConnection();
        open.setAutoCommit(false);
        open.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        writing = open;
      }
      return open;
    } catch (SQLException e) {
      throw StoreFailure.unreachable(e);
    }
  }

  /** Gives both back; the next use takes new ones, since these may be broken. */
  @Override
  public void close() {
    close(reading);
    close(writing);
    reading = null;
    writing = null;
  }

  private static void close(@Nullable Connection connection) {
    if (connection == null) {
      return;
    }
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
    } catch (SQLException broken) {
      // A broken connection has nothing left to roll back; the database does it.
      Store.LOG.debug("rollback on a connection that is given back", broken);
    }
    try {
      connection.close();
    } catch (SQLException broken) {
      Store.LOG.debug("close of a broken connection", broken);
    }
  }
}

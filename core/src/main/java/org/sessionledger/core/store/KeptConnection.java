package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is kept for one purpose, by one thread at a time. One that broke is replaced at
 * the next use.
 */
final class KeptConnection implements AutoCloseable {

  private static final int TRIES_MAX = 20;

  private static final int VALID_SECONDS = 5;

  private final DataSource dataSource;
  private final boolean autoCommit;
  private @Nullable Connection kept;

  /**
   * @param autoCommit true: each statement sees the newest state; false: the user commits
   */
  KeptConnection(DataSource dataSource, boolean autoCommit) {
    this.dataSource = dataSource;
    this.autoCommit = autoCommit;
  }

  Connection open() {
    try {
      Connection open = kept;
      if (open == null || open.isClosed()) {
        open = take();
        kept = open;
      }
      return open;
    } catch (SQLException e) {
      throw StoreFailure.unreachable(e);
    }
  }

  /** A pool may lend connections that broke a moment ago; one after the other is thrown away. */
  private Connection take() throws SQLException {
    for (int tries = 1; ; tries++) {
      Connection taken = dataSource.getConnection();
      try {
        if (!taken.isValid(VALID_SECONDS)) {
          throw new SQLException("the pool lent a broken connection");
        }
        prepare(taken);
        return taken;
      } catch (SQLException e) {
        giveBack(taken);
        if (tries == TRIES_MAX) {
          throw e;
        }
      }
    }
  }

  private void prepare(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    Dialect.of(connection).prepare(connection);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(autoCommit);
  }

  /** Gives it back, what was not committed undone; the next use takes a new one. */
  @Override
  public void close() {
    Connection open = kept;
    kept = null;
    if (open != null) {
      giveBack(open);
    }
  }

  private static void giveBack(Connection connection) {
    quietly(
        () -> {
          if (!connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
          }
          Dialect.of(connection).restore(connection);
        });
    quietly(connection::close);
  }

  private interface Step {
    void run() throws SQLException;
  }

  private static void quietly(Step step) {
    try {
      step.run();
    } catch (SQLException broken) {
      // A broken connection has nothing left to undo; the database does it.
      Store.LOG.debug("a broken connection is given back", broken);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

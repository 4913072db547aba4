package org.sessionledger.core.store;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool whose connections commit each statement, over one whose connections do not, as programs
 * with an object-relational mapper often have it. Pools reset what they get back.
 */
public final class AutoCommitting implements DataSource {

  private final DataSource pool;

  private AutoCommitting(DataSource pool) {
    this.pool = pool;
  }

  /**
   * The pool itself where its connections commit each statement anyway.
   *
   * @throws StoreFailure when there is no connection to be had
   */
  public static DataSource of(DataSource pool) {
    try (Connection connection = pool.getConnection()) {
      return connection.getAutoCommit() ? pool : new AutoCommitting(pool);
    } catch (SQLException e) {
      throw StoreFailure.unreachable(e);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return committing(pool.getConnection());
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return committing(pool.getConnection(user, password));
  }

  private static Connection committing(Connection connection) throws SQLException {
    try {
      connection.setAutoCommit(true);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    pool.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public @Nullable Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return pool.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(pool) ? type.cast(pool) : pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(pool) || pool.isWrapperFor(type);
  }
}

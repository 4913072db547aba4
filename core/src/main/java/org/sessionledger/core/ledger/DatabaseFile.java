package org.sessionledger.core.ledger;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Makes the connections to the file of an embedded database, and ends all of them when the file
 * cannot be written, on a full disk for example.
 *
 * <p>H2 closes the database then, but not its connections: they pass for valid, new ones join them,
 * and whoever uses one later closes the database that was opened from the file meanwhile. With all
 * of them gone, the next one opens the file as it stands on the disk.
 */
final class DatabaseFile implements DataSource {

  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);

  /** What H2 says when it could not write, or did not survive that. */
  private static final Set<Integer> FILE_FAILED =
      Set.of(
          ErrorCode.GENERAL_ERROR_1,
          ErrorCode.IO_EXCEPTION_1,
          ErrorCode.IO_EXCEPTION_2,
          ErrorCode.DATABASE_IS_CLOSED);

  /** What it says of a connection that was ended. */
  private static final Set<Integer> ENDED =
      Set.of(ErrorCode.OBJECT_CLOSED, ErrorCode.DATABASE_CALLED_AT_SHUTDOWN);

  private final JdbcDataSource h2 = new JdbcDataSource();

  private final List<Connection> open = new ArrayList<>();

  DatabaseFile(String url) {
    h2.setURL(url);
    h2.setUser("sa");
    h2.setPassword("");
  }

  @Override
  public synchronized Connection getConnection() throws SQLException {
    Connection connection = h2.getConnection();
    for (Connection each : List.copyOf(open)) {
      if (each.isClosed()) {
        open.remove(each);
      }
    }
    open.add(connection);
    return connection;
  }

  private synchronized void endAll(SQLException why) {
    if (open.isEmpty()) {
      return;
    }
    LOG.error("The database's file failed; the next use opens it again", why);
    for (Connection each : open) {
      try {
        each.close();
      } catch (SQLException e) {
        LOG.debug("a connection to a file that failed", e);
      }
    }
    open.clear();
  }

  /** Asked by the pool about each failure: whether its connection is of any use after it. */
  final class Failures implements SQLExceptionOverride {

    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
      boolean fileFailed = FILE_FAILED.contains(failure.getErrorCode());
      if (fileFailed) {
        endAll(failure);
      }
      return fileFailed || ENDED.contains(failure.getErrorCode())
          ? SQLExceptionOverride.Override.MUST_EVICT
          : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLException("the file has one user");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return h2.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    h2.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) {
    h2.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() {
    return h2.getLoginTimeout();
  }

  @Override
  public @Nullable Logger getParentLogger() {
    return h2.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return h2.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return h2.isWrapperFor(type);
  }
}

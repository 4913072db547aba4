package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.axonframework.common.transaction.Transaction;
import org.axonframework.common.transaction.TransactionManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection for all that a thread does in a transaction: the tokens and the views' tables meet
 * on it, so that rows and token move together or not at all.
 */
final class ViewTransactions implements TransactionManager {

  private static final Logger LOG = LoggerFactory.getLogger(ViewTransactions.class);

  private final DataSource dataSource;

  /**
   * A thread's transaction.
   *
   * @param serving by view, what serves for as long as the transaction lasts
   */
  private record Current(Connection connection, Map<String, ViewTables.At> serving) {}

  // Not static: two ledgers in one process must not meet on a connection.
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Current> current = new ThreadLocal<>();

  ViewTransactions(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** The connection of the thread's transaction. */
  Connection connection() {
    return now().connection();
  }

  /** A view's token is moved and thereby locked: what serves now does so until the end. */
  void locked(String view, ViewTables.At at) {
    now().serving().put(view, at);
  }

  /** What serves a view until the transaction ends; null while nothing keeps it so. */
  ViewTables.@Nullable At serving(String view) {
    return now().serving().get(view);
  }

  private Current now() {
    Current now = current.get();
    if (now == null) {
      throw new IllegalStateException("no transaction was started on this thread");
    }
    return now;
  }

  @Override
  public Transaction startTransaction() {
    if (current.get() != null) {
      throw new IllegalStateException("a transaction was started on this thread already");
    }
    try {
      Connection connection = dataSource.getConnection();
      try {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      current.set(new Current(connection, new HashMap<>()));
      return new OfThread();
    } catch (SQLException e) {
      throw new ViewFailure("no transaction for a view", e);
    }
  }

  private final class OfThread implements Transaction {

    @Override
    public void commit() {
      try {
        connection().commit();
      } catch (SQLException e) {
        throw new ViewFailure("a view's batch cannot be committed", e);
      }
      close();
    }

    @Override
    public void rollback() {
      if (current.get() == null) {
        return;
      }
      try {
        connection().rollback();
      } catch (SQLException broken) {
        // A broken connection has nothing left to roll back; the database does it.
        LOG.debug("rollback of a view's batch", broken);
      }
      close();
    }

    private void close() {
      Connection connection = connection();
      current.remove();
      try {
        connection.setAutoCommit(true);
        connection.close();
      } catch (SQLException broken) {
        LOG.debug("close of a view's connection", broken);
      }
    }
  }
}

package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * One connection's end of PostgreSQL's notifications. The driver is optional: nothing but {@link
 * Signals} may mention this class, and only where the database is a PostgreSQL.
 */
final class SignalChannel implements AutoCloseable {

  private final Connection connection;
  private final String name;

  /**
   * Ledgers of one database do not wake each other: the channel is named after the ledger's own
   * table, in whatever schema it is found.
   */
  SignalChannel(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    this.connection = connection;
    this.name =
        "session_ledger_"
            + Sql.one(
                    connection,
                    row -> row.getLong("number"),
                    "SELECT CAST('ledger_head' AS regclass)::oid::bigint AS number")
                .orElseThrow();
  }

  void listen() throws SQLException {
    execute("LISTEN " + name);
  }

  /** A connection that went back to its pool listening would gather what nobody reads. */
  @Override
  public void close() throws SQLException {
    execute("UNLISTEN " + name);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Waits for notifications; the newest position that they tell of, empty when none came. */
  OptionalLong await(int timeoutMillis) throws SQLException {
    @Nullable PGNotification @Nullable [] notifications =
        connection.unwrap(PGConnection.class).getNotifications(timeoutMillis);
    OptionalLong newest = OptionalLong.empty();
    if (notifications != null) {
      for (PGNotification each : notifications) {
        long told = position(each.getParameter());
        if (told >= newest.orElse(0)) {
          newest = OptionalLong.of(told);
        }
      }
    }
    return newest;
  }

  /** Everybody may notify: what is no number tells of nothing new, and wakes up all the same. */
  private static long position(String payload) {
    try {
      return Long.parseLong(payload);
    } catch (NumberFormatException e) {
      Store.LOG.debug("A notification that is not the ledger's: {}", payload);
      return 0;
    }
  }

  /** The position that is committed. */
  long position() throws SQLException {
    return Head.peek(connection).position;
  }

  /** A notification is no fact; its transaction does not wait for the disk. */
  void tell(long position) throws SQLException {
    Sql.list(
        connection,
        row -> row,
        "SELECT set_config('synchronous_commit', 'off', true), pg_notify(?, ?)",
        name,
        Long.toString(position));
  }
}

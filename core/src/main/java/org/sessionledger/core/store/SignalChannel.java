package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
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

  /** Waits for notifications; the furthest that they tell of, empty when none came. */
  Optional<Mark> await(int timeoutMillis) throws SQLException {
    @Nullable PGNotification @Nullable [] notifications =
        connection.unwrap(PGConnection.class).getNotifications(timeoutMillis);
    if (notifications == null || notifications.length == 0) {
      return Optional.empty();
    }
    Mark furthest = Mark.NONE;
    for (PGNotification each : notifications) {
      furthest = furthest.max(mark(each.getParameter()));
    }
    return Optional.of(furthest);
  }

  /** Everybody may notify: what is no number tells of nothing new, and wakes up all the same. */
  private static Mark mark(String payload) {
    try {
      int space = payload.indexOf(' ');
      return space < 0
          ? new Mark(Long.parseLong(payload), 0)
          : new Mark(
              Long.parseLong(payload.substring(0, space)),
              Long.parseLong(payload.substring(space + 1)));
    } catch (NumberFormatException e) {
      Store.LOG.debug("A notification that is not the ledger's: {}", payload);
      return Mark.NONE;
    }
  }

  /** How far the ledger is committed. */
  Mark mark() throws SQLException {
    Head head = Head.peek(connection);
    return new Mark(head.position, head.decisionSeq);
  }

  /**
   * A notification is no fact; its transaction does not wait for the disk.
   *
   * @param decisionSeq 0: there is nothing new in the decision log
   */
  void tell(long position, long decisionSeq) throws SQLException {
    Sql.list(
        connection,
        row -> row,
        "SELECT set_config('synchronous_commit', 'off', true), pg_notify(?, ?)",
        name,
        decisionSeq == 0 ? Long.toString(position) : position + " " + decisionSeq);
  }
}

package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Text;
import org.sessionledger.core.session.RecordedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a session whose event a view cannot take from stopping all the others: the session is
 * parked at that event, its rows stay as they are, and the view goes on without it.
 */
final class Parking {

  private static final Logger LOG = LoggerFactory.getLogger(Parking.class);

  private static final int ERROR_MAX = 500;

  /**
   * A session that a view leaves alone.
   *
   * @param version of the first event that the view does not have
   * @param error why the view could not take it
   */
  record Parked(long sessionNo, long version, String error) {

    static Parked at(RecordedEvent event, Throwable cause) {
      return new Parked(event.sessionNo(), event.version(), Text.cut(told(cause), ERROR_MAX));
    }

    /** A view may have any of the session's events, or none. */
    static Parked wholly(long sessionNo, Throwable cause) {
      return new Parked(sessionNo, 1, Text.cut(told(cause), ERROR_MAX));
    }

    /** PostgreSQL stores no NUL. */
    private static String told(Throwable cause) {
      return cause.toString().replace('\0', '?');
    }
  }

  private final View view;

  Parking(View view) {
    this.view = view;
  }

  /**
   * True when an event is to blame and not the database: whatever the view's code throws, and what
   * the database says of values that do not fit.
   */
  static boolean isOfAnEvent(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23"));
      }
      if (cause instanceof Error) {
        return false;
      }
    }
    return failure instanceof RuntimeException;
  }

  /** Those events whose session is not parked. */
  List<RecordedEvent> withoutParked(Connection connection, List<RecordedEvent> events)
      throws SQLException {
    Set<Long> sessions = new LinkedHashSet<>();
    events.forEach(event -> sessions.add(event.sessionNo()));
    Set<Long> parked =
        new HashSet<>(
            Sql.listIn(
                connection,
                row -> row.getLong("session_no"),
                "SELECT session_no FROM view_parked WHERE (processor_name, session_no)",
                sessions.stream().map(session -> new Object[] {view.name(), session}).toList()));
    return events.stream().filter(event -> !parked.contains(event.sessionNo())).toList();
  }

  /**
   * Takes events in one at a time and parks the sessions of those that cannot be taken.
   *
   * @return how many rows refused to go back
   */
  long oneByOne(Connection connection, RowFold<?, ?> fold, List<RecordedEvent> events)
      throws SQLException {
    long back = 0;
    List<Parked> parked = new ArrayList<>();
    Set<Long> sessions = new HashSet<>();
    for (RecordedEvent event : events) {
      if (sessions.contains(event.sessionNo())) {
        continue;
      }
      Savepoint before = connection.setSavepoint();
      try {
        back += fold.apply(connection, List.of(event));
        connection.releaseSavepoint(before);
      } catch (SQLException | RuntimeException e) {
        if (!isOfAnEvent(e)) {
          throw e;
        }
        connection.rollback(before);
        LOG.error(
            "view {} cannot take {}; it goes on without this session until it can",
            view.name(),
            event,
            e);
        sessions.add(event.sessionNo());
        parked.add(Parked.at(event, e));
      }
    }
    add(connection, parked);
    return back;
  }

  private void add(Connection connection, List<Parked> parked) throws SQLException {
    Sql.insert(
        connection,
        "view_parked",
        "processor_name, session_no, version, error",
        parked.stream()
            .map(
                each ->
                    new @Nullable Object[] {
                      view.name(), each.sessionNo(), each.version(), each.error()
                    })
            .toList());
    count(connection);
  }

  private void count(Connection connection) throws SQLException {
    Sql.update(
        connection,
        """
        UPDATE view_tokens SET parked =
          (SELECT COUNT(*) FROM view_parked p WHERE p.processor_name = ?)
        WHERE processor_name = ?
        """,
        view.name(),
        view.name());
  }

  /** These are parked, and no others. */
  void replace(Connection connection, List<Parked> parked) throws SQLException {
    Sql.update(connection, "DELETE FROM view_parked WHERE processor_name = ?", view.name());
    add(connection, parked);
  }

  /** Parked sessions with a higher number, in the order of the numbers. */
  List<Parked> after(Connection connection, long sessionNo, int limit) throws SQLException {
    return Sql.list(
        connection,
        row ->
            new Parked(row.getLong("session_no"), row.getLong("version"), row.getString("error")),
        """
        SELECT session_no, version, error FROM view_parked
        WHERE processor_name = ? AND session_no > ? ORDER BY session_no LIMIT ?
        """,
        view.name(),
        sessionNo,
        limit);
  }

  /** The view has the session's events before a version now. */
  void moved(Connection connection, long sessionNo, long version) throws SQLException {
    Sql.update(
        connection,
        "UPDATE view_parked SET version = ? WHERE processor_name = ? AND session_no = ?",
        version,
        view.name(),
        sessionNo);
  }

  /** The view has all of the session's events. */
  void remove(Connection connection, long sessionNo) throws SQLException {
    Sql.update(
        connection,
        "DELETE FROM view_parked WHERE processor_name = ? AND session_no = ?",
        view.name(),
        sessionNo);
    count(connection);
  }
}

package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionStatus;

/**
 * All sessions as they were at a position of the global order, from the events alone, in the order
 * in which they were opened. That order and the past never change: pages fit each other.
 */
public final class PastSessions {

  /** Sessions that are read at a time. */
  private static final int PAGE = 500;

  private static final int LEDGER_CHARACTERS = 16;

  /**
   * A session as it was.
   *
   * @param sessionNo its place in the order
   */
  public record Item(long sessionNo, SessionStatus status) {}

  /**
   * How far the ledger reaches.
   *
   * @param ledger names the ledger: the beginning of its first event's hash; empty without events
   * @param position of the newest event, 0 without events
   * @param firstAt when the first event was recorded; null without events
   */
  public record Reach(String ledger, long position, @Nullable Instant firstAt) {}

  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private final DataSource dataSource;

  public PastSessions(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  public Reach reach() {
    return ask(
        connection -> {
          long position = Head.peek(connection).position;
          return Sql.one(
                  connection,
                  row ->
                      new Reach(
                          row.getString("hash").substring(0, LEDGER_CHARACTERS),
                          position,
                          Sql.instant(row, "recorded_at")),
                  "SELECT hash, recorded_at FROM ledger_events WHERE position = 1")
              .orElse(new Reach("", 0, null));
        });
  }

  /** The position of the newest event at an instant; empty when that is before the first. */
  public Optional<Long> positionAt(Instant at) {
    return ask(
        connection -> {
          // Times never run back over positions: halving finds it.
          long before = 0;
          long after = Head.peek(connection).position + 1;
          while (after - before > 1) {
            long middle = before + (after - before) / 2;
            if (recordedAt(connection, middle).isAfter(at)) {
              after = middle;
            } else {
              before = middle;
            }
          }
          return before == 0 ? Optional.empty() : Optional.of(before);
        });
  }

  private static Instant recordedAt(Connection connection, long position) throws SQLException {
    return Sql.one(
            connection,
            row -> Sql.instant(row, "recorded_at"),
            "SELECT recorded_at FROM ledger_events WHERE position = ?",
            position)
        .orElseThrow(() -> new SQLException("there is no event with position " + position));
  }

  /**
   * Sessions as the event with a position left them.
   *
   * @param afterSessionNo only those that were opened after this one; 0: from the first
   * @param wanted which are told
   * @param limit most of them that are told
   */
  public List<Item> at(
      long position, long afterSessionNo, Predicate<SessionStatus> wanted, int limit) {
    List<Item> found = new ArrayList<>();
    long after = afterSessionNo;
    while (true) {
      List<Item> page = page(position, after);
      for (Item item : page) {
        if (wanted.test(item.status())) {
          found.add(item);
          if (found.size() == limit) {
            return found;
          }
        }
      }
      if (page.size() < PAGE) {
        return found;
      }
      after = page.get(page.size() - 1).sessionNo();
    }
  }

  /** Sessions are numbered as they are opened, so those of later stand at the end, and end it. */
  private List<Item> page(long position, long after) {
    return ask(
        connection ->
            Sql.list(
                connection,
                row ->
                    new Item(
                        row.getLong("session_no"),
                        Json.read(row.getString("session"), SessionStatus.class)),
                """
                SELECT e.session_no, e.session FROM (
                  SELECT session_no FROM ledger_sessions
                  WHERE session_no > ? ORDER BY session_no LIMIT ?) s
                JOIN ledger_events e ON e.session_no = s.session_no AND e.version = (
                  SELECT m.version FROM ledger_events m
                  WHERE m.session_no = s.session_no AND m.position <= ?
                  ORDER BY m.session_no DESC, m.version DESC LIMIT 1)
                ORDER BY e.session_no
                """,
                after,
                PAGE,
                position));
  }

  private <T> T ask(Question<T> question) {
    try (Connection connection = dataSource.getConnection()) {
      return question.ask(connection);
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the ledger", e);
    }
  }
}

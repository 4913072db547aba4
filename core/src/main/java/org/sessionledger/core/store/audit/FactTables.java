package org.sessionledger.core.store.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.SessionEvent;

/** The tables that are kept for ever, read as the facts that {@link FactFold} makes of events. */
final class FactTables {

  private static final List<String> WITH_SESSIONS =
      List.of("ledger_sessions", "ledger_runs", "ledger_generations", "ledger_compactions");

  private FactTables() {}

  /** All rows, on a connection that sees one moment. */
  static FactSums sums(Connection connection) throws SQLException {
    FactSums sums = new FactSums();
    read(connection, "", sums::add);
    return sums;
  }

  private static void read(
      Connection connection, String where, FactFold.Taker taker, Object... values)
      throws SQLException {
    Database.each(
        connection,
        "SELECT session_no, run_id, attempt, generation, status FROM ledger_runs" + where,
        row ->
            taker.take(
                1,
                row.getLong(1),
                FactFold.run(row.getString(2), row.getLong(3), row.getLong(4), row.getString(5))),
        values);
    Database.each(
        connection,
        "SELECT session_no, generation, session_id, in_place, ended_position"
            + " FROM ledger_generations"
            + where,
        row -> {
          long sessionNo = row.getLong(1);
          long generation = row.getLong(2);
          taker.take(
              1, sessionNo, FactFold.generation(generation, row.getString(3), row.getLong(4)));
          long ended = row.getLong(5);
          if (!row.wasNull()) {
            taker.take(1, sessionNo, FactFold.ended(generation, ended));
          }
        },
        values);
    Database.each(
        connection,
        "SELECT session_no, compaction_id, attempt, state FROM ledger_compactions" + where,
        row -> {
          String id = row.getString(2);
          taker.take(1, row.getLong(1), FactFold.attempts(id, row.getLong(3)));
          taker.take(1, row.getLong(1), FactFold.compaction(id, row.getString(4)));
        },
        values);
  }

  /**
   * Looks into sessions whose sums differ, one by one, each at one moment.
   *
   * @return the first that differs; null when none does by now
   */
  static @Nullable Break search(Database database, List<Integer> shares) {
    for (int share : shares) {
      SortedSet<Long> sessions = new TreeSet<>();
      for (String table : WITH_SESSIONS) {
        database.each(
            "SELECT DISTINCT session_no FROM " + table + " WHERE MOD(session_no, ?) = ?",
            row -> sessions.add(row.getLong(1)),
            FactSums.SHARES,
            share);
      }
      for (long sessionNo : sessions) {
        Optional<Break> found = search(database, sessionNo);
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    return null;
  }

  private static Optional<Break> search(Database database, long sessionNo) {
    return database.atOneMoment(
        connection -> {
          Map<String, Integer> facts = new TreeMap<>();
          @Nullable String[] key = new String[1];
          FactFold fold = new FactFold(counting(facts, 1));
          Database.each(
              connection,
              """
              SELECT e.type, e.event, e.position, s.session_key FROM ledger_events e
              JOIN ledger_sessions s ON s.session_no = e.session_no
              WHERE e.session_no = ? ORDER BY e.session_no, e.version
              """,
              row -> {
                key[0] = row.getString(4);
                fold.apply(sessionNo, event(row.getString(1), row.getString(2)), row.getLong(3));
              },
              sessionNo);
          read(connection, " WHERE session_no = ?", counting(facts, -1), sessionNo);
          for (Map.Entry<String, Integer> fact : facts.entrySet()) {
            boolean missing = fact.getValue() > 0;
            if (fact.getValue() != 0) {
              return Optional.of(
                  Break.of(
                      "facts",
                      null,
                      null,
                      key[0],
                      null,
                      missing ? fact.getKey() : "no such row",
                      missing ? "no such row" : fact.getKey()));
            }
          }
          return Optional.empty();
        });
  }

  private static SessionEvent event(String type, String json) {
    try {
      return StoredEvent.read(type, json);
    } catch (StoredEvent.Unreadable e) {
      throw new IllegalStateException("an event that was readable is so no more", e);
    }
  }

  private static FactFold.Taker counting(Map<String, Integer> facts, int times) {
    return (sign, sessionNo, fact) ->
        facts.merge(String.join(", ", fact), sign * times, Integer::sum);
  }
}

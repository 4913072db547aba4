package org.sessionledger.core.store.audit;

import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.store.Draft;

/**
 * All that changes while a ledger is at work, as it was at one moment: what is checked afterwards
 * lies before that moment, and never changes.
 *
 * @param events the newest event's position, whatever the head says
 * @param decisions the newest line of the decision log, whatever the head says
 * @param sessionRows keys that have a number
 * @param commandRows commands over every session
 * @param arrivals of the decision log's lines, by verdict, and by reason for the rejected
 * @param reasons counted rejections, by reason
 * @param snapshots the versions of saved states that a decider would read, by session number
 * @param facts the rows that are kept for ever
 */
record Opening(
    long position,
    long decisionSeq,
    Instant recordedAt,
    long sessions,
    long activeRuns,
    long accepted,
    long duplicates,
    long rejected,
    long events,
    long decisions,
    long sessionRows,
    long commandRows,
    Map<String, Long> arrivals,
    Map<String, Long> reasons,
    Map<Long, Long> snapshots,
    FactSums facts) {

  static Opening read(Database database) {
    return database.atOneMoment(
        connection -> {
          Map<String, Long> arrivals = new TreeMap<>();
          Database.each(
              connection,
              """
              SELECT verdict, reason, SUM(arrivals) FROM ledger_decisions
              GROUP BY verdict, reason
              """,
              row -> {
                String reason = row.getString(2);
                arrivals.merge(
                    reason == null ? row.getString(1) : row.getString(1) + " " + reason,
                    row.getLong(3),
                    Long::sum);
              });
          Map<String, Long> reasons = new TreeMap<>();
          Database.each(
              connection,
              "SELECT reason, arrivals FROM ledger_rejections",
              row -> reasons.put(row.getString(1), row.getLong(2)));
          Map<Long, Long> snapshots = new HashMap<>();
          Database.each(
              connection,
              "SELECT session_no, version FROM ledger_snapshots WHERE revision = ?",
              row -> snapshots.put(row.getLong(1), row.getLong(2)),
              Draft.Snapshot.REVISION);
          FactSums facts = FactTables.sums(connection);
          @Nullable Opening[] opening = new Opening[1];
          Database.each(
              connection,
              """
              SELECT h.position, h.decision_seq, h.recorded_at, h.sessions, h.active_runs,
                h.accepted, h.duplicates, h.rejected,
                (SELECT COALESCE(MAX(position), 0) FROM ledger_events),
                (SELECT COALESCE(MAX(seq), 0) FROM ledger_decisions),
                (SELECT COUNT(*) FROM ledger_sessions),
                (SELECT COUNT(*) FROM ledger_commands)
              FROM ledger_head h WHERE h.id = 1
              """,
              row ->
                  opening[0] =
                      new Opening(
                          row.getLong(1),
                          row.getLong(2),
                          row.getObject(3, OffsetDateTime.class).toInstant(),
                          row.getLong(4),
                          row.getLong(5),
                          row.getLong(6),
                          row.getLong(7),
                          row.getLong(8),
                          row.getLong(9),
                          row.getLong(10),
                          row.getLong(11),
                          row.getLong(12),
                          arrivals,
                          reasons,
                          snapshots,
                          facts));
          if (opening[0] == null) {
            throw new SQLException("the ledger's head row is missing");
          }
          return opening[0];
        });
  }
}

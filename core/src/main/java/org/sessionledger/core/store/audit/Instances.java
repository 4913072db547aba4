package org.sessionledger.core.store.audit;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.SessionEvent;

/**
 * The way from a process to the sessions in which it started runs. A pair that no event tells of
 * does no harm; one that is missing would leave runs of a dead process open. For one thread.
 */
final class Instances {

  private record Pair(String instance, long sessionNo) {}

  private final Database database;
  private final Limits limits;
  private final Set<Pair> known = new HashSet<>();
  private final Map<Pair, EventRow> asked = new LinkedHashMap<>();

  Instances(Database database, Limits limits) {
    this.database = database;
    this.limits = limits;
  }

  void add(EventRow row, SessionEvent event) {
    // Of before the table was made, only the runs that were open then are in it.
    if (event instanceof SessionEvent.RunStarted started
        && started.instance() != null
        && row.activeRuns() != null) {
      Pair pair = new Pair(started.instance(), row.sessionNo());
      if (!known.contains(pair)) {
        asked.putIfAbsent(pair, row);
      }
    }
  }

  /** The first event whose pair is missing; null when none is. */
  @Nullable Break check() {
    if (asked.isEmpty()) {
      return null;
    }
    if (known.size() > limits.sessions()) {
      known.clear();
    }
    database.each(
        """
        SELECT i.instance, i.session_no
        FROM UNNEST(CAST(? AS VARCHAR ARRAY), CAST(? AS BIGINT ARRAY)) AS q (instance, session_no)
        JOIN ledger_instances i ON i.instance = q.instance AND i.session_no = q.session_no
        """,
        row -> known.add(new Pair(row.getString(1), row.getLong(2))),
        asked.keySet().stream().map(Pair::instance).toArray(String[]::new),
        asked.keySet().stream().map(Pair::sessionNo).toArray(Long[]::new));
    for (Map.Entry<Pair, EventRow> each : asked.entrySet()) {
      if (!known.contains(each.getKey())) {
        return Break.ofEvent(
            each.getValue(), "instance", "the process " + each.getKey().instance(), "none");
      }
    }
    asked.clear();
    return null;
  }
}

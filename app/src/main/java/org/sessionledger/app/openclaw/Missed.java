package org.sessionledger.app.openclaw;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;

/**
 * What a gap may have changed, from the moment when the connection was lost until somebody takes
 * it: the runs that were open then, and the sessions that it may concern.
 */
final class Missed {

  /** Sessions that are noted; a gap over more of them is told of the first. */
  private static final int SESSIONS_MAX = 50_000;

  /** Sessions that only a listing shows, so that the ledger has to be asked whether it has them. */
  private static final int UNKNOWN_MAX = 5_000;

  /**
   * A run that was open when nothing more was heard.
   *
   * @param attempt as the translator counts
   */
  record OpenRun(SessionKey sessionKey, RunId runId, long attempt) {}

  /**
   * The sessions that a gap may concern.
   *
   * @param known the translator met them
   * @param unknown it did not: nobody followed when they were met
   */
  record Sessions(List<SessionKey> known, List<SessionKey> unknown) {}

  private final Map<SessionKey, Map<RunId, OpenRun>> open = new LinkedHashMap<>();
  private final Set<SessionKey> known = new LinkedHashSet<>();
  private final Set<SessionKey> unknown = new LinkedHashSet<>();
  private @Nullable Long resumedFrom;

  void lost(List<OpenRun> openRuns) {
    for (OpenRun run : openRuns) {
      open.computeIfAbsent(run.sessionKey(), key -> new LinkedHashMap<>())
          .putIfAbsent(run.runId(), run);
      concerns(run.sessionKey());
    }
  }

  /** Nobody followed since then. */
  void resumed(@Nullable Long heardAt) {
    resumedFrom = heardAt;
  }

  void concerns(SessionKey key) {
    if (known.size() < SESSIONS_MAX) {
      known.add(key);
    }
  }

  /** A listing shows a session that was not met yet. */
  void shown(SessionKey key, Row row) {
    Long updatedAt = row.updatedAt();
    if (resumedFrom != null
        && updatedAt != null
        && updatedAt >= resumedFrom
        && !known.contains(key)
        && unknown.size() < UNKNOWN_MAX) {
      unknown.add(key);
    }
  }

  /** The run goes on, or tells its end itself. */
  void heardOf(SessionKey key, RunId runId) {
    Map<RunId, OpenRun> runs = open.get(key);
    if (runs != null) {
      runs.remove(runId);
    }
  }

  /** The session's runs that were open, and are not heard of any more. */
  List<OpenRun> takeRuns(SessionKey key) {
    Map<RunId, OpenRun> runs = open.remove(key);
    return runs == null ? List.of() : List.copyOf(runs.values());
  }

  /** The sessions that the gap may concern; it is over with that. */
  Sessions take() {
    Sessions taken = new Sessions(new ArrayList<>(known), new ArrayList<>(unknown));
    known.clear();
    unknown.clear();
    resumedFrom = null;
    return taken;
  }
}

package org.sessionledger.app.openclaw.disk;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * What the store shows of a session.
 *
 * @param startedAt of the run that the status is of
 * @param runId that run, where the row names it
 * @param family session ids of before, eldest first
 * @param forkKey the session that this one was forked from
 * @param forkId the session id that the fork goes on from
 */
record Row(
    SessionKey key,
    SessionId sessionId,
    @Nullable String status,
    @Nullable Long startedAt,
    @Nullable Long endedAt,
    @Nullable Long sessionStartedAt,
    boolean abortedLastRun,
    @Nullable RunId runId,
    List<SessionId> family,
    List<Checkpoint> checkpoints,
    @Nullable SessionKey forkKey,
    @Nullable SessionId forkId,
    Where where) {

  /** What it shows, as a listing would; no row on disk says whether a run is active. */
  org.sessionledger.app.openclaw.Row shown() {
    return new org.sessionledger.app.openclaw.Row(
        sessionId, status, null, null, "running".equals(status) ? null : runId, null);
  }

  /** A compaction that the row remembers. */
  record Checkpoint(
      SessionId before,
      SessionId after,
      @Nullable Long at,
      @Nullable String trigger,
      @Nullable Long tokensBefore,
      @Nullable Long tokensAfter) {}
}

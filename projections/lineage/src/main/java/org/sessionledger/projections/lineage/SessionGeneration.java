package org.sessionledger.projections.lineage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.projections.kit.Cause;
import org.sessionledger.projections.kit.GenerationName;

/**
 * One life of a session under its key.
 *
 * @param endedBy the event that ended it; null while it is current
 * @param carriedRuns runs that went on when it ended
 * @param supersededRuns runs that were open and did not go on when it ended
 * @param origin of a first generation: the other key that it comes from
 * @param continues of a restored generation: the older one that it goes on from
 * @param movedTo where a migration moved the key when this generation ended
 * @param forks the first {@value #FORKS_MAX} sessions that continue from it under other keys
 * @param forkCount all of them
 */
public record SessionGeneration(
    long generation,
    SessionId sessionId,
    Instant startedAt,
    Cause startedBy,
    @Nullable Instant endedAt,
    @Nullable Cause endedBy,
    List<RunId> carriedRuns,
    List<RunId> supersededRuns,
    @Nullable Origin origin,
    @Nullable GenerationName continues,
    @Nullable SessionKey movedTo,
    List<Fork> forks,
    long forkCount) {

  /** Most forks that one generation lists. */
  public static final int FORKS_MAX = 100;

  /** Where a session on a new key comes from. */
  public record Origin(
      SessionEvent.Origin.Kind kind, SessionKey sessionKey, long generation, SessionId sessionId) {}

  /** A session that continues from this generation under another key. */
  public record Fork(SessionKey sessionKey, SessionId sessionId, Cause by) {}
}

package org.sessionledger.projections.timeline;

import java.util.List;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Cause;

/**
 * What a rotation did, what came too late, and whether any of it changed what came after.
 *
 * @param rotation the event that ended the generation
 * @param before the session right before it
 * @param after the session right after it
 * @param lateArrivals refusals since then that name the ended generation or its runs
 * @param changesFromEndedGeneration accepted events since then that carry the ended generation's
 *     number, or are of a run that it owned and did not hand on
 * @param intact there are none
 */
public record RotationAudit(
    SessionKey sessionKey,
    Cause rotation,
    Side before,
    Side after,
    List<RunId> carriedRuns,
    List<RunId> supersededRuns,
    List<TimelineRefusal> lateArrivals,
    long changesFromEndedGeneration,
    boolean intact) {

  /**
   * The session at one moment.
   *
   * @param openRuns runs in flight
   */
  public record Side(
      long generation, SessionId sessionId, Status status, List<RunId> openRuns, long version) {}
}

package org.sessionledger.app.openclaw;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;

/**
 * What the gateway shows of a session.
 *
 * @param hasActiveRun null where the row does not say
 * @param updatedAt names a state of the row; two sights of one reset share it
 * @param lastRunId the run that the status is of, where the row says
 * @param systemSent whether a run was prepared since the session began; null where the row does not
 *     say
 */
public record Row(
    @Nullable SessionId sessionId,
    @Nullable String status,
    @Nullable Boolean hasActiveRun,
    @Nullable Long updatedAt,
    @Nullable RunId lastRunId,
    @Nullable Boolean systemSent) {

  /** Whether it shows another state of its session than the one before; where it says so. */
  boolean isAnother(@Nullable Row before) {
    return before == null
        || !Objects.equals(sessionId, before.sessionId)
        || !Objects.equals(status, before.status)
        || (updatedAt != null && before.updatedAt != null && !updatedAt.equals(before.updatedAt));
  }
}

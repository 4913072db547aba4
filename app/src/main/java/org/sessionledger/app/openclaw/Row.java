package org.sessionledger.app.openclaw;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionId;

/**
 * What the gateway shows of a session.
 *
 * @param hasActiveRun null where the row does not say
 * @param updatedAt names a state of the row; two sights of one reset share it
 * @param systemSent whether a run was prepared since the session began; null where the row does not
 *     say
 */
record Row(
    @Nullable SessionId sessionId,
    @Nullable String status,
    @Nullable Boolean hasActiveRun,
    @Nullable Long updatedAt,
    @Nullable Boolean systemSent) {}

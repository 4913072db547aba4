package org.sessionledger.app.openclaw.disk;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;

/**
 * A recorded change of state that belongs to a life that had ended: what the gateway did, and the
 * ledger would have had to decide.
 *
 * @param sessionId the id that the change was written to; null where only the run is known
 * @param attempt null where it is not known
 */
record LateChange(
    RunId runId,
    @Nullable Long attempt,
    @Nullable SessionId sessionId,
    Outcome outcome,
    @Nullable Long at,
    String what,
    Where where) {}

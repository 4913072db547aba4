package org.sessionledger.app.openclaw.disk;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;

/**
 * What a run left on disk: that it began, that it ended, or only that it was there.
 *
 * @param sessionId the one that the run signed with
 * @param ts the recorder's clock
 * @param outcome of an end
 * @param error what an end says of its failure
 */
record RunEvent(
    SessionId sessionId,
    RunId runId,
    Kind kind,
    @Nullable Long ts,
    @Nullable Outcome outcome,
    @Nullable String error,
    Where where) {

  enum Kind {
    START,
    SIGN,
    END
  }
}

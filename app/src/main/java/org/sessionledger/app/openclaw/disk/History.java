package org.sessionledger.app.openclaw.disk;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * A session's history as the store proves it.
 *
 * @param steps in the order in which they happened
 * @param closed what closed it; null when it is open
 * @param forkKey the session that it was forked from
 */
record History(
    SessionKey key,
    @Nullable StoredRow row,
    List<Stage> stages,
    List<Step> steps,
    List<LateChange> lateChanges,
    Life.@Nullable Boundary closed,
    @Nullable SessionKey forkKey,
    @Nullable SessionId forkId) {}

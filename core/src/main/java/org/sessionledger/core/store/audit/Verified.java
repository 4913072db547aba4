package org.sessionledger.core.store.audit;

import org.jspecify.annotations.Nullable;

/**
 * What a verification found.
 *
 * @param firstBreak null when everything is as it must be
 * @param events that were looked at
 * @param decisions lines of the decision log that were looked at
 * @param sessions whose events were looked at
 * @param snapshots saved states that were compared with what the events fold to
 * @param head the whole history as it is; null when it is broken
 * @param then the history up to the checkpoint that was asked for; null when none was, or when the
 *     ledger does not reach that far
 * @param milliseconds that it took
 */
public record Verified(
    @Nullable Break firstBreak,
    long events,
    long decisions,
    long sessions,
    long snapshots,
    @Nullable LedgerHead head,
    @Nullable LedgerHead then,
    long milliseconds) {

  public boolean intact() {
    return firstBreak == null;
  }
}

package org.sessionledger.projections.kit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;

/**
 * The event that began or ended something, by whom and why.
 *
 * @param type the event's stored name
 * @param at when the ledger recorded it
 */
public record Cause(
    String type,
    long version,
    Instant at,
    @Nullable String actor,
    @Nullable String reason,
    @Nullable CompactionId compactionId) {

  public static Cause of(RecordedEvent recorded) {
    return new Cause(
        recorded.event().type(),
        recorded.version(),
        recorded.recordedAt(),
        recorded.provenance().actor(),
        recorded.provenance().reason(),
        recorded.event() instanceof SessionEvent.SessionCompacted e ? e.compactionId() : null);
  }
}

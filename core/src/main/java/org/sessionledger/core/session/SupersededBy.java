package org.sessionledger.core.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The event that ended a generation.
 *
 * @param type the event's stored name
 * @param at when the ledger recorded it
 */
public record SupersededBy(
    String type, long version, Instant at, @Nullable String actor, @Nullable String reason) {}

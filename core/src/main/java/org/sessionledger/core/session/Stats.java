package org.sessionledger.core.session;

import java.util.Map;

/**
 * Totals of the whole ledger; {@code arrivals = accepted + duplicates + rejected} at all times.
 *
 * @param rejectedByReason by reason code
 * @param sessions keys ever opened
 * @param activeRuns open runs
 * @param events accepted events; equals {@code position}, since positions have no gaps
 * @param position the newest event's position, 0 when there is none
 */
public record Stats(
    long arrivals,
    long accepted,
    long duplicates,
    long rejected,
    Map<String, Long> rejectedByReason,
    long sessions,
    long activeRuns,
    long events,
    long position) {}

package org.sessionledger.core.reference;

import java.util.List;

/**
 * One accepted event, at its place in the global order.
 *
 * <p>{@code generation} and {@code sessionId} are the session's as the event left it: of a rotation
 * the new ones, of {@code SessionClosed} and {@code SessionMigrated} the last ones. {@code attempt}
 * is the run's, and for {@code CompactionBegun} the compaction's. {@code supersededRuns} are in the
 * order in which they started; {@code carriedRuns} in the order in which the command names them,
 * else in the order in which they started.
 */
public record ReferenceEvent(
    long position,
    String sessionKey,
    long version,
    String type,
    long generation,
    String sessionId,
    String runId,
    Long attempt,
    List<String> supersededRuns,
    List<String> carriedRuns) {}

package org.sessionledger.core.reference;

/** What the status view shows of one session. {@code lastRun} is null in a blank session. */
public record ReferenceSession(
    String sessionKey,
    String sessionId,
    long generation,
    String status,
    int activeRuns,
    long version,
    LastRun lastRun) {

  /** The run attempt that ended last, by an end or by an interruption, and its error. */
  public record LastRun(
      String runId, long attempt, String status, String errorKind, String errorMessage) {}
}

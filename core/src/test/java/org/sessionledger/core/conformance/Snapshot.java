package org.sessionledger.core.conformance;

import org.jspecify.annotations.Nullable;

/**
 * A session as its store shows it, or as it was shown to subscribers.
 *
 * @param lastError the error of the run that ended last, beside the status {@code FAILED}; null
 *     beside any other
 * @param activeRuns the number of runs that are at work
 */
public record Snapshot(
    String sessionId, Status status, @Nullable String lastError, int activeRuns) {

  /** What a session is doing. */
  public enum Status {
    /** Nothing ran in this life. */
    IDLE,
    /** At least one run is at work. */
    RUNNING,
    /** The run that ended last ended well. */
    DONE,
    FAILED,
    ABORTED
  }

  /** A life in which nothing happened yet. */
  public static Snapshot fresh(String sessionId) {
    return new Snapshot(sessionId, Status.IDLE, null, 0);
  }
}

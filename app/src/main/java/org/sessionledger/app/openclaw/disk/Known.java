package org.sessionledger.app.openclaw.disk;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * What the ledger has of a session already.
 *
 * @param generations eldest first, the current one last
 * @param runs the newest attempt of each
 */
public record Known(List<Generation> generations, Map<RunId, Run> runs) {

  /**
   * One generation of it.
   *
   * @param reason what its beginning was concluded from; null when nobody told
   */
  public record Generation(long number, SessionId sessionId, @Nullable String reason) {}

  /** A run's newest attempt. */
  public record Run(long generation, long attempt, String status) {

    boolean isOpen() {
      return status.equals("running");
    }

    /** Another attempt may follow without a word of the one before. */
    boolean isRetried() {
      return status.equals("failed") || isPresumed();
    }

    /** Its end was presumed, and a real one still counts. */
    boolean isPresumed() {
      return status.equals("interrupted");
    }
  }

  /** Asks a ledger. */
  @FunctionalInterface
  public interface Source {

    /**
     * What the ledger has.
     *
     * @param minVersion no older state may be answered
     * @return null when it does not know the session
     */
    @Nullable Known of(SessionKey key, long minVersion);
  }

  Generation current() {
    return generations.get(generations.size() - 1);
  }
}

package org.sessionledger.core.session;

import java.util.Optional;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Fence;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * What must be known of sessions for ever, and is too much to hold in memory: who owned which run
 * and how its attempts ended, every generation's ids, every compaction's fate.
 */
public interface History {

  /**
   * One attempt of a run.
   *
   * @param generation the number of the generation that owns it now, or did last
   * @param status {@code running} while it is open
   */
  record PastRun(RunId runId, long attempt, long generation, Status status) {}

  /**
   * A compaction that was begun or completed under its id.
   *
   * @param attempt how often it was begun
   * @param state begun, though another may have overtaken it since
   */
  record PastCompaction(CompactionId compactionId, long attempt, State state) {

    /** How far it came. */
    public enum State {
      BEGUN,
      ABANDONED,
      COMPLETED
    }
  }

  /** True when the key was ever opened. */
  boolean exists(SessionKey sessionKey);

  /** The last attempt of a run. */
  Optional<PastRun> lastAttempt(SessionKey sessionKey, RunId runId);

  /** One attempt of a run. */
  Optional<PastRun> attempt(SessionKey sessionKey, RunId runId, long attempt);

  /** The generation with a number. */
  Optional<Generation> generation(SessionKey sessionKey, long number);

  /** The newest generation that has a session id. */
  Optional<Generation> newest(SessionKey sessionKey, SessionId sessionId);

  /** A compaction by its id. */
  Optional<PastCompaction> compaction(SessionKey sessionKey, CompactionId compactionId);

  /** The generations of one key, for the fence. */
  default Fence.Lineage lineage(SessionKey sessionKey) {
    return new Fence.Lineage() {
      @Override
      public Optional<Generation> numbered(long number) {
        return generation(sessionKey, number);
      }

      @Override
      public Optional<Generation> newest(SessionId sessionId) {
        return History.this.newest(sessionKey, sessionId);
      }
    };
  }
}

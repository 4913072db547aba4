package org.sessionledger.core.conformance;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The few words that the kit speaks with a runtime. Each call does what the runtime itself would do
 * with such an order or report, through the same code, and comes back when that is done: what is
 * stored is stored, and what subscribers are told was told.
 *
 * <p>A refusal is an {@link Answer}. An exception is a failure of the test.
 *
 * <p>Called by one thread, but for a {@link Simulation} with several lanes: then by one thread for
 * each session key at a time.
 */
public interface RuntimeAdapter extends AutoCloseable {

  /** What not every runtime has. The clauses about what it lacks are skipped. */
  enum Trait {
    /** A reset can give the session a new session id. */
    ROTATING_RESETS,
    /** A reset can keep the session id. */
    IN_PLACE_RESETS,
    /** A reset can name the session id that it expects to end. */
    EXPECTED_RESETS,
    /** A compaction gives the session a new session id. */
    ROTATING_COMPACTIONS,
    /** Subscribers are told of changes. */
    BROADCASTS,
    /** It can be stopped and started again on what it stored. */
    RESTARTS
  }

  /** What the runtime has; all of it unless it says otherwise. */
  default Set<Trait> traits() {
    return EnumSet.allOf(Trait.class);
  }

  /**
   * Opens a session under a key that was never used.
   *
   * @return its session id
   */
  String open(String sessionKey);

  /** A run begins: a report of the kind {@link Report.Kind#START}. */
  Answer start(Report start);

  /** A run tells of its progress or its end: a report of any other kind. */
  Answer report(Report report);

  /**
   * An operator resets the session.
   *
   * @param expectedSessionId the session id that the operator saw; null: whatever is current
   * @param inPlace the session keeps its session id
   * @return with the session id of the life that is current now
   */
  Answer reset(String sessionKey, @Nullable String expectedSessionId, boolean inPlace);

  /**
   * The runtime compacts the session, as before a run's next step (preflight).
   *
   * @param sessionId the session id that is compacted
   * @param carriedRuns the runs that go on afterwards; others that are at work are left behind
   * @return with the session id of the life that is current now
   */
  Answer compact(String sessionKey, String sessionId, Set<String> carriedRuns);

  /** The session as the store shows it. */
  Snapshot snapshot(String sessionKey);

  /**
   * What subscribers of the session were shown since this was asked last, oldest first. A runtime
   * that tells them later must wait here until everybody was told.
   */
  List<Snapshot> broadcasts(String sessionKey);

  /** Stops the runtime, as a crash would, and starts it again on what it stored. */
  default void restart() {
    throw new UnsupportedOperationException("leave RESTARTS out of traits()");
  }

  /** Called when the test is over. */
  @Override
  default void close() {}
}

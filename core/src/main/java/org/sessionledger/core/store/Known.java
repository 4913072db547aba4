package org.sessionledger.core.store;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.SupersededBy;

/**
 * What the tables hold, as far as this writer can tell without asking them. For whoever writes;
 * what other nodes change meanwhile is dropped under the head's lock, before anything stands on it.
 */
final class Known {

  private static final int KEPT_MAX = 20_000;

  /** A generation that ended. */
  record Ended(SessionKey sessionKey, long generation) {}

  /** Where a line of the decision log stands. */
  record Line(long seq, String decisionId) {}

  /** Null: to be asked for. */
  private volatile @Nullable Head head;

  /** Of the event at the head's position; null when that was never read. */
  private volatile @Nullable String hash;

  /** Where sessions' streams end. */
  final Tails tails = new Tails();

  /** Lines of the decision log, by what makes arrivals repeats of each other. */
  final Map<String, Line> lines = new Recent<>(KEPT_MAX);

  /** The hash of the newest line of the decision log, by session. */
  final Map<String, String> lineHashes = new Recent<>(KEPT_MAX);

  /** What was accepted last. */
  final Map<CommandId, Decision> accepted = new Recent<>(KEPT_MAX);

  /** What ended generations. */
  final Map<Ended, SupersededBy> endings = new Recent<>(KEPT_MAX);

  /** The head as this writer left it or found it last; null when it does not know. */
  @Nullable Head head() {
    return head;
  }

  /** The hash of the event at the head's position; null when it is not known. */
  @Nullable String hash() {
    return hash;
  }

  /**
   * This writer moved the head, or found it.
   *
   * @param newestHash of the event at its position
   */
  void headIs(Head moved, @Nullable String newestHash) {
    head = moved;
    hash = newestHash;
  }

  /** Others changed sessions, and perhaps the decision log. */
  void changedElsewhere(Collection<SessionKey> sessions) {
    tails.drop(sessions);
    lines.clear();
    lineHashes.clear();
  }

  /** Nothing is known any more. */
  void forget() {
    head = null;
    hash = null;
    tails.dropAll();
    lines.clear();
    lineHashes.clear();
    accepted.clear();
    endings.clear();
  }
}

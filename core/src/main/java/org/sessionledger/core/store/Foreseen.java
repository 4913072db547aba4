package org.sessionledger.core.store;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.SupersededBy;

/**
 * What the tables will hold when all that is under way is written, as far as it is known without
 * asking them. It holds while no other node writes and no group fails.
 */
final class Foreseen {

  private static final int KEPT_MAX = 20_000;

  /** A generation that ended. */
  record Ended(SessionKey sessionKey, long generation) {}

  /** Where a line of the decision log stands. */
  record Line(long seq, String decisionId) {}

  /** Null: to be asked for. */
  private @Nullable Head head;

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

  boolean isKnown() {
    return head != null;
  }

  Head head() {
    return Objects.requireNonNull(head, "the head is not known");
  }

  void moved(Head next) {
    head = next;
  }

  /**
   * A head was found that was not foreseen; of sessions that others changed, the tails are dropped.
   */
  void startAgain(Head found) {
    dropAllButTails(found);
  }

  /** Nothing holds any more. */
  void forget() {
    tails.dropAll();
    dropAllButTails(null);
  }

  private void dropAllButTails(@Nullable Head found) {
    head = found;
    lines.clear();
    lineHashes.clear();
    accepted.clear();
    endings.clear();
  }
}

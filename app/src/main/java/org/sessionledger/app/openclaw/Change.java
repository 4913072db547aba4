package org.sessionledger.app.openclaw;

import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Sight.Channel;
import org.sessionledger.core.identity.SessionId;

/**
 * A change of a session that was translated, and the sights of it. A change is told at most once in
 * an answer and once in an event: the second sight must not change the session again.
 */
final class Change {

  enum Kind {
    RESET,
    COMPACTION,
    RESTORE
  }

  private final Kind kind;
  private final SessionId to;
  private @Nullable Long updatedAt;
  private @Nullable Long eventTs;
  private @Nullable Long eventUpdatedAt;

  /** The first sign of it that was not the answer to a question. */
  private @Nullable Place noticed;

  private boolean answered;
  private boolean announced;

  /** Told by neither an answer nor an event: concluded from another sign. */
  Change(Kind kind, SessionId to, Place noticed) {
    this.kind = kind;
    this.to = to;
    this.noticed = noticed;
  }

  Change(Kind kind, SessionId to, Sight sight, @Nullable Long updatedAt) {
    this.kind = kind;
    this.to = to;
    add(sight, updatedAt);
  }

  void add(Sight sight, @Nullable Long rowUpdatedAt) {
    if (sight.channel() == Channel.ANSWER) {
      answered = true;
    } else {
      announced = true;
      eventTs = sight.ts();
      noticed = noticed == null ? sight.heard() : noticed;
      eventUpdatedAt = rowUpdatedAt;
    }
    if (updatedAt == null) {
      updatedAt = rowUpdatedAt;
    }
  }

  /**
   * Takes over an event that was thought to be another change's, until this one was answered: they
   * show the same state of the row.
   */
  void takeOver(Iterable<Change> others) {
    for (Change other : others) {
      if (!announced
          && updatedAt != null
          && updatedAt.equals(other.eventUpdatedAt)
          && !updatedAt.equals(other.updatedAt)) {
        announced = true;
        eventTs = other.eventTs;
        noticed = other.noticed;
        eventUpdatedAt = updatedAt;
        other.announced = false;
        other.eventTs = null;
        other.eventUpdatedAt = null;
      }
    }
  }

  /** No more sights: they do not outlive their connection, nor the first run after the change. */
  void close() {
    answered = true;
    announced = true;
  }

  /**
   * Whether this is one more sight of the change.
   *
   * @param shown the session id in the sight, null where it tells none
   */
  boolean isSeenIn(Kind seen, @Nullable SessionId shown, Sight sight, @Nullable Long rowUpdatedAt) {
    if (seen != kind || (shown != null && !shown.equals(to))) {
      return false;
    }
    if (sight.ts() != null && sight.ts().equals(eventTs)) {
      return true; // The same event, on a second connection.
    }
    if (rowUpdatedAt != null && rowUpdatedAt.equals(updatedAt)) {
      return true;
    }
    // The row may have been touched again before the event was made of it, but never before.
    boolean later = rowUpdatedAt == null || updatedAt == null || rowUpdatedAt > updatedAt;
    if (sight.channel() == Channel.EVENT) {
      return !announced && later;
    }
    boolean earlier = rowUpdatedAt == null || updatedAt == null || rowUpdatedAt < updatedAt;
    boolean askedBefore =
        noticed == null || (sight.asked() != null && sight.asked().isBefore(noticed));
    return !answered && askedBefore && earlier;
  }
}

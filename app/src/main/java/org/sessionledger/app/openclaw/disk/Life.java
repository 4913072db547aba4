package org.sessionledger.app.openclaw.disk;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionId;

/** What the store has of one session id, under whichever keys it was. */
final class Life {

  /** How a session goes on from one life to the next. */
  enum Turn {
    RESET,
    COMPACTION,
    RESTORE,
    DELETION
  }

  /**
   * A turn that the records show.
   *
   * @param what why it is taken for one, in words
   */
  record Boundary(
      Turn turn,
      @Nullable Long at,
      String what,
      @Nullable Long tokensBefore,
      @Nullable Long tokensAfter,
      @Nullable String trigger,
      Where where) {}

  final SessionId id;

  /** When it began; null when nothing tells. */
  @Nullable Long beganAt;

  @Nullable Where beganWhere;

  /** How it began, where the store has a word for that. */
  @Nullable String reason;

  /** The session id that it follows, where the store tells. */
  @Nullable SessionId previous;

  /** The file that it was copied from. */
  @Nullable String parentFile;

  /** What ended it: the first is the one, an id does not come back. */
  final List<Boundary> ends = new ArrayList<>(1);

  /** Turns that kept the session id, in the order in which they are recorded. */
  final List<Boundary> inPlace = new ArrayList<>(0);

  Life(SessionId id) {
    this.id = id;
  }

  void began(@Nullable Long at, Where where) {
    if (beganWhere == null || (at != null && (beganAt == null || at < beganAt))) {
      beganAt = at == null ? beganAt : at;
      beganWhere = where;
    }
  }
}

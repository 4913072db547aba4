package org.sessionledger.app.openclaw.disk;

import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.disk.Life.Turn;
import org.sessionledger.core.identity.SessionId;

/**
 * One generation of a session, as the store proves it.
 *
 * @param turn how it began; null for the first
 * @param at when it began
 * @param why what it is concluded from
 */
record Stage(
    SessionId id,
    @Nullable Turn turn,
    @Nullable Long at,
    String why,
    @Nullable Long tokensBefore,
    @Nullable Long tokensAfter,
    @Nullable String trigger,
    Where where) {

  /** Whether what was open before goes on in it. */
  boolean carries() {
    return turn == Turn.COMPACTION;
  }
}

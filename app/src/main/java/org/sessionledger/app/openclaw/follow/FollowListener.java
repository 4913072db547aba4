package org.sessionledger.app.openclaw.follow;

import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.ReplayListener;
import org.sessionledger.core.identity.SessionKey;

/** Hears how the following goes on; always on the thread that follows. */
public interface FollowListener extends ReplayListener {

  /** Hears nothing. */
  FollowListener NOTHING = new FollowListener() {};

  /**
   * Connected, subscribed, and every page of the listing read.
   *
   * @param version the gateway's, if it tells one
   * @param listed rows of the listing
   */
  default void connected(@Nullable String version, long listed) {}

  /**
   * There is no connection, or no more.
   *
   * @param why in words, without the token
   * @param retryMillis when the next attempt is made; negative: none is
   */
  default void disconnected(String why, long retryMillis) {}

  /**
   * Frames were heard, and decided.
   *
   * @param at when the last of them came, in milliseconds
   */
  default void heard(long frames, long at) {}

  /** A gap has ended. */
  default void gap(Gap gap) {}

  /** The gateway shows of a session what the ledger does not have; told once until it changes. */
  default void differs(Replay.Difference difference) {}

  /** A difference that was told is gone. */
  default void agrees(SessionKey key) {}

  /** Something went wrong that the following survives. */
  default void trouble(String what) {}
}

package org.sessionledger.app.openclaw;

import org.jspecify.annotations.Nullable;

/**
 * How a change of a session was noticed. One change is seen in the answer to who asked for it, in
 * an event to everybody, or in both, in either order.
 *
 * @param heard where it stands
 * @param asked where the question stands that this answers
 * @param ts the event's own stamp: the same on every connection that hears it
 * @param request the id of the question that this answers
 */
record Sight(
    Channel channel,
    Place heard,
    @Nullable Place asked,
    @Nullable Long ts,
    @Nullable String request) {

  enum Channel {
    ANSWER,
    EVENT
  }
}

package org.sessionledger.core.ledger;

import java.time.Duration;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;

/** Hears of what this process had decided; not of what other nodes did, nor of dry runs. */
@FunctionalInterface
public interface DecisionListener {

  /**
   * A decision is durable. Called on the ledger's own thread, before the sender hears of it: be
   * short, throw nothing, and wait for no other decision.
   *
   * @param took from the hand-in until now
   */
  void decided(Incoming incoming, Decision decision, Duration took);
}

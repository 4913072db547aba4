package org.sessionledger.app.openclaw;

import java.util.List;
import java.util.Optional;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;

/** The ledger that a recording is replayed into: one in this process, or a server's. */
public interface Decider {

  /** Decides the arrivals in their order; one ruling each, in the same order. */
  List<Ruling> decide(List<Arrival> arrivals);

  /**
   * A session as the ledger has it.
   *
   * @param minVersion the newest version that a ruling told of; no older state may be answered
   */
  Optional<Replay.LedgerSession> session(SessionKey key, long minVersion);
}

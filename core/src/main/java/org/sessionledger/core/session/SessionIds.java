package org.sessionledger.core.session;

import org.sessionledger.core.identity.SessionId;

/** Makes the session ids that callers leave to the ledger. */
@FunctionalInterface
public interface SessionIds {

  SessionId next();

  /** UUIDs of version 7. */
  static SessionIds uuids() {
    return () -> new SessionId(Uuid7.next());
  }
}

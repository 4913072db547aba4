package org.sessionledger.core.ledger;

import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.SessionKey;

/** A run was to be started that is open already; whoever started it has its handle. */
public final class RunOpenAlready extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  RunOpenAlready(SessionKey key, RunAttempt run) {
    super(
        "Attempt "
            + run.attempt()
            + " of run "
            + run.runId()
            + " in session '"
            + key
            + "' is open already: take it over with attach, start attempt "
            + (run.attempt() + 1)
            + " in its place, or choose another run id.");
  }
}

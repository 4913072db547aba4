package org.sessionledger.core.ledger;

/** The ledger has as much waiting as it takes; the command was not taken. Send it again later. */
public final class LedgerBusy extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LedgerBusy(int waiting) {
    super(waiting + " commands are waiting for the database; send this one again in a second");
  }
}

package org.sessionledger.spring;

import org.sessionledger.core.ledger.LedgerUnavailable;

/**
 * The starter could not open the ledger; knows where it tried to, for the report of the failure.
 */
final class LedgerNotOpened extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient LedgerStorage storage;

  LedgerNotOpened(LedgerStorage storage, LedgerUnavailable cause) {
    super(cause.getMessage(), cause);
    this.storage = storage;
  }

  boolean inFolder() {
    return storage.dataSource() == null;
  }
}

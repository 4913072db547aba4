package org.sessionledger.core.ledger;

import org.jspecify.annotations.Nullable;

/** The ledger cannot be opened or cannot take commands; the message says why and what to do. */
public final class LedgerUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LedgerUnavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

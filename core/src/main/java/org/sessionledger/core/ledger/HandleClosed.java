package org.sessionledger.core.ledger;

/** A handle was used after its run had ended or after it was closed; nothing was sent. */
public final class HandleClosed extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  HandleClosed(String message) {
    super(message);
  }
}

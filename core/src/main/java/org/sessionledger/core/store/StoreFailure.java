package org.sessionledger.core.store;

/** The database failed to do what the store asked of it; nothing of the group was acknowledged. */
public final class StoreFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StoreFailure(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}

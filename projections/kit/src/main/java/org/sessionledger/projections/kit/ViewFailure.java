package org.sessionledger.projections.kit;

/** The database failed to do what a view asked of it. */
public final class ViewFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ViewFailure(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}

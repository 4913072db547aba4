package org.sessionledger.app.openclaw.follow;

/** The gateway does not let itself be followed, and trying again would not help. */
public final class GatewayError extends Exception {

  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Kind {
    WRONG_TOKEN,
    PROTOCOL_MISMATCH,
    MISSING_SCOPE,
    NOT_PAIRED,
    NO_GATEWAY,
    REFUSED,
    NOT_CONNECTED
  }

  private final Kind kind;

  /**
   * @param message what is wrong and what to do about it, without the token
   */
  GatewayError(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}

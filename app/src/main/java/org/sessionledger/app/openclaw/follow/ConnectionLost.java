package org.sessionledger.app.openclaw.follow;

/** A connection is over, or was never made; another may be. */
final class ConnectionLost extends Exception {

  private static final long serialVersionUID = 1L;

  /** Nothing told why: the process may have died, or only the socket. */
  static final int NO_CODE = 0;

  private final int code;
  private final long retryAfterMillis;

  ConnectionLost(int code, String why) {
    this(code, why, 0);
  }

  /**
   * @param code the close code that was heard
   * @param retryAfterMillis how long the gateway asks to be left alone
   */
  ConnectionLost(int code, String why, long retryAfterMillis) {
    super(why);
    this.code = code;
    this.retryAfterMillis = retryAfterMillis;
  }

  int code() {
    return code;
  }

  String why() {
    return String.valueOf(getMessage());
  }

  long retryAfterMillis() {
    return retryAfterMillis;
  }
}

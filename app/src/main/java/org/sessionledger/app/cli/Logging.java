package org.sessionledger.app.cli;

/** How much is logged; to be said before the first logger is made. */
final class Logging {

  private static final String LEVEL = "session-ledger.log.level";

  private Logging() {}

  /** A verb answers on stdout and is quiet otherwise. */
  static void quiet() {
    if (System.getProperty(LEVEL) == null) {
      System.setProperty(LEVEL, "WARN");
    }
  }

  /** A server tells of each refusal. */
  static void informative() {
    System.setProperty(LEVEL, "INFO");
  }

  static void verbose() {
    System.setProperty(LEVEL, "DEBUG");
  }
}

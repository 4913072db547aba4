package org.sessionledger.app;

import org.sessionledger.app.api.HomeCalls;
import org.sessionledger.app.cli.Cli;

/** The executable jar's door. */
public final class SessionLedgerMain {

  private SessionLedgerMain() {}

  public static void main(String[] args) {
    HomeCalls.forbid();
    System.exit(Cli.run(args));
  }
}

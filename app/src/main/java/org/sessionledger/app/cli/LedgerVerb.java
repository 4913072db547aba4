package org.sessionledger.app.cli;

import org.sessionledger.app.api.LedgerApi;
import picocli.CommandLine.Command;

/** A verb that asks a ledger. */
@Command
abstract class LedgerVerb extends StoreVerb {

  LedgerVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run() throws Exception {
    try (LedgerDoor.Opened ledger = openLedger()) {
      return run(ledger.api());
    }
  }

  abstract int run(LedgerApi api) throws Exception;
}

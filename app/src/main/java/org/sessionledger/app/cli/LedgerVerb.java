package org.sessionledger.app.cli;

import java.util.Optional;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.Decider;
import org.sessionledger.app.openclaw.follow.PatientDecider;
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

  /** Decides through the API; a ledger that is too busy to take a command is asked again. */
  Decider patient(LedgerApi api) {
    return new PatientDecider(
        new ApiDecider(api),
        Optional::empty,
        failure -> false,
        trouble -> terminal().err().println(trouble));
  }
}

package org.sessionledger.bench;

import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Verdict;

/** Waits for each decision before it asks for the next one. */
record LedgerClient(Ledger ledger, Work work) implements Clients.Client {

  static Clients many(int count, Ledger ledger, Work work) throws Exception {
    return new Clients(count, () -> new LedgerClient(ledger, work));
  }

  @Override
  public boolean send() {
    requireAccepted(ledger.submit(work.arrival()).join());
    return true;
  }

  static void requireAccepted(Decision decision) {
    if (decision.verdict() != Verdict.ACCEPTED) {
      throw new IllegalStateException(decision.toString());
    }
  }
}

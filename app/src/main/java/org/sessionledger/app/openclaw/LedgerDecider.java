package org.sessionledger.app.openclaw;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;

/** Replays into a ledger in this process. */
public final class LedgerDecider implements Decider {

  private final Ledger ledger;

  public LedgerDecider(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public List<Ruling> decide(List<Arrival> arrivals) {
    List<CompletableFuture<Decision>> decisions = arrivals.stream().map(ledger::submit).toList();
    return decisions.stream().map(CompletableFuture::join).map(Ruling::of).toList();
  }

  @Override
  public Optional<Replay.LedgerSession> session(SessionKey key, long minVersion) {
    return ledger
        .reader()
        .session(key)
        .map(
            session ->
                new Replay.LedgerSession(
                    key.value(),
                    session.sessionId().value(),
                    session.generation(),
                    session.status().code(),
                    session.activeRuns()));
  }
}

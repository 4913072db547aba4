package org.sessionledger.app.openclaw;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.reference.ReferenceDecision;
import org.sessionledger.core.reference.ReferenceModel;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Verdict;

/** TEMPORARY: the reference model, until the ledger opens. */
final class ScratchLedger implements AutoCloseable {

  private final ReferenceModel model = new ReferenceModel();
  private long decisions;

  Decider decider() {
    return new Decider() {
      @Override
      public List<Ruling> decide(List<Arrival> arrivals) {
        return arrivals.stream()
            .map(
                a ->
                    ruling(
                        model.decide(CommandJson.canonical(a), () -> UUID.randomUUID().toString())))
            .toList();
      }

      @Override
      public Optional<Replay.LedgerSession> session(SessionKey key, long minVersion) {
        var s = model.session(key.value());
        return s == null
            ? Optional.empty()
            : Optional.of(
                new Replay.LedgerSession(
                    s.sessionKey(), s.sessionId(), s.generation(), s.status(), s.activeRuns()));
      }
    };
  }

  private Ruling ruling(ReferenceDecision d) {
    return new Ruling(
        Verdict.valueOf(d.verdict().toUpperCase()),
        d.reason(),
        d.reason() == null ? null : "d" + ++decisions,
        d.sessionId() == null ? null : new SessionId(d.sessionId()),
        d.generation() == null ? 0 : d.generation(),
        d.version() == null ? 0 : d.version());
  }

  @Override
  public void close() {}
}

package org.sessionledger.core.ledger;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.CompactionTrigger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Verdict;

/**
 * One life of a session, as it was when the handle was taken: what it sends names that generation,
 * so that a start which was prepared before a reset is refused after it. It never moves on by
 * itself; rotating gives a new handle. Immutable, and safe for use by many threads.
 */
public final class SessionHandle {

  private final Ledger ledger;
  private final SessionKey key;
  private final Generation generation;
  private final Provenance provenance;

  SessionHandle(Ledger ledger, SessionKey key, Generation generation, Provenance provenance) {
    this.ledger = ledger;
    this.key = key;
    this.generation = generation;
    this.provenance = provenance;
  }

  /** Opens the session unless it is open. */
  static SessionHandle open(Ledger ledger, SessionKey key, Provenance provenance) {
    Decision decision =
        taken(
            ledger,
            ledger.decide(new SessionCommand.OpenSession(key, null, null, null), provenance),
            key,
            provenance);
    return of(ledger, decision, provenance);
  }

  private static SessionHandle of(Ledger ledger, Decision decision, Provenance provenance) {
    if (decision.sessionKey() == null || decision.session() == null) {
      throw new IllegalStateException("no session in " + decision);
    }
    return new SessionHandle(
        ledger, decision.sessionKey(), decision.session().generation(), provenance);
  }

  public SessionKey key() {
    return key;
  }

  /** The generation that this handle speaks for, current or not. */
  public Generation generation() {
    return generation;
  }

  /** The same session in the name of somebody else. */
  public SessionHandle as(String actor, @Nullable String reason) {
    return new SessionHandle(
        ledger,
        key,
        generation,
        new Provenance(
            provenance.source(), actor, reason, provenance.occurredAt(), provenance.traceparent()));
  }

  /**
   * Starts a run. When this returns, its start is durable.
   *
   * @throws GenerationEnded when this generation is over
   * @throws RunOpenAlready when the run is open already
   * @throws CommandRefused when it is refused for another reason, for example because it has ended
   */
  public RunHandle start(RunId runId) {
    return start(new RunAttempt(runId, 1), null);
  }

  /**
   * Starts an attempt of a run, as {@link #start(RunId)} does.
   *
   * @param run the attempt counts from 1; each one follows the one before
   * @param resumes the run that it goes on with
   */
  public RunHandle start(RunAttempt run, @Nullable RunId resumes) {
    // Known before its start is decided, so that it hears of a rotation right behind.
    RunHandle handle = attach(run);
    boolean started = false;
    try {
      Decision decision =
          taken(
              ledger,
              ledger.decide(
                  new SessionCommand.StartRun(
                      key,
                      generation.sessionId(),
                      generation.number(),
                      run.runId(),
                      run.attempt(),
                      resumes,
                      null),
                  provenance),
              key,
              provenance);
      if (decision.verdict() == Verdict.DUPLICATE) {
        throw new RunOpenAlready(key, run);
      }
      started = true;
      return handle;
    } finally {
      if (!started) {
        ledger.handles().remove(handle);
      }
    }
  }

  /**
   * A handle for a run that is open already, for example one that another thread started. Sends
   * nothing: the first report tells whether the run is this generation's.
   */
  public RunHandle attach(RunAttempt run) {
    return RunHandle.of(ledger, key, generation, run, provenance);
  }

  /**
   * Ends this generation and all its runs, and begins the next one. Refused when this generation is
   * not current any more, so that a second reset cannot end the healthy successor.
   *
   * @return the new generation
   * @throws GenerationEnded when another rotation went first
   */
  public SessionHandle reset() {
    return rotate(
        new SessionCommand.ResetSession(key, generation.sessionId(), generation.number(), null));
  }

  /**
   * Ends this generation and begins the next one, which takes over all open runs.
   *
   * @param tokensBefore what the session held, in tokens
   * @param tokensAfter what is left of that
   * @return the new generation
   * @throws GenerationEnded when another rotation went first
   */
  public SessionHandle compact(
      @Nullable CompactionTrigger trigger,
      @Nullable Long tokensBefore,
      @Nullable Long tokensAfter) {
    return rotate(
        new SessionCommand.CompactSession(
            key,
            generation.sessionId(),
            generation.number(),
            null,
            trigger,
            null,
            null,
            tokensBefore,
            tokensAfter));
  }

  private SessionHandle rotate(SessionCommand command) {
    return of(
        ledger, taken(ledger, ledger.decide(command, provenance), key, provenance), provenance);
  }

  /** The session as it is now, under the key that it has now; empty when it is over. */
  public Optional<SessionHandle> current() {
    return current(ledger, key, provenance);
  }

  private static Optional<SessionHandle> current(
      Ledger ledger, SessionKey key, Provenance provenance) {
    Optional<SessionStatus> now = ledger.reader().session(key);
    Optional<SessionKey> next = now.map(SessionStatus::movedTo);
    while (next.isPresent()) {
      now = ledger.reader().session(next.get());
      next = now.map(SessionStatus::movedTo);
    }
    return now.filter(status -> !status.status().isOver())
        .map(
            status ->
                new SessionHandle(
                    ledger, status.sessionKey(), status.standing().generation(), provenance));
  }

  /** True when the generation is current still. */
  public boolean isCurrent() {
    return current()
        .map(now -> now.key.equals(key) && now.generation.equals(generation))
        .orElse(false);
  }

  /** A decision that was not refused. */
  static Decision taken(Ledger ledger, Decision decision, SessionKey key, Provenance provenance) {
    if (decision.verdict() != Verdict.REJECTED) {
      return decision;
    }
    CommandRefused refused = new CommandRefused(decision);
    if (endsGeneration(refused.reason())) {
      throw new GenerationEnded(decision, current(ledger, key, provenance).orElse(null));
    }
    throw refused;
  }

  static boolean endsGeneration(Reason reason) {
    return switch (reason) {
      case STALE_GENERATION,
          EXPECTED_GENERATION,
          RUN_SUPERSEDED,
          SESSION_MIGRATED,
          SESSION_CLOSED ->
          true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return key + ", generation " + generation;
  }
}

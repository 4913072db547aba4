package org.sessionledger.core.ledger;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.CompactionTrigger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Verdict;

/**
 * One attempt of a run. It signs what the run reports: with the generation that owns the run, by
 * what the ledger decided. A compaction that carries the run, whoever made it, moves the handle
 * along; after a reset it reports to nobody: each report is refused, kept as what came too late,
 * and told to the caller as {@link GenerationEnded}.
 *
 * <p>Safe for use by many threads. Close it when the run is over: a run that did not say how it
 * ended is interrupted then.
 */
public final class RunHandle implements AutoCloseable {

  /** How a handle stands, as far as this process knows. */
  public enum State {
    /** The run is open. */
    OPEN,
    /** It said how it ended. */
    ENDED,
    /** Its generation ended without it, or the run's next attempt took its place. */
    SUPERSEDED
  }

  private final Ledger ledger;
  private final SessionKey key;
  private final RunAttempt run;
  private final Provenance provenance;
  private final CompletableFuture<Decision> superseded = new CompletableFuture<>();

  /** Guards the fields below. */
  private final Object lock = new Object();

  private Generation generation;
  private State state = State.OPEN;
  private boolean closed;

  /** False when the ledger says that the run is not open: its own end alone has a chance then. */
  private boolean keptAlive = true;

  private long heardAt = System.nanoTime();

  private RunHandle(
      Ledger ledger, SessionKey key, Generation generation, RunAttempt run, Provenance provenance) {
    this.ledger = ledger;
    this.key = key;
    this.generation = generation;
    this.run = run;
    this.provenance = provenance;
  }

  static RunHandle of(
      Ledger ledger, SessionKey key, Generation generation, RunAttempt run, Provenance provenance) {
    RunHandle handle = new RunHandle(ledger, key, generation, run, provenance);
    ledger.handles().add(handle);
    return handle;
  }

  public SessionKey sessionKey() {
    return key;
  }

  public RunId runId() {
    return run.runId();
  }

  /** Counts from 1. */
  public long attempt() {
    return run.attempt();
  }

  /** The generation that owns the run, as far as this process knows. */
  public Generation generation() {
    synchronized (lock) {
      return generation;
    }
  }

  public State state() {
    synchronized (lock) {
      return state;
    }
  }

  /**
   * Completes as soon as this process knows that the run's generation ended without it, with the
   * decision that told: at once for what was decided through the same {@link Ledger}, with the next
   * report or keep-alive for what another node decided. So it does when a report is told that the
   * run's next attempt has taken this one's place. It never completes for any other reason.
   */
  public CompletableFuture<Decision> superseded() {
    return superseded.copy();
  }

  /**
   * Reports that the run is at work, which renews its lease. Durable when it returns.
   *
   * @param note at most 4,096 characters
   * @param tokens used by now in this session
   * @throws GenerationEnded when the run's generation is over
   * @throws CommandRefused when it is refused for another reason
   * @throws HandleClosed when the run has ended by this handle, or the handle is closed
   */
  public Decision progress(@Nullable String note, @Nullable Long tokens) {
    return report(new RunReport.Progress(note, tokens));
  }

  /** Renews the lease and says nothing else, as {@link #progress} does. */
  public Decision keepAlive() {
    return report(RunReport.Progress.NONE);
  }

  /** The run did what it had to. Throws what {@link #progress} throws. */
  public Decision complete() {
    return report(new RunReport.Complete());
  }

  /**
   * The run failed; {@link #retry} begins the next attempt. Throws what {@link #progress} throws.
   *
   * @param errorKind what kind of error, in a word
   * @param errorMessage cut at 65,536 characters
   */
  public Decision fail(@Nullable String errorKind, @Nullable String errorMessage) {
    return report(new RunReport.Fail(errorKind, errorMessage));
  }

  /** Somebody stopped the run. Throws what {@link #progress} throws. */
  public Decision abort() {
    return report(new RunReport.Abort());
  }

  private Decision report(RunReport report) {
    ledger.requireMayWait();
    return taken(Ledger.await(submit(report)));
  }

  private Decision taken(Decision decision) {
    return SessionHandle.taken(ledger, decision, key, provenance);
  }

  /**
   * Sends a report without waiting; the stage completes with the decision, a refusal included, when
   * it is durable.
   *
   * @throws HandleClosed when the run has ended by this handle, or the handle is closed
   * @throws LedgerBusy when too much is waiting; nothing was taken
   * @throws LedgerUnavailable when the ledger is closed; nothing was taken
   */
  public CompletableFuture<Decision> submit(RunReport report) {
    requireUsable();
    return send(report);
  }

  private CompletableFuture<Decision> send(RunReport report) {
    Generation signed = generation();
    return ledger
        .submit(report.command(key, signed, run), provenance)
        .thenCompose(decision -> heard(report, signed, decision));
  }

  private CompletionStage<Decision> heard(RunReport report, Generation signed, Decision decision) {
    if (decision.verdict() != Verdict.REJECTED) {
      reached(signed, report.ends());
    } else if (mayBeCarried(signed, decision)) {
      // Somebody compacted the session meanwhile. Whether the run went along is the ledger's to
      // say.
      return CompletableFuture.completedFuture(decision)
          .thenComposeAsync(stale -> resend(report, stale));
    } else {
      refused(decision);
    }
    return CompletableFuture.completedFuture(decision);
  }

  private boolean mayBeCarried(Generation signed, Decision decision) {
    Standing now = decision.session();
    return reason(decision) == Reason.STALE_GENERATION
        && now != null
        && now.generation().number() > signed.number()
        && state() != State.SUPERSEDED;
  }

  private CompletableFuture<Decision> resend(RunReport report, Decision stale) {
    Generation current = current(stale);
    return ledger
        .submit(report.command(key, current, run), provenance)
        .thenCompose(decision -> heard(report, current, decision));
  }

  private void reached(Generation owner, boolean ended) {
    synchronized (lock) {
      heardAt = System.nanoTime();
      move(owner);
      if (ended && state == State.OPEN) {
        state = State.ENDED;
      }
    }
    if (ended) {
      ledger.handles().remove(this);
    }
  }

  private void move(Generation owner) {
    if (owner.number() > generation.number()) {
      generation = owner;
    }
  }

  private void refused(Decision decision) {
    Reason reason = reason(decision);
    if (reason != null
        && (SessionHandle.endsGeneration(reason) || reason == Reason.ATTEMPT_SUPERSEDED)) {
      superseded(decision);
    } else if (reason == Reason.RUN_ENDED || reason == Reason.UNKNOWN_RUN) {
      synchronized (lock) {
        keptAlive = false;
      }
    }
  }

  private static @Nullable Reason reason(Decision decision) {
    Refusal refusal = decision.refusal();
    return refusal == null ? null : refusal.reason();
  }

  /** The session was rotated by a decision of this process. */
  void rotated(SessionCommand command, Decision decision) {
    Standing now = decision.session();
    if (command instanceof SessionCommand.CompactSession compaction
        && now != null
        && (compaction.carryRuns() == null || compaction.carryRuns().contains(run.runId()))) {
      synchronized (lock) {
        move(now.generation());
      }
    } else if (now == null
        || now.generation().number() > generation().number()
        || now.status().isOver()) {
      superseded(decision);
    }
  }

  private void superseded(Decision decision) {
    synchronized (lock) {
      if (state != State.OPEN) {
        return;
      }
      state = State.SUPERSEDED;
    }
    ledger.handles().remove(this);
    superseded.completeAsync(() -> decision);
  }

  /**
   * Asks the ledger whether the run may go on, and keeps nothing of it.
   *
   * @throws GenerationEnded when the run's generation is over
   * @throws CommandRefused when the run has ended, for example by the watchdog
   */
  public void requireCurrent() {
    requireUsable();
    Generation signed = generation();
    Decision decision = ask(signed);
    while (decision.verdict() == Verdict.REJECTED && mayBeCarried(signed, decision)) {
      signed = current(decision);
      decision = ask(signed);
    }
    if (decision.verdict() == Verdict.REJECTED) {
      refused(decision);
    } else {
      synchronized (lock) {
        move(signed);
      }
    }
    taken(decision);
  }

  private static Generation current(Decision decision) {
    Standing now = decision.session();
    if (now == null) {
      throw new IllegalStateException("no generation in " + decision);
    }
    return now.generation();
  }

  private Decision ask(Generation signed) {
    return ledger.decide(
        new Arrival(
            Ledger.newCommandId(),
            RunReport.Progress.NONE.command(key, signed, run),
            provenance,
            true));
  }

  /**
   * Compacts the session: the next generation takes over all its open runs, this one among them.
   *
   * @param tokensBefore what the session held, in tokens
   * @param tokensAfter what is left of that
   * @return the generation that owns the run now
   * @throws GenerationEnded when a reset went first
   * @throws CommandRefused when another compaction went first; the handle has moved along
   */
  public Generation compact(
      @Nullable CompactionTrigger trigger,
      @Nullable Long tokensBefore,
      @Nullable Long tokensAfter) {
    requireUsable();
    Generation signed = generation();
    Decision decision =
        ledger.decide(
            new SessionCommand.CompactSession(
                key,
                signed.sessionId(),
                signed.number(),
                null,
                trigger,
                null,
                null,
                tokensBefore,
                tokensAfter),
            provenance);
    if (decision.verdict() == Verdict.REJECTED) {
      requireCurrent();
      throw new CommandRefused(decision);
    }
    return generation();
  }

  /**
   * Begins the next attempt of the run, in the generation that owns it.
   *
   * @throws GenerationEnded when that generation is over
   */
  public RunHandle retry() {
    RunHandle next = session().start(new RunAttempt(run.runId(), run.attempt() + 1), null);
    synchronized (lock) {
      closed = true; // Where it was open, the next attempt has replaced it.
    }
    ledger.handles().remove(this);
    return next;
  }

  /** The session in the generation that owns the run. */
  public SessionHandle session() {
    return new SessionHandle(ledger, key, generation(), provenance);
  }

  private void requireUsable() {
    synchronized (lock) {
      if (closed || state == State.ENDED) {
        throw new HandleClosed(
            this
                + (state == State.ENDED ? " has ended" : "'s handle is closed")
                + "; start a run of your own to report on, or the next attempt with retry.");
      }
    }
  }

  /** Sends a sign of life; the next one is due when this one is as old as the last one was. */
  CompletableFuture<Decision> keepAliveLater() {
    synchronized (lock) {
      heardAt = System.nanoTime();
    }
    return submit(RunReport.Progress.NONE);
  }

  boolean isSilentSince(long nanos) {
    synchronized (lock) {
      return state == State.OPEN && !closed && keptAlive && heardAt - nanos < 0;
    }
  }

  /** A run that did not say how it ended is interrupted; durable when this returns. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      if (state != State.OPEN) {
        return;
      }
    }
    ledger.handles().remove(this);
    Decision decision =
        ledger.decide(
            new SessionCommand.InterruptRuns(key, null, run.runId(), run.attempt(), null),
            provenance);
    if (decision.verdict() == Verdict.REJECTED) {
      refused(decision);
    }
  }

  @Override
  public String toString() {
    return "Attempt " + run.attempt() + " of run " + run.runId() + " in session '" + key + "'";
  }
}

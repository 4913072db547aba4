package org.sessionledger.core.session;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/**
 * A session as one event left it: stored beside the event, folded from nothing else. The one place
 * that knows how events make a status.
 *
 * @param generation the current generation's number
 * @param activeRuns the number of open runs: {@code running} if and only if it is above 0
 * @param version the event's place within the session
 * @param position the event's place in the global order
 * @param lastRun the run that started or ended last in this life
 * @param lastEndedRun the run that ended last in this life: the status when none is open
 * @param runs attempts started in this life
 * @param tokens the last count that a run of this life reported
 * @param movedTo the key that a migration moved to
 */
public record SessionStatus(
    SessionKey sessionKey,
    SessionId sessionId,
    long generation,
    Status status,
    int activeRuns,
    long version,
    long position,
    @Nullable LastRun lastRun,
    @Nullable LastRun lastEndedRun,
    long runs,
    @Nullable Long tokens,
    RunPolicy runPolicy,
    Map<String, String> attributes,
    SessionEvent.@Nullable Origin origin,
    @Nullable SessionKey movedTo,
    Instant openedAt,
    Instant changedAt) {

  /** Longest error kind and message here; the event and the runs view have them in full. */
  public static final int ERROR_MESSAGE_MAX = 1_024;

  /**
   * @param startedAt null when other runs started since
   */
  public record LastRun(
      RunId runId,
      long attempt,
      Status status,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable String errorKind,
      @Nullable String errorMessage) {}

  /** What a decision tells of the session. */
  public Standing standing() {
    return new Standing(new Generation(generation, sessionId), version, status, activeRuns);
  }

  /**
   * The session after its next event.
   *
   * @param before null when the event is the first of its session
   * @param at when the ledger recorded the event
   */
  public static SessionStatus after(
      @Nullable SessionStatus before, SessionEvent event, long version, long position, Instant at) {
    if (event instanceof SessionEvent.SessionOpened opened) {
      return opened(opened, version, position, at);
    }
    if (before == null) {
      throw new IllegalStateException(
          event.type() + " as the first event of session " + event.sessionKey());
    }
    return new Fold(before, event.generation(), version, position, at).apply(event);
  }

  private static SessionStatus opened(
      SessionEvent.SessionOpened event, long version, long position, Instant at) {
    return new SessionStatus(
        event.sessionKey(),
        event.generation().sessionId(),
        event.generation().number(),
        Status.IDLE,
        0,
        version,
        position,
        null,
        null,
        0,
        null,
        event.runPolicy(),
        event.attributes(),
        event.origin(),
        null,
        at,
        at);
  }

  /** One step: the session before, and where the next event stands. */
  private record Fold(
      SessionStatus before, Generation generation, long version, long position, Instant at) {

    SessionStatus apply(SessionEvent event) {
      if (event instanceof SessionEvent.RunStarted e) {
        int active = before.activeRuns + (e.replacesOpenAttempt() ? 0 : 1);
        LastRun run = new LastRun(e.runId(), e.attempt(), Status.RUNNING, at, null, null, null);
        return live(active, run, before.lastEndedRun, before.runs + 1, before.tokens);
      }
      if (event instanceof SessionEvent.RunProgressed e) {
        Long tokens = e.tokens() == null ? before.tokens : e.tokens();
        return live(before.activeRuns, before.lastRun, before.lastEndedRun, before.runs, tokens);
      }
      if (event instanceof SessionEvent.RunEnded e) {
        return ended(e, outcome(e), before.activeRuns - (e.correctsInterruption() ? 0 : 1));
      }
      if (event instanceof SessionEvent.RunInterrupted e) {
        return ended(e, Status.INTERRUPTED, before.activeRuns - 1);
      }
      if (event instanceof SessionEvent.SessionCompacted e) {
        LastRun told = stillTold(e.supersededRuns());
        return live(e.carriedRuns().size(), told, before.lastEndedRun, before.runs, before.tokens);
      }
      if (event instanceof SessionEvent.SessionClosed e) {
        return over(Status.CLOSED, e, null);
      }
      if (event instanceof SessionEvent.SessionMigrated e) {
        return over(Status.MIGRATED, e, e.newSessionKey());
      }
      if (event instanceof SessionEvent.SessionReset
          || event instanceof SessionEvent.SessionRestored
          || event instanceof SessionEvent.SessionReopened) {
        return live(0, null, null, 0, null);
      }
      return live(
          before.activeRuns, before.lastRun, before.lastEndedRun, before.runs, before.tokens);
    }

    private SessionStatus ended(SessionEvent.OfRun event, Status outcome, int active) {
      LastRun last = before.lastRun;
      boolean same =
          last != null && last.runId().equals(event.runId()) && last.attempt() == event.attempt();
      String kind = null;
      String message = null;
      if (event instanceof SessionEvent.RunFailed failed) {
        kind = shown(failed.errorKind());
        message = shown(failed.errorMessage());
      }
      Instant startedAt = same && last != null ? last.startedAt() : null;
      LastRun run =
          new LastRun(event.runId(), event.attempt(), outcome, startedAt, at, kind, message);
      return live(active, run, run, before.runs, before.tokens);
    }

    private static @Nullable String shown(@Nullable String text) {
      return text == null ? null : Text.cut(text, ERROR_MESSAGE_MAX);
    }

    private static Status outcome(SessionEvent.RunEnded event) {
      if (event instanceof SessionEvent.RunCompleted) {
        return Status.DONE;
      }
      return event instanceof SessionEvent.RunFailed ? Status.FAILED : Status.ABORTED;
    }

    /** A run that was left behind open is not told as if it ran: the one that ended last is. */
    private @Nullable LastRun stillTold(List<RunAttempt> superseded) {
      LastRun last = before.lastRun;
      return last != null
              && last.status() == Status.RUNNING
              && superseded.contains(new RunAttempt(last.runId(), last.attempt()))
          ? before.lastEndedRun
          : last;
    }

    private SessionStatus live(
        int active,
        @Nullable LastRun last,
        @Nullable LastRun lastEnded,
        long runs,
        @Nullable Long tokens) {
      Status rest = lastEnded == null ? Status.IDLE : lastEnded.status();
      return build(active > 0 ? Status.RUNNING : rest, active, last, lastEnded, runs, tokens, null);
    }

    /** The session is over under this key, and with it what was open. */
    private SessionStatus over(
        Status status, SessionEvent.EndsGeneration event, @Nullable SessionKey movedTo) {
      LastRun told = stillTold(event.supersededRuns());
      return build(status, 0, told, before.lastEndedRun, before.runs, before.tokens, movedTo);
    }

    private SessionStatus build(
        Status status,
        int active,
        @Nullable LastRun last,
        @Nullable LastRun lastEnded,
        long runs,
        @Nullable Long tokens,
        @Nullable SessionKey movedTo) {
      return new SessionStatus(
          before.sessionKey,
          generation.sessionId(),
          generation.number(),
          status,
          active,
          version,
          position,
          last,
          lastEnded,
          runs,
          tokens,
          before.runPolicy,
          before.attributes,
          before.origin,
          movedTo,
          before.openedAt,
          at);
    }
  }
}

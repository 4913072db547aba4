package org.sessionledger.core.ledger;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.SessionCommand;

/** What a run has to say of itself; its {@link RunHandle} adds who it is. */
public sealed interface RunReport {

  /** The command that says it. */
  SessionCommand.OfRun command(SessionKey key, Generation generation, RunAttempt run);

  /** True when the run is over with it. */
  default boolean ends() {
    return true;
  }

  /**
   * It is at work; renews its lease.
   *
   * @param note at most 4,096 characters
   * @param tokens used by now in this session
   */
  record Progress(@Nullable String note, @Nullable Long tokens) implements RunReport {

    /** Nothing but the sign of life. */
    public static final Progress NONE = new Progress(null, null);

    @Override
    public SessionCommand.OfRun command(SessionKey key, Generation generation, RunAttempt run) {
      return new SessionCommand.ReportProgress(
          key,
          generation.sessionId(),
          generation.number(),
          run.runId(),
          run.attempt(),
          note,
          tokens);
    }

    @Override
    public boolean ends() {
      return false;
    }
  }

  /** It did what it had to. */
  record Complete() implements RunReport {

    @Override
    public SessionCommand.OfRun command(SessionKey key, Generation generation, RunAttempt run) {
      return new SessionCommand.CompleteRun(
          key, generation.sessionId(), generation.number(), run.runId(), run.attempt());
    }
  }

  /**
   * It failed.
   *
   * @param errorKind what kind of error, in a word
   * @param errorMessage cut at 65,536 characters
   */
  record Fail(@Nullable String errorKind, @Nullable String errorMessage) implements RunReport {

    @Override
    public SessionCommand.OfRun command(SessionKey key, Generation generation, RunAttempt run) {
      return new SessionCommand.FailRun(
          key,
          generation.sessionId(),
          generation.number(),
          run.runId(),
          run.attempt(),
          errorKind,
          errorMessage,
          null);
    }
  }

  /** Somebody stopped it. */
  record Abort() implements RunReport {

    @Override
    public SessionCommand.OfRun command(SessionKey key, Generation generation, RunAttempt run) {
      return new SessionCommand.AbortRun(
          key, generation.sessionId(), generation.number(), run.runId(), run.attempt());
    }
  }
}

package org.sessionledger.core.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;

/**
 * The verdict on one arrival. When a caller holds it, it is durable (but for a dry run).
 *
 * @param commandType the command's name; null when the arrival had none that could be read
 * @param sessionKey null for a command over every session, or when none could be read
 * @param session the session as this decision left it; null when there is none
 * @param interrupted for an {@code InterruptRuns} without a session key: what it ended
 * @param refusal present exactly when the verdict is {@code rejected}
 * @param recordedAt the ledger's own clock, which never runs backwards
 */
public record Decision(
    Verdict verdict,
    CommandId commandId,
    @Nullable String commandType,
    @Nullable SessionKey sessionKey,
    @Nullable Standing session,
    @Nullable Interrupted interrupted,
    @Nullable Refusal refusal,
    Instant recordedAt,
    boolean dryRun) {

  /**
   * How far a command over every session reached.
   *
   * @param sessions sessions in which a run was ended
   * @param runs runs that were ended
   */
  public record Interrupted(int sessions, int runs) {}

  /** The same decision with its refusal completed. */
  public Decision with(Refusal completed) {
    return new Decision(
        verdict,
        commandId,
        commandType,
        sessionKey,
        session,
        interrupted,
        completed,
        recordedAt,
        dryRun);
  }

  /** The answer to the same command when it comes again. */
  public Decision asDuplicate() {
    return new Decision(
        Verdict.DUPLICATE,
        commandId,
        commandType,
        sessionKey,
        session,
        interrupted,
        refusal,
        recordedAt,
        dryRun);
  }

  /** The same decision, of which nothing is kept. */
  public Decision asDryRun() {
    return new Decision(
        verdict,
        commandId,
        commandType,
        sessionKey,
        session,
        interrupted,
        refusal,
        recordedAt,
        true);
  }
}

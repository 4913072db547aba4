package org.sessionledger.core.conformance;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message of a run, as the process that runs it made it. It may arrive late, twice, or in
 * another order than it was made.
 *
 * @param messageId the same when the same message is delivered again, and never otherwise
 * @param sessionKey the route of the conversation, which outlives every reset
 * @param sessionId the session id that the run signs with; null when it signs with none
 * @param runId never that of a run of an earlier life: who sees it again sees the old run
 * @param error what went wrong; for {@link Kind#FAIL} alone
 * @param occurredAt the sender's clock when it made the message, which may be days off
 */
public record Report(
    String messageId,
    Kind kind,
    String sessionKey,
    @Nullable String sessionId,
    String runId,
    @Nullable String error,
    Instant occurredAt) {

  /** What a run tells of itself. */
  public enum Kind {
    /** It began; after a failure under the same run id: it was tried again. */
    START,
    /** It is still at work. */
    PROGRESS,
    /** It ended well. */
    COMPLETE,
    /** It ended with an error. */
    FAIL,
    /** Somebody stopped it. */
    ABORT
  }

  /** The same, made by a process whose clock is off. */
  public Report skewedBy(Duration skew) {
    return new Report(messageId, kind, sessionKey, sessionId, runId, error, occurredAt.plus(skew));
  }
}

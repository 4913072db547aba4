package org.sessionledger.projections.kit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.session.SupersededBy;

/**
 * A refusal as views show it: joined from the decision log when asked, in no view's table.
 *
 * @param count arrivals that it stands for
 * @param afterVersion the session's version when the first of them was decided
 * @param presented the identities and the content that the command brought
 * @param current what was current when the first was decided; null when there was no session
 * @param ended the ended generation that the command named, or that owns the run it tells of
 * @param commandReason why the command was sent, in its sender's words
 */
public record RefusedCommand(
    @Nullable String commandType,
    Reason reason,
    String decisionId,
    long count,
    Instant firstAt,
    Instant lastAt,
    long afterVersion,
    JsonNode presented,
    @Nullable Current current,
    @Nullable GenerationName ended,
    @Nullable SupersededBy supersededBy,
    @Nullable SessionKey movedTo,
    @Nullable String field,
    String detail,
    String next,
    @Nullable String commandId,
    @Nullable Source source,
    @Nullable String actor,
    @Nullable String commandReason,
    @Nullable Instant occurredAt,
    @Nullable String traceparent) {

  /** What was current in the session. */
  public record Current(
      SessionId sessionId, long generation, long version, Status status, int activeRuns) {

    static @Nullable Current of(@Nullable Standing standing) {
      return standing == null
          ? null
          : new Current(
              standing.generation().sessionId(),
              standing.generation().number(),
              standing.version(),
              standing.status(),
              standing.activeRuns());
    }
  }

  /**
   * @throws IllegalArgumentException when the line is no refusal
   */
  public static RefusedCommand of(LoggedDecision line) {
    Refusal refusal = line.refusal();
    if (refusal == null) {
      throw new IllegalArgumentException("no refusal: decision " + line.decisionId());
    }
    Source source = line.first().source();
    return new RefusedCommand(
        line.commandType(),
        refusal.reason(),
        line.decisionId(),
        line.count(),
        line.firstAt(),
        line.lastAt(),
        line.afterVersion(),
        refusal.presented(),
        Current.of(line.current()),
        refusal.ended() == null ? null : GenerationName.of(refusal.ended()),
        refusal.supersededBy(),
        refusal.movedTo(),
        refusal.field(),
        refusal.detail(),
        refusal.next(),
        line.firstCommand().path("commandId").textValue(),
        source.equals(Source.UNKNOWN) ? null : source,
        line.first().actor(),
        line.first().reason(),
        line.first().occurredAt(),
        line.first().traceparent());
  }
}

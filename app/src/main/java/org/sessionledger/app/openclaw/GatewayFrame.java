package org.sessionledger.app.openclaw;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** A frame, reduced to what it says about the life of sessions and runs. */
sealed interface GatewayFrame {

  Place place();

  /**
   * A connection was accepted.
   *
   * @param at when it arrived, by the client's clock, in milliseconds
   */
  record Hello(
      Place place,
      @Nullable Long at,
      @Nullable String bootId,
      @Nullable String version,
      @Nullable Long uptimeMillis,
      @Nullable String host)
      implements GatewayFrame {}

  /** A socket was closed: a gap, until a hello tells more. */
  record Closed(Place place, @Nullable Long at, long code) implements GatewayFrame {}

  /** The gateway says that it stops. */
  record ShuttingDown(Place place) implements GatewayFrame {}

  /**
   * Whoever follows says that it could not hear, and hears again.
   *
   * @param sessions that it may concern
   */
  record GapEnded(Place place, Instant from, Instant to, String why, List<SessionKey> sessions)
      implements GatewayFrame {}

  /**
   * Whoever follows goes on where it stopped.
   *
   * @param instance the process that it followed
   * @param heardAt when it heard it last, in milliseconds
   * @param runs that were open then
   */
  record Resumed(
      Place place,
      @Nullable String instance,
      @Nullable String bootId,
      @Nullable Long heardAt,
      List<Missed.OpenRun> runs)
      implements GatewayFrame {}

  /**
   * Rows of many sessions. Shows, but neither opens nor rotates.
   *
   * @param problem what is wrong with the first row that is not among them
   */
  record Listing(Place place, Map<SessionKey, Row> rows, @Nullable String problem)
      implements GatewayFrame {}

  /** Says nothing about the life of a session. */
  record Silent(Place place) implements GatewayFrame {}

  /** A run's own report that forgot its session. */
  record Unaddressed(Place place, RunFacts facts) implements GatewayFrame {}

  /** Anything about one session. */
  sealed interface OfSession extends GatewayFrame {

    SessionKey sessionKey();

    /** What the frame shows of the session, if anything. */
    default @Nullable Row row() {
      return null;
    }

    /** The session id that the frame shows to be the current one, if any. */
    default @Nullable SessionId shownId() {
      Row row = row();
      return row == null ? null : row.sessionId();
    }
  }

  /** What a run says of itself on the run bus. */
  record RunFacts(
      RunId runId,
      Phase phase,
      @Nullable SessionId ownSessionId,
      @Nullable Long seq,
      @Nullable Long ts,
      boolean aborted,
      @Nullable String stopReason,
      @Nullable String errorKind,
      @Nullable String errorMessage) {}

  record RunReport(Place place, SessionKey sessionKey, RunFacts facts) implements OfSession {

    @Override
    public @Nullable SessionId shownId() {
      return facts.ownSessionId();
    }
  }

  /** The gateway wants a run's phase to be the session's. */
  record Projection(
      Place place,
      SessionKey sessionKey,
      RunId runId,
      Phase phase,
      @Nullable Long ts,
      @Nullable Row row)
      implements OfSession {}

  /** A row in an event or an answer about the session. */
  record RowShown(Place place, SessionKey sessionKey, Row row) implements OfSession {}

  record ResetSeen(Place place, SessionKey sessionKey, Row row, String what, Sight sight)
      implements OfSession {}

  /**
   * A compaction was completed.
   *
   * @param row has no session id where the frame does not tell one: compacted in place
   */
  record CompactionSeen(
      Place place,
      SessionKey sessionKey,
      @Nullable Row row,
      Sight sight,
      @Nullable Long tokensBefore,
      @Nullable Long tokensAfter)
      implements OfSession {}

  /**
   * Evidence of a compaction that does not tell the session id it led to.
   *
   * @param runId the run that compacted, null when nobody's
   */
  record CompactionSign(
      Place place, SessionKey sessionKey, @Nullable RunId runId, @Nullable CompactionId operation)
      implements OfSession {}

  record DeleteSeen(Place place, SessionKey sessionKey, Sight sight) implements OfSession {}

  /**
   * A session was branched off.
   *
   * @param sessionKey the new session
   * @param source null where the frame does not tell
   * @param from the session id that the branch goes on from
   */
  record BranchSeen(
      Place place,
      SessionKey sessionKey,
      @Nullable SessionKey source,
      Row row,
      @Nullable SessionId from)
      implements OfSession {}

  /**
   * @param from the session id that is continued
   */
  record RestoreSeen(
      Place place, SessionKey sessionKey, Row row, @Nullable SessionId from, Sight sight)
      implements OfSession {}
}

package org.sessionledger.core.session;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * Every fact that was accepted. Simple class names and component names are stored: changing one is
 * a data migration, and a golden test holds them. Time, position and version are the envelope's
 * ({@link RecordedEvent}).
 */
public sealed interface SessionEvent {

  SessionKey sessionKey();

  /** The generation that is current after the fact: its number fences, its session id names. */
  Generation generation();

  /** The stored name of the event. */
  default String type() {
    return getClass().getSimpleName();
  }

  /** A fact about one attempt of a run. */
  sealed interface OfRun extends SessionEvent {

    RunId runId();

    long attempt();
  }

  /** A fact that ended a generation, and with it the open runs that it does not carry over. */
  sealed interface EndsGeneration extends SessionEvent {

    /** The generation that is over. */
    Generation ended();

    /** The runs that were open and do not go on. */
    List<RunAttempt> supersededRuns();
  }

  /**
   * @param origin where a forked or migrated session comes from
   */
  record SessionOpened(
      SessionKey sessionKey,
      Generation generation,
      RunPolicy runPolicy,
      Map<String, String> attributes,
      @Nullable Origin origin)
      implements SessionEvent {}

  /**
   * @param instance the process that runs it, as its start said
   * @param inferred an adapter saw only a later sign of the start
   * @param replacesOpenAttempt the attempt before was still open; it shows as superseded
   */
  record RunStarted(
      SessionKey sessionKey,
      Generation generation,
      RunId runId,
      long attempt,
      @Nullable String instance,
      @Nullable RunId resumesRunId,
      boolean inferred,
      boolean replacesOpenAttempt)
      implements OfRun {}

  record RunProgressed(
      SessionKey sessionKey,
      Generation generation,
      RunId runId,
      long attempt,
      @Nullable String note,
      @Nullable Long tokens)
      implements OfRun {}

  /** An attempt's end as the run itself reported it. */
  sealed interface RunEnded extends OfRun {

    /** The attempt was presumed lost and counted as ended before. */
    boolean correctsInterruption();
  }

  record RunCompleted(
      SessionKey sessionKey,
      Generation generation,
      RunId runId,
      long attempt,
      boolean correctsInterruption)
      implements RunEnded {}

  /**
   * @param errorMessageLength set when the message was cut: its length as it came
   */
  record RunFailed(
      SessionKey sessionKey,
      Generation generation,
      RunId runId,
      long attempt,
      @Nullable String errorKind,
      @Nullable String errorMessage,
      @Nullable Long errorMessageLength,
      boolean correctsInterruption)
      implements RunEnded {}

  /** Why and by whom stands in the provenance. */
  record RunAborted(
      SessionKey sessionKey,
      Generation generation,
      RunId runId,
      long attempt,
      boolean correctsInterruption)
      implements RunEnded {}

  /**
   * Presumed lost: the run's own end corrects it.
   *
   * @param instance the dead process; null when the run's lease expired
   */
  record RunInterrupted(
      SessionKey sessionKey,
      Generation generation,
      RunId runId,
      long attempt,
      @Nullable String instance)
      implements OfRun {}

  /**
   * Nobody listened to the session's runtime; what it did meanwhile may be missing here. Changes
   * nothing.
   *
   * @param from when the runtime was heard last, by the clock of who listens
   * @param to when it was listened to again
   */
  record GapReported(SessionKey sessionKey, Generation generation, Instant from, Instant to)
      implements SessionEvent {}

  record SessionReset(
      SessionKey sessionKey,
      Generation generation,
      Generation ended,
      List<RunAttempt> supersededRuns)
      implements EndsGeneration {}

  /**
   * @param attempt counts the begins of this compaction id
   */
  record CompactionBegun(
      SessionKey sessionKey, Generation generation, CompactionId compactionId, long attempt)
      implements SessionEvent {}

  record CompactionAbandoned(
      SessionKey sessionKey, Generation generation, CompactionId compactionId, long attempt)
      implements SessionEvent {}

  record SessionCompacted(
      SessionKey sessionKey,
      Generation generation,
      Generation ended,
      @Nullable CompactionId compactionId,
      @Nullable CompactionTrigger trigger,
      List<RunAttempt> carriedRuns,
      List<RunAttempt> supersededRuns,
      @Nullable Long tokensBefore,
      @Nullable Long tokensAfter)
      implements EndsGeneration {}

  /**
   * @param continues the older generation that the new one goes on from
   */
  record SessionRestored(
      SessionKey sessionKey,
      Generation generation,
      Generation ended,
      Generation continues,
      List<RunAttempt> supersededRuns)
      implements EndsGeneration {}

  /**
   * The source's own story goes on.
   *
   * @param from the generation that the fork continues from
   * @param newGeneration the first generation of the new key
   */
  record SessionForked(
      SessionKey sessionKey,
      Generation generation,
      Generation from,
      SessionKey newSessionKey,
      Generation newGeneration)
      implements SessionEvent {}

  /** The key moved; {@code generation} and {@code ended} are the last one under the old key. */
  record SessionMigrated(
      SessionKey sessionKey,
      Generation generation,
      Generation ended,
      SessionKey newSessionKey,
      Generation newGeneration,
      List<RunAttempt> supersededRuns)
      implements EndsGeneration {}

  /** A tombstone until it is reopened; {@code generation} and {@code ended} are the last one. */
  record SessionClosed(
      SessionKey sessionKey,
      Generation generation,
      Generation ended,
      List<RunAttempt> supersededRuns)
      implements EndsGeneration {}

  /**
   * @param closed the generation that the close had ended
   */
  record SessionReopened(SessionKey sessionKey, Generation generation, Generation closed)
      implements SessionEvent {}

  /**
   * Where a session on a new key comes from.
   *
   * @param generation the number of the generation that it continues
   * @param sessionId that generation's session id
   */
  record Origin(Kind kind, SessionKey sessionKey, long generation, SessionId sessionId) {

    public Origin(Kind kind, SessionKey sessionKey, Generation generation) {
      this(kind, sessionKey, generation.number(), generation.sessionId());
    }

    /** How the new key came to be. */
    public enum Kind {
      @JsonProperty("fork")
      FORK,
      @JsonProperty("migration")
      MIGRATION
    }
  }
}

package org.sessionledger.core.session;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Claim;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/**
 * Every order that a runtime or an operator can give. The components are the fields of the
 * command's JSON, to the letter; a value that breaks its field's shape or limit throws {@link
 * InvalidField}.
 */
public sealed interface SessionCommand {

  /** Most runs that one compaction carries by name. */
  int CARRY_RUNS_MAX = 1_000;

  /** Most attributes of a session. */
  int ATTRIBUTES_MAX = 64;

  /** Longest attribute name. */
  int ATTRIBUTE_NAME_MAX = 256;

  /** Longest attribute value. */
  int ATTRIBUTE_VALUE_MAX = 4_096;

  /** The route; null only for an {@link InterruptRuns} over every session. */
  @Nullable SessionKey sessionKey();

  /** All the routes that it names: its own, and where it leads to. */
  default Set<SessionKey> sessionKeys() {
    SessionKey own = sessionKey();
    return own == null ? Set.of() : Set.of(own);
  }

  /** The stored and sent name of the command. */
  default String type() {
    return getClass().getSimpleName();
  }

  /** How the command names the generation that it belongs to. */
  default Claim claim() {
    return Claim.NONE;
  }

  /** The generation that must be current for the command to be carried out. */
  default Claim expected() {
    return Claim.NONE;
  }

  /** A command about one run. */
  sealed interface OfRun extends SessionCommand {

    @Override
    SessionKey sessionKey();

    @Nullable SessionId sessionId();

    @Nullable Long generation();

    RunId runId();

    /** Absent means the last attempt; for a start, what its rules say. */
    @Nullable Long attempt();

    @Override
    default Claim claim() {
      return new Claim(sessionId(), generation());
    }
  }

  /** The end of a run's attempt, as the run itself reports it. */
  sealed interface EndRun extends OfRun {}

  record OpenSession(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable RunPolicy runPolicy,
      @Nullable Map<String, String> attributes)
      implements SessionCommand {

    public OpenSession {
      Text.requirePresent("sessionKey", sessionKey);
      if (attributes != null) {
        attributes = Shape.attributes(attributes);
      }
    }
  }

  record StartRun(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable Long generation,
      RunId runId,
      @Nullable Long attempt,
      @Nullable RunId resumesRunId,
      @Nullable Boolean inferred)
      implements OfRun {

    public StartRun {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("runId", runId);
      Shape.fromOne("generation", generation);
      Shape.fromOne("attempt", attempt);
    }
  }

  record ReportProgress(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable Long generation,
      RunId runId,
      @Nullable Long attempt,
      @Nullable String note,
      @Nullable Long tokens)
      implements OfRun {

    public ReportProgress {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("runId", runId);
      Shape.fromOne("generation", generation);
      Shape.fromOne("attempt", attempt);
      Shape.notNegative("tokens", tokens);
      if (note != null) {
        Text.free("note", note, Text.NOTE_MAX);
      }
    }
  }

  record CompleteRun(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable Long generation,
      RunId runId,
      @Nullable Long attempt)
      implements EndRun {

    public CompleteRun {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("runId", runId);
      Shape.fromOne("generation", generation);
      Shape.fromOne("attempt", attempt);
    }
  }

  /**
   * @param errorMessage cut at {@link Text#ERROR_MESSAGE_MAX}
   * @param errorMessageLength set when the message was cut: its length as it came; never in a
   *     sender's JSON
   */
  record FailRun(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable Long generation,
      RunId runId,
      @Nullable Long attempt,
      @Nullable String errorKind,
      @Nullable String errorMessage,
      @Nullable Long errorMessageLength)
      implements EndRun {

    public FailRun {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("runId", runId);
      Shape.fromOne("generation", generation);
      Shape.fromOne("attempt", attempt);
      if (errorKind != null) {
        Text.requireNoLoneSurrogate("errorKind", errorKind);
      }
      if (errorMessage != null) {
        Text.requireNoLoneSurrogate("errorMessage", errorMessage);
        int length = Text.length(errorMessage);
        if (length > Text.ERROR_MESSAGE_MAX) {
          errorMessageLength = (long) length;
          errorMessage = Text.cut(errorMessage, Text.ERROR_MESSAGE_MAX);
        }
      }
    }
  }

  record AbortRun(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable Long generation,
      RunId runId,
      @Nullable Long attempt)
      implements EndRun {

    public AbortRun {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("runId", runId);
      Shape.fromOne("generation", generation);
      Shape.fromOne("attempt", attempt);
    }
  }

  /**
   * Ends runs that nothing runs any more: those of a dead process, or one whose lease expired.
   *
   * @param sessionKey null: the runs of {@code instance} in every session
   * @param lastRenewedVersion the version of the last renewal that the watchdog saw
   */
  record InterruptRuns(
      @TargetAggregateIdentifier @Nullable SessionKey sessionKey,
      @Nullable String instance,
      @Nullable RunId runId,
      @Nullable Long attempt,
      @Nullable Long lastRenewedVersion)
      implements SessionCommand {

    public InterruptRuns {
      Shape.fromOne("attempt", attempt);
      Shape.notNegative("lastRenewedVersion", lastRenewedVersion);
      if (instance != null) {
        Text.identifier("instance", instance, Text.ID_MAX);
        Shape.absent("runId", runId, "does not go with 'instance'");
        Shape.absent("attempt", attempt, "does not go with 'instance'");
        Shape.absent("lastRenewedVersion", lastRenewedVersion, "does not go with 'instance'");
      } else if (runId == null) {
        throw new InvalidField(
            "instance", "is missing: name an instance, or a sessionKey and runId");
      } else if (sessionKey == null) {
        throw new InvalidField("sessionKey", "is missing: a runId alone does not name a run");
      }
    }
  }

  /**
   * Tells of a time in which nobody listened to the session's runtime. What was missed is not
   * known, so nothing is judged by it.
   *
   * @param from when the runtime was heard last, by the clock of who listens
   * @param to when it was listened to again
   */
  record ReportGap(@TargetAggregateIdentifier SessionKey sessionKey, Instant from, Instant to)
      implements SessionCommand {

    public ReportGap {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("from", from);
      Text.requirePresent("to", to);
      if (to.isBefore(from)) {
        throw new InvalidField("to", "is before 'from': a gap ends after it began");
      }
    }
  }

  record ResetSession(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId expectedSessionId,
      @Nullable Long expectedGeneration,
      @Nullable SessionId newSessionId)
      implements SessionCommand {

    public ResetSession {
      Text.requirePresent("sessionKey", sessionKey);
      Shape.fromOne("expectedGeneration", expectedGeneration);
    }

    @Override
    public Claim expected() {
      return new Claim(expectedSessionId, expectedGeneration);
    }
  }

  record BeginCompaction(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable Long generation,
      CompactionId compactionId)
      implements SessionCommand {

    public BeginCompaction {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("compactionId", compactionId);
      Shape.fromOne("generation", generation);
    }

    @Override
    public Claim claim() {
      return new Claim(sessionId, generation);
    }
  }

  record AbandonCompaction(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable Long generation,
      CompactionId compactionId)
      implements SessionCommand {

    public AbandonCompaction {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("compactionId", compactionId);
      Shape.fromOne("generation", generation);
    }

    @Override
    public Claim claim() {
      return new Claim(sessionId, generation);
    }
  }

  /**
   * @param carryRuns the runs that go on in the new generation; null: all open ones
   */
  record CompactSession(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId sessionId,
      @Nullable Long generation,
      @Nullable CompactionId compactionId,
      @Nullable CompactionTrigger trigger,
      @Nullable SessionId newSessionId,
      @Nullable List<RunId> carryRuns,
      @Nullable Long tokensBefore,
      @Nullable Long tokensAfter)
      implements SessionCommand {

    public CompactSession {
      Text.requirePresent("sessionKey", sessionKey);
      Shape.fromOne("generation", generation);
      Shape.notNegative("tokensBefore", tokensBefore);
      Shape.notNegative("tokensAfter", tokensAfter);
      if (carryRuns != null) {
        if (carryRuns.size() > CARRY_RUNS_MAX) {
          throw new InvalidField(
              "carryRuns",
              "has " + carryRuns.size() + " entries, at most " + CARRY_RUNS_MAX + " are allowed");
        }
        carryRuns.forEach(run -> Shape.present("carryRuns", run));
        carryRuns = carryRuns.stream().distinct().toList();
      }
    }

    @Override
    public Claim claim() {
      return new Claim(sessionId, generation);
    }
  }

  record RestoreSession(
      @TargetAggregateIdentifier SessionKey sessionKey,
      long fromGeneration,
      @Nullable SessionId expectedSessionId,
      @Nullable Long expectedGeneration,
      @Nullable SessionId newSessionId)
      implements SessionCommand {

    public RestoreSession {
      Text.requirePresent("sessionKey", sessionKey);
      Shape.fromOne("fromGeneration", fromGeneration);
      Shape.fromOne("expectedGeneration", expectedGeneration);
    }

    @Override
    public Claim expected() {
      return new Claim(expectedSessionId, expectedGeneration);
    }
  }

  record ForkSession(
      @TargetAggregateIdentifier SessionKey sessionKey,
      SessionKey newSessionKey,
      @Nullable Long fromGeneration,
      @Nullable SessionId newSessionId)
      implements SessionCommand {

    public ForkSession {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("newSessionKey", newSessionKey);
      Shape.elsewhere(sessionKey, newSessionKey);
      Shape.fromOne("fromGeneration", fromGeneration);
    }

    @Override
    public Set<SessionKey> sessionKeys() {
      return Set.of(sessionKey, newSessionKey);
    }
  }

  record MigrateSession(
      @TargetAggregateIdentifier SessionKey sessionKey,
      SessionKey newSessionKey,
      @Nullable SessionId expectedSessionId,
      @Nullable Long expectedGeneration,
      @Nullable SessionId newSessionId)
      implements SessionCommand {

    public MigrateSession {
      Text.requirePresent("sessionKey", sessionKey);
      Text.requirePresent("newSessionKey", newSessionKey);
      Shape.elsewhere(sessionKey, newSessionKey);
      Shape.fromOne("expectedGeneration", expectedGeneration);
    }

    @Override
    public Set<SessionKey> sessionKeys() {
      return Set.of(sessionKey, newSessionKey);
    }

    @Override
    public Claim expected() {
      return new Claim(expectedSessionId, expectedGeneration);
    }
  }

  record CloseSession(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId expectedSessionId,
      @Nullable Long expectedGeneration)
      implements SessionCommand {

    public CloseSession {
      Text.requirePresent("sessionKey", sessionKey);
      Shape.fromOne("expectedGeneration", expectedGeneration);
    }

    @Override
    public Claim expected() {
      return new Claim(expectedSessionId, expectedGeneration);
    }
  }

  record ReopenSession(
      @TargetAggregateIdentifier SessionKey sessionKey,
      @Nullable SessionId expectedSessionId,
      @Nullable Long expectedGeneration,
      @Nullable SessionId newSessionId)
      implements SessionCommand {

    public ReopenSession {
      Text.requirePresent("sessionKey", sessionKey);
      Shape.fromOne("expectedGeneration", expectedGeneration);
    }

    @Override
    public Claim expected() {
      return new Claim(expectedSessionId, expectedGeneration);
    }
  }
}

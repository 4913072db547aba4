package org.sessionledger.core.session;

import static org.sessionledger.core.session.Past.GATEWAY;
import static org.sessionledger.core.session.Past.KEY;
import static org.sessionledger.core.session.Past.OTHER_KEY;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** A command as a test says it; what is not said is absent. */
final class Order {

  private final Function<Order, SessionCommand> make;
  private String instance = GATEWAY;
  private SessionId sessionId;
  private Long generation;
  private SessionId expectedSessionId;
  private Long expectedGeneration;
  private SessionId newSessionId;
  private RunId runId;
  private Long attempt;
  private RunId resumes;
  private Boolean inferred;
  private String note;
  private Long tokens;
  private Long tokensAfter;
  private String errorKind;
  private String errorMessage;
  private RunPolicy policy;
  private Map<String, String> attributes;
  private CompactionId compactionId;
  private CompactionTrigger trigger;
  private List<RunId> carryRuns;
  private Long fromGeneration;
  private Long lastRenewedVersion;
  private SessionKey newSessionKey = OTHER_KEY;

  private Order(Function<Order, SessionCommand> make) {
    this.make = make;
  }

  private Order(String runId, Function<Order, SessionCommand> make) {
    this(make);
    this.runId = new RunId(runId);
  }

  // Orders

  static Order openSession() {
    return new Order(
        o -> new SessionCommand.OpenSession(KEY, o.newSessionId, o.policy, o.attributes));
  }

  static Order startRun(String runId) {
    return new Order(
        runId,
        o ->
            new SessionCommand.StartRun(
                KEY, o.sessionId, o.generation, o.runId, o.attempt, o.resumes, o.inferred));
  }

  static Order reportProgress(String runId) {
    return new Order(
        runId,
        o ->
            new SessionCommand.ReportProgress(
                KEY, o.sessionId, o.generation, o.runId, o.attempt, o.note, o.tokens));
  }

  static Order completeRun(String runId) {
    return new Order(
        runId,
        o -> new SessionCommand.CompleteRun(KEY, o.sessionId, o.generation, o.runId, o.attempt));
  }

  static Order failRun(String runId) {
    return new Order(
        runId,
        o ->
            new SessionCommand.FailRun(
                KEY,
                o.sessionId,
                o.generation,
                o.runId,
                o.attempt,
                o.errorKind,
                o.errorMessage,
                null));
  }

  static Order abortRun(String runId) {
    return new Order(
        runId,
        o -> new SessionCommand.AbortRun(KEY, o.sessionId, o.generation, o.runId, o.attempt));
  }

  static Order interruptRunsOf(String instance) {
    return new Order(o -> new SessionCommand.InterruptRuns(KEY, instance, null, null, null));
  }

  static Order interruptRun(String runId) {
    return new Order(
        runId,
        o -> new SessionCommand.InterruptRuns(KEY, null, o.runId, o.attempt, o.lastRenewedVersion));
  }

  static Order resetSession() {
    return new Order(
        o ->
            new SessionCommand.ResetSession(
                KEY, o.expectedSessionId, o.expectedGeneration, o.newSessionId));
  }

  static Order reportGap(Instant from, Instant to) {
    return new Order(o -> new SessionCommand.ReportGap(KEY, from, to));
  }

  static Order beginCompaction(String compactionId) {
    return new Order(
            o -> new SessionCommand.BeginCompaction(KEY, o.sessionId, o.generation, o.compactionId))
        .under(compactionId);
  }

  static Order abandonCompaction(String compactionId) {
    return new Order(
            o ->
                new SessionCommand.AbandonCompaction(
                    KEY, o.sessionId, o.generation, o.compactionId))
        .under(compactionId);
  }

  static Order compactSession() {
    return new Order(
        o ->
            new SessionCommand.CompactSession(
                KEY,
                o.sessionId,
                o.generation,
                o.compactionId,
                o.trigger,
                o.newSessionId,
                o.carryRuns,
                o.tokens,
                o.tokensAfter));
  }

  static Order restoreSession(long fromGeneration) {
    return new Order(
            o ->
                new SessionCommand.RestoreSession(
                    KEY,
                    o.fromGeneration,
                    o.expectedSessionId,
                    o.expectedGeneration,
                    o.newSessionId))
        .from(fromGeneration);
  }

  static Order forkSession() {
    return new Order(
        o ->
            new SessionCommand.ForkSession(KEY, o.newSessionKey, o.fromGeneration, o.newSessionId));
  }

  static Order migrateSession() {
    return new Order(
        o ->
            new SessionCommand.MigrateSession(
                KEY, o.newSessionKey, o.expectedSessionId, o.expectedGeneration, o.newSessionId));
  }

  static Order closeSession() {
    return new Order(
        o -> new SessionCommand.CloseSession(KEY, o.expectedSessionId, o.expectedGeneration));
  }

  static Order reopenSession() {
    return new Order(
        o ->
            new SessionCommand.ReopenSession(
                KEY, o.expectedSessionId, o.expectedGeneration, o.newSessionId));
  }

  // What they say

  /** Names the generation by session id and number. */
  Order of(Generation generation) {
    return signedWith(generation.sessionId().value()).numbered(generation.number());
  }

  /** Names the generation by session id. */
  Order signedWith(String sessionId) {
    this.sessionId = new SessionId(sessionId);
    return this;
  }

  /** Names the generation by number. */
  Order numbered(long generation) {
    this.generation = generation;
    return this;
  }

  Order expecting(Generation generation) {
    return expecting(generation.sessionId().value()).expecting(generation.number());
  }

  Order expecting(String sessionId) {
    this.expectedSessionId = new SessionId(sessionId);
    return this;
  }

  Order expecting(long generation) {
    this.expectedGeneration = generation;
    return this;
  }

  /** Says the session id of the generation that is to begin. */
  Order as(String sessionId) {
    this.newSessionId = new SessionId(sessionId);
    return this;
  }

  Order attempt(long attempt) {
    this.attempt = attempt;
    return this;
  }

  Order resuming(String runId) {
    this.resumes = new RunId(runId);
    return this;
  }

  Order inferred() {
    this.inferred = true;
    return this;
  }

  /** The process that sends it. */
  Order by(String instance) {
    this.instance = instance;
    return this;
  }

  Order noting(String note) {
    this.note = note;
    return this;
  }

  Order tokens(long tokens) {
    this.tokens = tokens;
    return this;
  }

  Order tokensAfter(long tokens) {
    this.tokensAfter = tokens;
    return this;
  }

  Order with(String errorKind, String errorMessage) {
    this.errorKind = errorKind;
    this.errorMessage = errorMessage;
    return this;
  }

  Order policy(RunPolicy policy) {
    this.policy = policy;
    return this;
  }

  Order attributes(Map<String, String> attributes) {
    this.attributes = attributes;
    return this;
  }

  Order under(String compactionId) {
    this.compactionId = new CompactionId(compactionId);
    return this;
  }

  Order because(CompactionTrigger trigger) {
    this.trigger = trigger;
    return this;
  }

  Order carrying(String... runIds) {
    this.carryRuns = Arrays.stream(runIds).map(RunId::new).toList();
    return this;
  }

  Order from(long generation) {
    this.fromGeneration = generation;
    return this;
  }

  Order lastRenewedAt(long version) {
    this.lastRenewedVersion = version;
    return this;
  }

  SessionCommand command() {
    return make.apply(this);
  }

  Provenance provenance() {
    return instance == null ? Provenance.NONE : Provenance.from("gateway", instance);
  }
}

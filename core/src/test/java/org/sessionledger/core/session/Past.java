package org.sessionledger.core.session;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** What happened to a session, in the words of a test. */
final class Past {

  static final SessionKey KEY = new SessionKey("agent:main:slack:channel:C1");
  static final SessionKey OTHER_KEY = new SessionKey("agent:main:telegram:+15551234567");

  static final Generation FIRST = generation(1, "s-1");
  static final Generation SECOND = generation(2, "s-2");
  static final Generation THIRD = generation(3, "s-3");

  /** The generation after {@link #FIRST} when a rotation keeps the session id. */
  static final Generation SECOND_IN_PLACE = generation(2, "s-1");

  /** The process that every run of a test has, unless it says otherwise. */
  static final String GATEWAY = "gw-1";

  private Past() {}

  static Generation generation(long number, String sessionId) {
    return new Generation(number, new SessionId(sessionId));
  }

  static RunAttempt run(String runId) {
    return run(runId, 1);
  }

  static RunAttempt run(String runId, long attempt) {
    return new RunAttempt(new RunId(runId), attempt);
  }

  static List<RunAttempt> runs(String... runIds) {
    return Arrays.stream(runIds).map(Past::run).toList();
  }

  // Openings

  static SessionEvent opened() {
    return opened(KEY, FIRST, RunPolicy.CONCURRENT);
  }

  static SessionEvent openedForOneRunAtATime() {
    return opened(KEY, FIRST, RunPolicy.SINGLE);
  }

  static SessionEvent opened(SessionKey key, Generation generation, RunPolicy policy) {
    return new SessionEvent.SessionOpened(key, generation, policy, Map.of(), null);
  }

  // Runs

  static SessionEvent started(Generation generation, String runId) {
    return started(generation, runId, 1);
  }

  static SessionEvent started(Generation generation, String runId, long attempt) {
    return started(generation, runId, attempt, GATEWAY);
  }

  static SessionEvent started(Generation generation, String runId, long attempt, String instance) {
    return new SessionEvent.RunStarted(
        KEY, generation, new RunId(runId), attempt, instance, null, false, false);
  }

  /** The next attempt began while the one before was open. */
  static SessionEvent replaced(Generation generation, String runId, long attempt) {
    return new SessionEvent.RunStarted(
        KEY, generation, new RunId(runId), attempt, GATEWAY, null, false, true);
  }

  /** So many runs: {@code run-1}, {@code run-2} … */
  static SessionEvent[] startedMany(Generation generation, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> started(generation, "run-" + i))
        .toArray(SessionEvent[]::new);
  }

  static SessionEvent progressed(Generation generation, String runId) {
    return progressed(generation, runId, 1, null, null);
  }

  static SessionEvent progressed(
      Generation generation, String runId, long attempt, String note, Long tokens) {
    return new SessionEvent.RunProgressed(KEY, generation, new RunId(runId), attempt, note, tokens);
  }

  static SessionEvent completed(Generation generation, String runId) {
    return completed(generation, runId, 1);
  }

  static SessionEvent completed(Generation generation, String runId, long attempt) {
    return new SessionEvent.RunCompleted(KEY, generation, new RunId(runId), attempt, false);
  }

  static SessionEvent failed(Generation generation, String runId) {
    return failed(generation, runId, 1, null, null);
  }

  static SessionEvent failed(
      Generation generation, String runId, long attempt, String kind, String message) {
    return new SessionEvent.RunFailed(
        KEY, generation, new RunId(runId), attempt, kind, message, null, false);
  }

  static SessionEvent aborted(Generation generation, String runId) {
    return aborted(generation, runId, 1);
  }

  static SessionEvent aborted(Generation generation, String runId, long attempt) {
    return new SessionEvent.RunAborted(KEY, generation, new RunId(runId), attempt, false);
  }

  static SessionEvent interrupted(Generation generation, String runId) {
    return interrupted(generation, runId, 1, GATEWAY);
  }

  static SessionEvent interrupted(
      Generation generation, String runId, long attempt, String instance) {
    return new SessionEvent.RunInterrupted(KEY, generation, new RunId(runId), attempt, instance);
  }

  // Generations

  static SessionEvent reset(Generation ended, Generation begun, String... superseded) {
    return new SessionEvent.SessionReset(KEY, begun, ended, runs(superseded));
  }

  static SessionEvent restored(
      Generation ended, Generation begun, Generation continues, String... superseded) {
    return new SessionEvent.SessionRestored(KEY, begun, ended, continues, runs(superseded));
  }

  static SessionEvent begun(Generation generation, String compactionId) {
    return begun(generation, compactionId, 1);
  }

  static SessionEvent begun(Generation generation, String compactionId, long attempt) {
    return new SessionEvent.CompactionBegun(
        KEY, generation, new CompactionId(compactionId), attempt);
  }

  static SessionEvent gap(Generation generation, Instant from, Instant to) {
    return new SessionEvent.GapReported(KEY, generation, from, to);
  }

  static SessionEvent abandoned(Generation generation, String compactionId) {
    return abandoned(generation, compactionId, 1);
  }

  static SessionEvent abandoned(Generation generation, String compactionId, long attempt) {
    return new SessionEvent.CompactionAbandoned(
        KEY, generation, new CompactionId(compactionId), attempt);
  }

  static SessionEvent compacted(Generation ended, Generation begun, String... carried) {
    return compacted(ended, begun, null, runs(carried), List.of());
  }

  static SessionEvent compacted(
      Generation ended,
      Generation begun,
      String compactionId,
      List<RunAttempt> carried,
      List<RunAttempt> superseded) {
    return new SessionEvent.SessionCompacted(
        KEY,
        begun,
        ended,
        compactionId == null ? null : new CompactionId(compactionId),
        null,
        carried,
        superseded,
        null,
        null);
  }

  static SessionEvent forked(Generation current, Generation from, Generation target) {
    return new SessionEvent.SessionForked(KEY, current, from, OTHER_KEY, target);
  }

  static SessionEvent migrated(Generation last, Generation target, String... superseded) {
    return new SessionEvent.SessionMigrated(KEY, last, last, OTHER_KEY, target, runs(superseded));
  }

  static SessionEvent closed(Generation last, String... superseded) {
    return new SessionEvent.SessionClosed(KEY, last, last, runs(superseded));
  }

  static SessionEvent reopened(Generation closed, Generation begun) {
    return new SessionEvent.SessionReopened(KEY, begun, closed);
  }
}

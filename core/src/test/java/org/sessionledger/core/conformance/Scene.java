package org.sessionledger.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report.Kind;
import org.sessionledger.core.conformance.RuntimeAdapter.Trait;

/**
 * One session of the runtime under test, and the story of what happened to it, which a failure
 * tells. Reports are made first and delivered when the clause says so: what lies between is how
 * late they are.
 */
final class Scene {

  private final RuntimeAdapter runtime;
  private final VirtualClock clock;
  private final String key;
  private final List<String> story = new ArrayList<>();
  private int messages;

  Scene(RuntimeAdapter runtime, VirtualClock clock, String key) {
    this.runtime = runtime;
    this.clock = clock;
    this.key = key;
  }

  /** Skips the clause for a runtime that lacks something. */
  Scene needs(Trait trait) {
    assumeTrue(runtime.traits().contains(trait), () -> "the runtime has no " + trait);
    return this;
  }

  /** Another session of the same runtime. */
  Scene another() {
    return new Scene(runtime, clock, key + " (another)");
  }

  // Given

  /** Opens the session: its first life's session id. */
  String opened() {
    clock.tick();
    String sessionId = runtime.open(key);
    tell("the session is opened: " + sessionId);
    assertThat(sessionId).as("the session id of a new session").isNotBlank();
    return sessionId;
  }

  /** Opens the session, and a run begins. */
  String openedWithRun(String runId) {
    String sessionId = opened();
    take(start(runId, sessionId));
    return sessionId;
  }

  /** Somebody resets the session: the session id of the life after it. */
  String reset() {
    needs(Trait.ROTATING_RESETS);
    String before = sessionId();
    Answer answer = reset(null, false);
    assertThat(answer.taken()).as(told("a reset that expects nothing is carried out")).isTrue();
    String after = sessionId();
    assertThat(after).as(told("a reset gives a new session id")).isNotEqualTo(before);
    assertThat(answer.sessionId())
        .as(told("who resets is told the new session id"))
        .isEqualTo(after);
    return after;
  }

  /** Somebody resets the session, and the runtime keeps its session id. */
  void resetInPlace() {
    needs(Trait.IN_PLACE_RESETS);
    String before = sessionId();
    Answer answer = reset(null, true);
    assertThat(answer.taken()).as(told("a reset in place is carried out")).isTrue();
    assertThat(sessionId()).as(told("a reset in place keeps the session id")).isEqualTo(before);
  }

  /** The session is compacted before a run's next step: the session id of the life after it. */
  String compacted(String sessionId, String... carriedRuns) {
    needs(Trait.ROTATING_COMPACTIONS);
    Answer answer = compact(sessionId, carriedRuns);
    assertThat(answer.taken()).as(told("a compaction of the current life is done")).isTrue();
    String after = sessionId();
    assertThat(after).as(told("a compaction gives a new session id")).isNotEqualTo(sessionId);
    assertThat(answer.sessionId()).as(told("who compacts is told the new id")).isEqualTo(after);
    return after;
  }

  void restarted() {
    needs(Trait.RESTARTS);
    runtime.restart();
    tell("the runtime is stopped and started again");
  }

  // What a run sends

  Report start(String runId, @Nullable String signed) {
    return made(Kind.START, runId, signed);
  }

  Report progress(String runId, @Nullable String signed) {
    return made(Kind.PROGRESS, runId, signed);
  }

  Report complete(String runId, @Nullable String signed) {
    return made(Kind.COMPLETE, runId, signed);
  }

  Report fail(String runId, @Nullable String signed) {
    return made(Kind.FAIL, runId, signed);
  }

  Report abort(String runId, @Nullable String signed) {
    return made(Kind.ABORT, runId, signed);
  }

  private Report made(Kind kind, String runId, @Nullable String signed) {
    return new Report(
        key + " message " + ++messages,
        kind,
        key,
        signed,
        runId,
        kind == Kind.FAIL ? error(runId) : null,
        clock.tick());
  }

  static String error(String runId) {
    return runId + ": the model provider does not answer";
  }

  // When

  Answer deliver(Report report) {
    clock.tick();
    Answer answer = report.kind() == Kind.START ? runtime.start(report) : runtime.report(report);
    Duration skew = Duration.between(report.occurredAt(), clock.instant());
    tell(
        report.kind()
            + " of "
            + report.runId()
            + " arrives, signed "
            + (report.sessionId() == null ? "with nothing" : report.sessionId())
            + ", made "
            + skew.abs()
            + (skew.isNegative() ? " from now: " : " ago: ")
            + answer);
    return answer;
  }

  Answer reset(@Nullable String expected, boolean inPlace) {
    clock.tick();
    Answer answer = runtime.reset(key, expected, inPlace);
    tell(
        "the session is reset"
            + (inPlace ? " in place" : "")
            + (expected == null ? "" : ", expecting " + expected)
            + ": "
            + answer);
    return answer;
  }

  Answer compact(String sessionId, String... carriedRuns) {
    clock.tick();
    Answer answer = runtime.compact(key, sessionId, Set.of(carriedRuns));
    tell(
        "session " + sessionId + " is compacted, carrying " + List.of(carriedRuns) + ": " + answer);
    return answer;
  }

  // Then

  /** Delivers what must be taken. */
  void take(Report report) {
    assertThat(deliver(report).taken()).as(told("it is taken")).isTrue();
  }

  /** Delivers what must be refused, and must leave no trace in the store. */
  Answer refuse(Report report) {
    Snapshot before = runtime.snapshot(key);
    Answer answer = deliver(report);
    assertThat(answer.taken()).as(told("it is refused")).isFalse();
    shows(before);
    return answer;
  }

  /** Delivers a report, and the store shows the same as before, whatever the answer is. */
  void changesNothing(Report report) {
    Snapshot before = runtime.snapshot(key);
    deliver(report);
    shows(before);
  }

  void shows(Snapshot expected) {
    assertThat(runtime.snapshot(key)).as(told("what the store shows")).isEqualTo(expected);
  }

  void shows(Snapshot.Status status, int activeRuns) {
    Snapshot now = runtime.snapshot(key);
    assertThat(now.status()).as(told("the status")).isEqualTo(status);
    assertThat(now.activeRuns()).as(told("the runs at work")).isEqualTo(activeRuns);
  }

  String sessionId() {
    return runtime.snapshot(key).sessionId();
  }

  Snapshot snapshot() {
    return runtime.snapshot(key);
  }

  /** What subscribers were shown since this was asked last. */
  List<Snapshot> broadcasts() {
    return runtime.broadcasts(key);
  }

  /** An assertion's description: what must hold, and what happened. */
  String told(String what) {
    return what + ", after\n  " + String.join("\n  ", story) + "\n";
  }

  private void tell(String line) {
    story.add(story.size() + 1 + ". " + line);
  }
}

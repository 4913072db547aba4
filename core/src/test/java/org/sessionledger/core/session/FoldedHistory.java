package org.sessionledger.core.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * The history as its interface tells it, read anew from all events at every question. It shares no
 * code with the store's, so that one can be wrong without the other.
 */
final class FoldedHistory implements History {

  private final List<SessionEvent> events = new ArrayList<>();

  void add(SessionEvent... more) {
    events.addAll(List.of(more));
  }

  @Override
  public boolean exists(SessionKey key) {
    return of(key).anyMatch(event -> event instanceof SessionEvent.SessionOpened);
  }

  @Override
  public Optional<PastRun> lastAttempt(SessionKey key, RunId runId) {
    return attempts(key).values().stream()
        .filter(run -> run.runId().equals(runId))
        .max(Comparator.comparingLong(PastRun::attempt));
  }

  @Override
  public Optional<PastRun> attempt(SessionKey key, RunId runId, long attempt) {
    return Optional.ofNullable(attempts(key).get(new RunAttempt(runId, attempt)));
  }

  /** A generation is there once a fact tells that it was current. */
  @Override
  public Optional<Generation> generation(SessionKey key, long number) {
    return of(key)
        .map(SessionEvent::generation)
        .filter(generation -> generation.number() == number)
        .findFirst();
  }

  @Override
  public Optional<Generation> newest(SessionKey key, SessionId sessionId) {
    return of(key)
        .map(SessionEvent::generation)
        .filter(generation -> generation.sessionId().equals(sessionId))
        .max(Comparator.comparingLong(Generation::number));
  }

  @Override
  public Optional<PastCompaction> compaction(SessionKey key, CompactionId id) {
    long begins = 0;
    PastCompaction.State state = null;
    for (SessionEvent event : of(key).toList()) {
      if (event instanceof SessionEvent.CompactionBegun e && e.compactionId().equals(id)) {
        begins++;
        state = PastCompaction.State.BEGUN;
      }
      if (event instanceof SessionEvent.CompactionAbandoned e && e.compactionId().equals(id)) {
        state = PastCompaction.State.ABANDONED;
      }
      if (event instanceof SessionEvent.SessionCompacted e && id.equals(e.compactionId())) {
        state = PastCompaction.State.COMPLETED;
      }
    }
    return state == null
        ? Optional.empty()
        : Optional.of(new PastCompaction(id, Math.max(1, begins), state));
  }

  private Stream<SessionEvent> of(SessionKey key) {
    return events.stream().filter(event -> event.sessionKey().equals(key));
  }

  private Map<RunAttempt, PastRun> attempts(SessionKey key) {
    Map<RunAttempt, PastRun> runs = new LinkedHashMap<>();
    for (SessionEvent event : of(key).toList()) {
      long current = event.generation().number();
      if (event instanceof SessionEvent.RunStarted e) {
        put(runs, new RunAttempt(e.runId(), e.attempt()), current, Status.RUNNING);
        if (e.replacesOpenAttempt()) {
          put(runs, new RunAttempt(e.runId(), e.attempt() - 1), current, Status.SUPERSEDED);
        }
      }
      if (event instanceof SessionEvent.OfRun e && !(e instanceof SessionEvent.RunStarted)) {
        Status how =
            switch (e.type()) {
              case "RunCompleted" -> Status.DONE;
              case "RunFailed" -> Status.FAILED;
              case "RunAborted" -> Status.ABORTED;
              case "RunInterrupted" -> Status.INTERRUPTED;
              default -> Status.RUNNING;
            };
        put(runs, new RunAttempt(e.runId(), e.attempt()), current, how);
      }
      if (event instanceof SessionEvent.EndsGeneration e) {
        e.supersededRuns().forEach(run -> put(runs, run, e.ended().number(), Status.SUPERSEDED));
      }
      if (event instanceof SessionEvent.SessionCompacted e) {
        e.carriedRuns().forEach(run -> put(runs, run, current, Status.RUNNING));
      }
    }
    return runs;
  }

  private static void put(
      Map<RunAttempt, PastRun> runs, RunAttempt run, long owner, Status status) {
    runs.put(run, new PastRun(run.runId(), run.attempt(), owner, status));
  }
}

package org.sessionledger.core.conformance.fakes;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Answer;
import org.sessionledger.core.conformance.Report;
import org.sessionledger.core.conformance.Report.Kind;
import org.sessionledger.core.conformance.RuntimeAdapter;
import org.sessionledger.core.conformance.Snapshot;
import org.sessionledger.core.conformance.Snapshot.Status;

/**
 * An honest runtime in memory, as small as it can be: it passes every clause. A fake extends it and
 * takes one guard away. It is also the model that a simulation compares a runtime with.
 */
public class MemoryRuntime implements RuntimeAdapter {

  /** One life of a session, from a reset or compaction to the next. */
  protected static final class Life {
    final int number;
    final String sessionId;
    final Instant began;

    Life(int number, String sessionId, Instant began) {
      this.number = number;
      this.sessionId = sessionId;
      this.began = began;
    }
  }

  /** A run, and the life that owns it: the one in which it began, or that it was carried into. */
  protected static final class Run {
    final String runId;
    int life;
    Status status = Status.RUNNING;

    Run(String runId, int life) {
      this.runId = runId;
      this.life = life;
    }
  }

  /** A session as it is stored. */
  protected static final class Session {
    final Life first;
    Life life;
    final Map<String, Run> runs = new HashMap<>();

    /** The runs of this life that are at work. */
    final Set<String> active = new TreeSet<>();

    final Set<String> taken = new HashSet<>();
    Status lastOutcome = Status.IDLE;
    @Nullable String lastError;

    /** What a counter of active runs is off by. */
    int drift;

    final List<Snapshot> shown = new ArrayList<>();

    Session(Life first) {
      this.first = first;
      this.life = first;
    }

    boolean owns(@Nullable Run run) {
      return run != null && run.life == life.number;
    }

    Snapshot snapshot() {
      int count = active.size() + drift;
      return count > 0
          ? new Snapshot(life.sessionId, Status.RUNNING, null, count)
          : new Snapshot(life.sessionId, lastOutcome, lastError, count);
    }
  }

  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final Clock clock;
  private final Supplier<String> sessionIds;

  /** A runtime that makes its session ids itself. */
  public MemoryRuntime(Clock clock) {
    this(clock, numbered());
  }

  /** A runtime that gets its session ids from somewhere else. */
  public MemoryRuntime(Clock clock, Supplier<String> sessionIds) {
    this.clock = clock;
    this.sessionIds = sessionIds;
  }

  private static Supplier<String> numbered() {
    AtomicLong made = new AtomicLong();
    return () -> "session-" + made.incrementAndGet();
  }

  @Override
  public final String open(String sessionKey) {
    Session session = new Session(new Life(1, sessionIds.get(), clock.instant()));
    sessions.put(sessionKey, session);
    show(session);
    return session.life.sessionId;
  }

  @Override
  public final Answer start(Report start) {
    return deliver(start);
  }

  @Override
  public final Answer report(Report report) {
    return deliver(report);
  }

  private Answer deliver(Report report) {
    Session session = session(report.sessionKey());
    String current = session.life.sessionId;
    if (again(report, session)) {
      return Answer.taken(current);
    }
    Run run = session.runs.get(report.runId());
    if (!belongs(report, session, run) || (run != null && !goesOn(report, run))) {
      refused(report, session, run);
      return Answer.refused(current);
    }
    session.taken.add(report.messageId());
    if (run == null || !session.owns(run) || run.status != outcome(report.kind())) {
      write(report, session, run);
      show(session);
    }
    return Answer.taken(current);
  }

  /** Was the message taken before? */
  protected boolean again(Report report, Session session) {
    return session.taken.contains(report.messageId());
  }

  /** The guard: does the report come from the life that is current? */
  protected boolean belongs(Report report, Session session, @Nullable Run run) {
    return signs(report, session) && ownedBy(report, session, run);
  }

  /** What it signs with, if it signs, is the current session id. */
  protected final boolean signs(Report report, Session session) {
    String signed = report.sessionId();
    return signed == null || signed.equals(session.life.sessionId);
  }

  /** A run that is known belongs to the current life; one that is new says to which it belongs. */
  protected final boolean ownedBy(Report report, Session session, @Nullable Run run) {
    return run == null
        ? report.kind() == Kind.START && report.sessionId() != null
        : session.owns(run);
  }

  /** An end is final: only the same end may be told again, and only what failed is tried again. */
  protected boolean goesOn(Report report, Run run) {
    if (run.status == Status.RUNNING) {
      return true;
    }
    return report.kind() == Kind.START
        ? run.status == Status.FAILED
        : run.status == outcome(report.kind());
  }

  /** What becomes of a report that was refused: nothing. */
  protected void refused(Report report, Session session, @Nullable Run run) {}

  /** Puts into the session what the report says; it is the current life's from now on. */
  protected final void write(Report report, Session session, @Nullable Run known) {
    Run run = known == null ? new Run(report.runId(), session.life.number) : known;
    run.life = session.life.number;
    run.status = outcome(report.kind());
    session.runs.put(report.runId(), run);
    if (run.status == Status.RUNNING) {
      session.active.add(run.runId);
    } else {
      session.active.remove(run.runId);
      session.lastOutcome = run.status;
      session.lastError = run.status == Status.FAILED ? report.error() : null;
    }
  }

  private static Status outcome(Kind kind) {
    return switch (kind) {
      case START, PROGRESS -> Status.RUNNING;
      case COMPLETE -> Status.DONE;
      case FAIL -> Status.FAILED;
      case ABORT -> Status.ABORTED;
    };
  }

  @Override
  public final Answer reset(String sessionKey, @Nullable String expected, boolean inPlace) {
    Session session = session(sessionKey);
    if (expected != null && !expects(expected, session)) {
      return Answer.refused(session.life.sessionId);
    }
    begin(session, inPlace ? session.life.sessionId : sessionIds.get());
    session.lastOutcome = Status.IDLE;
    session.lastError = null;
    show(session);
    return Answer.taken(session.life.sessionId);
  }

  /** The guard of what ends a life: is it the one that was meant? */
  protected boolean expects(String expected, Session session) {
    return expected.equals(session.life.sessionId);
  }

  @Override
  public final Answer compact(String sessionKey, String sessionId, Set<String> carriedRuns) {
    Session session = session(sessionKey);
    if (!expects(sessionId, session)) {
      return Answer.refused(session.life.sessionId);
    }
    List<Run> carried = new ArrayList<>();
    for (String runId : carriedRuns) {
      Run run = session.runs.get(runId);
      if (run == null || !session.active.contains(runId)) {
        return Answer.refused(session.life.sessionId);
      }
      carried.add(run);
    }
    begin(session, sessionIds.get());
    carry(carried, session);
    show(session);
    return Answer.taken(session.life.sessionId);
  }

  /** The runs go on in the life that has just begun. */
  protected void carry(List<Run> runs, Session session) {
    for (Run run : runs) {
      run.life = session.life.number;
      session.active.add(run.runId);
    }
  }

  private void begin(Session session, String sessionId) {
    session.life = new Life(session.life.number + 1, sessionId, clock.instant());
    session.active.clear();
    session.drift = 0;
  }

  @Override
  public final Snapshot snapshot(String sessionKey) {
    return session(sessionKey).snapshot();
  }

  /** Runs that are at work, by name. */
  public final Set<String> activeRuns(String sessionKey) {
    return Set.copyOf(session(sessionKey).active);
  }

  /** Tells the subscribers how the session is now. */
  private static void show(Session session) {
    session.shown.add(session.snapshot());
  }

  /** Tells the subscribers how the session would be if the report had been taken. */
  protected static void showAsIfTaken(Report report, Session session) {
    Status status = outcome(report.kind());
    int active = session.snapshot().activeRuns() + (status == Status.RUNNING ? 1 : 0);
    String error = status == Status.FAILED ? report.error() : null;
    session.shown.add(new Snapshot(session.life.sessionId, status, error, active));
  }

  @Override
  public final List<Snapshot> broadcasts(String sessionKey) {
    List<Snapshot> shown = session(sessionKey).shown;
    List<Snapshot> now = List.copyOf(shown);
    shown.clear();
    return now;
  }

  /** What it keeps, it keeps in its store, which is not what crashes. */
  @Override
  public final void restart() {
    sessions.values().forEach(this::restarted);
  }

  /** What a session loses with the process: nothing. */
  protected void restarted(Session session) {}

  private Session session(String sessionKey) {
    Session session = sessions.get(sessionKey);
    if (session == null) {
      throw new IllegalArgumentException("no session was opened under " + sessionKey);
    }
    return session;
  }
}

package org.sessionledger.core.reference;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The whole ledger as design/domain.md tells it: single-threaded, in memory, with the full history,
 * for clarity and not for speed. It was written from the specification alone, to be compared with
 * it sentence by sentence and to be run beside the real ledger.
 *
 * <p>Every handler makes its checks from top to bottom in the order of "Settled cases", first hit
 * wins, and changes nothing before the last check has passed. No handler reads a clock (rule 1).
 */
public final class ReferenceModel {

  private static final int OPEN_RUNS_LIMIT = 1_000;
  private static final int ERROR_MESSAGE_LIMIT = 65_536;

  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final List<ReferenceEvent> events = new ArrayList<>();

  /** Accepted commands by id, over the whole ledger and for ever (rule 7). */
  private final Map<String, Remembered> remembered = new HashMap<>();

  private final Map<String, Long> rejectedByReason = new TreeMap<>();
  private long accepted;
  private long duplicates;

  /** An empty ledger. */
  public ReferenceModel() {}

  /** A copy to decide a dry run on, which may then be thrown away. */
  private ReferenceModel(ReferenceModel other) {
    other.sessions.forEach((key, session) -> sessions.put(key, new Session(session)));
    events.addAll(other.events);
    remembered.putAll(other.remembered);
  }

  /**
   * Decides one command.
   *
   * @param command the command as in {@code POST /v1/commands}; anything else is {@code invalid}
   * @param newSessionIds asked for each session id that the ledger itself has to make up, and only
   *     when the command is going to be accepted
   */
  public ReferenceDecision decide(JsonNode command, Supplier<String> newSessionIds) {
    CommandShape shape = new CommandShape(command);
    if (shape.isDryRun()) {
      return new ReferenceModel(this).judge(shape, newSessionIds);
    }
    ReferenceDecision decision = judge(shape, newSessionIds);
    switch (decision.verdict()) {
      case "accepted" -> accepted++;
      case "duplicate" -> duplicates++;
      default -> rejectedByReason.merge(decision.reason(), 1L, Long::sum);
    }
    return decision;
  }

  /** The accepted events in global order. */
  public List<ReferenceEvent> events() {
    return Collections.unmodifiableList(events);
  }

  /** The status view of one session, {@code null} when the key was never opened. */
  public ReferenceSession session(String sessionKey) {
    Session session = sessions.get(sessionKey);
    return session == null
        ? null
        : new ReferenceSession(
            sessionKey,
            session.sessionId(),
            session.generation(),
            session.status(),
            session.openRuns().size(),
            session.version,
            session.lastRun);
  }

  /** Every key ever opened, in the order of opening. */
  public List<String> sessionKeys() {
    return List.copyOf(sessions.keySet());
  }

  /** Every run attempt of a session, in the order of starting; empty for an unknown key. */
  public List<ReferenceRun> runs(String sessionKey) {
    Session session = sessions.get(sessionKey);
    if (session == null) {
      return List.of();
    }
    return session.runs.values().stream()
        .flatMap(run -> run.attempts.stream())
        .sorted(Comparator.comparingLong((Attempt attempt) -> attempt.startedAt))
        .map(
            attempt ->
                new ReferenceRun(
                    attempt.runId,
                    attempt.number,
                    attempt.generations.get(attempt.generations.size() - 1),
                    List.copyOf(attempt.generations),
                    attempt.status,
                    attempt.instance,
                    attempt.lastRenewedVersion))
        .toList();
  }

  /** The session ids of the generations 1, 2, 3 ... of a session; empty for an unknown key. */
  public List<String> sessionIds(String sessionKey) {
    Session session = sessions.get(sessionKey);
    return session == null ? List.of() : List.copyOf(session.sessionIds);
  }

  public long arrivals() {
    return accepted + duplicates + rejected();
  }

  public long accepted() {
    return accepted;
  }

  public long duplicates() {
    return duplicates;
  }

  public long rejected() {
    return rejectedByReason.values().stream().mapToLong(Long::longValue).sum();
  }

  public Map<String, Long> rejectedByReason() {
    return Map.copyOf(rejectedByReason);
  }

  // The order of the checks: invalid, command id, then what each handler does.

  private ReferenceDecision judge(CommandShape command, Supplier<String> newSessionIds) {
    String key = command.readableKey();
    if (command.isInvalid()) {
      return answer("rejected", "invalid", command.badField(), key);
    }
    String commandId = command.text("commandId");
    Remembered first = commandId == null ? null : remembered.get(commandId);
    if (first != null) {
      return first.content.equals(command.content())
          ? first.answer.asDuplicate()
          : answer("rejected", "command-id-reused", null, key);
    }
    try {
      ReferenceDecision decision = handle(command, newSessionIds);
      // A refused command is not remembered by id, and a duplicate is not an accepted one.
      if (commandId != null) {
        remembered.put(commandId, new Remembered(command.content(), decision));
      }
      return decision;
    } catch (NotAccepted end) {
      return answer(end.verdict, end.reason, end.field, key);
    }
  }

  private ReferenceDecision handle(CommandShape command, Supplier<String> newSessionIds) {
    switch (command.type()) {
      case "OpenSession" -> openSession(command, newSessionIds);
      case "StartRun" -> startRun(command);
      case "ReportProgress" -> reportProgress(command);
      case "CompleteRun" -> endRun(command, "done", "RunCompleted");
      case "FailRun" -> endRun(command, "failed", "RunFailed");
      case "AbortRun" -> endRun(command, "aborted", "RunAborted");
      case "InterruptRuns" -> {
        if (command.has("runId")) {
          interruptOneRun(command);
        } else if (command.has("sessionKey")) {
          interruptRunsOfSession(command);
        } else {
          return interruptRunsOfAllSessions(command);
        }
      }
      case "ReportGap" -> append(existingAndOpen(command), "GapReported");
      case "ResetSession" -> resetSession(command, newSessionIds);
      case "BeginCompaction" -> beginCompaction(command);
      case "AbandonCompaction" -> abandonCompaction(command);
      case "CompactSession" -> compactSession(command, newSessionIds);
      case "RestoreSession" -> restoreSession(command, newSessionIds);
      case "ForkSession" -> forkSession(command, newSessionIds);
      case "MigrateSession" -> migrateSession(command, newSessionIds);
      case "CloseSession" -> closeSession(command);
      case "ReopenSession" -> reopenSession(command, newSessionIds);
      default -> throw new IllegalStateException("no handler for " + command.type());
    }
    return answer("accepted", null, null, command.text("sessionKey"));
  }

  private ReferenceDecision answer(String verdict, String reason, String field, String key) {
    ReferenceSession now = key == null ? null : session(key);
    return now == null
        ? new ReferenceDecision(
            verdict, reason, field, key, null, null, null, null, null, null, null)
        : new ReferenceDecision(
            verdict,
            reason,
            field,
            key,
            now.sessionId(),
            now.generation(),
            now.version(),
            now.status(),
            now.activeRuns(),
            null,
            null);
  }

  // Sessions

  private void openSession(CommandShape command, Supplier<String> newSessionIds) {
    String key = command.text("sessionKey");
    String sessionId = command.text("sessionId");
    if (sessions.containsKey(key)) {
      Session session = existingAndOpen(command);
      // Without session id it asks for no particular one; another runPolicy changes nothing.
      duplicateIf(sessionId == null || sessionId.equals(session.sessionId()));
      throw refused("already-open");
    }
    open(
        key,
        sessionId == null ? newSessionIds.get() : sessionId,
        command.has("runPolicy") ? command.text("runPolicy") : "concurrent",
        command.attributes());
  }

  private void open(
      String key, String sessionId, String runPolicy, Map<String, String> attributes) {
    Session session = new Session(key, runPolicy, attributes);
    sessions.put(key, session);
    session.sessionIds.add(sessionId);
    append(session, "SessionOpened");
  }

  private void resetSession(CommandShape command, Supplier<String> newSessionIds) {
    Session session = existingAndOpen(command);
    checkExpected(session, command);
    String newSessionId = newSessionId(session, command, newSessionIds);
    List<String> superseded = endGeneration(session, List.of());
    session.sessionIds.add(newSessionId);
    session.lastRun = null;
    append(session, "SessionReset", superseded, List.of());
  }

  private void restoreSession(CommandShape command, Supplier<String> newSessionIds) {
    Session session = existingAndOpen(command);
    checkExpected(session, command);
    // It may name the current generation; only a number that never was is unknown.
    refuseIf(command.number("fromGeneration") > session.generation(), "unknown-generation");
    String newSessionId = newSessionId(session, command, newSessionIds);
    List<String> superseded = endGeneration(session, List.of());
    session.sessionIds.add(newSessionId);
    session.lastRun = null;
    append(session, "SessionRestored", superseded, List.of());
  }

  private void forkSession(CommandShape command, Supplier<String> newSessionIds) {
    Session session = existingAndOpen(command);
    refuseIf(sessions.containsKey(command.text("newSessionKey")), "already-open");
    refuseIf(
        command.has("fromGeneration") && command.number("fromGeneration") > session.generation(),
        "unknown-generation");
    append(session, "SessionForked");
    openSuccessorKey(session, command, newSessionIds);
  }

  private void migrateSession(CommandShape command, Supplier<String> newSessionIds) {
    Session session = existingAndOpen(command);
    refuseIf(sessions.containsKey(command.text("newSessionKey")), "already-open");
    checkExpected(session, command);
    List<String> superseded = endGeneration(session, List.of());
    session.migrated = true;
    append(session, "SessionMigrated", superseded, List.of());
    openSuccessorKey(session, command, newSessionIds);
  }

  /** Generation 1 there, a new session id unless given; run policy and attributes inherited. */
  private void openSuccessorKey(
      Session origin, CommandShape command, Supplier<String> newSessionIds) {
    open(
        command.text("newSessionKey"),
        command.has("newSessionId") ? command.text("newSessionId") : newSessionIds.get(),
        origin.runPolicy,
        origin.attributes);
  }

  private void closeSession(CommandShape command) {
    Session session = existing(command);
    duplicateIf(session.closed); // "whatever it expects"
    checkExpected(session, command);
    List<String> superseded = endGeneration(session, List.of());
    session.closed = true;
    append(session, "SessionClosed", superseded, List.of());
  }

  private void reopenSession(CommandShape command, Supplier<String> newSessionIds) {
    Session session = existing(command);
    refuseIf(!session.closed, "already-open");
    checkExpected(session, command);
    // The close retired the last id, so not even that one is to be had again.
    refuseIf(session.sessionIds.contains(command.text("newSessionId")), "session-id-reused");
    session.closed = false;
    session.sessionIds.add(
        command.has("newSessionId") ? command.text("newSessionId") : newSessionIds.get());
    session.lastRun = null;
    append(session, "SessionReopened");
  }

  // Compactions

  private void beginCompaction(CommandShape command) {
    Session session = existingAndOpen(command);
    namesCurrentGeneration(session, command);
    Compaction compaction = session.compactions.get(command.text("compactionId"));
    if (compaction != null) {
      duplicateIf(compaction.state.equals("begun"));
      refuseIf(!compaction.state.equals("abandoned"), "compaction-superseded");
    }
    session.overtakeBegunCompaction();
    compaction = session.compaction(command.text("compactionId"));
    compaction.state = "begun";
    compaction.attempt++;
    append(session, "CompactionBegun", null, (long) compaction.attempt, List.of(), List.of());
  }

  private void abandonCompaction(CommandShape command) {
    Session session = existingAndOpen(command);
    namesCurrentGeneration(session, command);
    Compaction compaction = session.compactions.get(command.text("compactionId"));
    refuseIf(compaction == null || !compaction.state.equals("begun"), "compaction-superseded");
    compaction.state = "abandoned";
    append(session, "CompactionAbandoned");
  }

  private void compactSession(CommandShape command, Supplier<String> newSessionIds) {
    Session session = existingAndOpen(command);
    namesCurrentGeneration(session, command);
    String compactionId = command.text("compactionId");
    Compaction compaction = session.compactions.get(compactionId);
    if (compaction != null) {
      duplicateIf(compaction.state.equals("completed"));
      refuseIf(!compaction.state.equals("begun"), "compaction-superseded");
    }
    List<Run> carried = carriedRuns(session, command);
    String newSessionId = newSessionId(session, command, newSessionIds);

    if (compactionId != null) {
      // Beginning is optional, so this may be the first that is heard of the id. Completed before
      // the generation ends, or else it would be overtaken by itself.
      session.compaction(compactionId).state = "completed";
    }
    List<String> superseded = endGeneration(session, carried);
    session.sessionIds.add(newSessionId);
    for (Run run : carried) {
      run.owner = session.generation();
      run.last().generations.add(run.owner);
    }
    // A compaction continues the session: the last run and its error stay what they were.
    append(session, "SessionCompacted", superseded, carried.stream().map(run -> run.id).toList());
  }

  private static List<Run> carriedRuns(Session session, CommandShape command) {
    if (!command.has("carryRuns")) {
      return session.openRuns();
    }
    Set<Run> carried = new LinkedHashSet<>(); // twice = once
    for (String runId : command.list("carryRuns")) {
      Run run = ownedRun(session, runId);
      refuseIf(!run.isOpen(), "run-ended");
      carried.add(run);
    }
    return List.copyOf(carried);
  }

  // Runs

  private void startRun(CommandShape command) {
    Session session = existingAndOpen(command);
    boolean namesCurrent = namesCurrentGeneration(session, command);
    Run run = session.runs.get(command.text("runId"));
    Long attempt = command.number("attempt");

    if (run == null) {
      // It must say which generation it belongs to.
      refuseIf(!namesCurrent, "unknown-generation");
      invalidIf(attempt != null && attempt > 1, "attempt");
      checkRoom(session, null);
      run = new Run(command.text("runId"));
      session.runs.put(run.id, run);
      startAttempt(session, run, command);
      return;
    }

    Attempt last = run.last();
    boolean saysNext = attempt != null && attempt == last.number + 1;
    if (run.owner != session.generation()) {
      refuseIf(!(namesCurrent && saysNext), "run-superseded");
    }
    if (attempt != null && attempt < last.number) {
      refuseIf(run.attempt(attempt).hasEnded(), "run-ended");
      throw refused("attempt-superseded"); // replaced while open, or only presumed lost
    }
    invalidIf(attempt != null && attempt > last.number + 1, "attempt");
    if (!saysNext) {
      duplicateIf(last.isOpen());
      // Without attempt, a failed or interrupted run gets its next one; a named attempt that is
      // the last has had its end.
      boolean retries = last.status.equals("failed") || last.status.equals("interrupted");
      refuseIf(attempt != null || !retries, "run-ended");
    }
    checkRoom(session, run);
    if (last.isOpen()) {
      last.status = "superseded";
    }
    startAttempt(session, run, command);
  }

  /** The single-run policy and the limit, for a start that opens a run (null: an unknown one). */
  private static void checkRoom(Session session, Run run) {
    if (run != null && run.isOpen()) {
      return; // its next attempt takes its place
    }
    int open = session.openRuns().size();
    refuseIf(session.runPolicy.equals("single") && open > 0, "run-active");
    refuseIf(open >= OPEN_RUNS_LIMIT, "too-many-runs");
  }

  private void startAttempt(Session session, Run run, CommandShape command) {
    run.owner = session.generation();
    Attempt attempt = new Attempt(run.id, run.attempts.size() + 1, command.sourceInstance());
    attempt.generations.add(run.owner);
    run.attempts.add(attempt);
    append(session, "RunStarted", attempt);
    attempt.startedAt = events.size();
    attempt.lastRenewedVersion = session.version;
  }

  private void reportProgress(CommandShape command) {
    Session session = existingAndOpen(command);
    Attempt attempt = reportedAttempt(session, command);
    refuseIf(!attempt.isOpen(), "run-ended");
    append(session, "RunProgressed", attempt);
    attempt.lastRenewedVersion = session.version;
  }

  private void endRun(CommandShape command, String status, String eventType) {
    Session session = existingAndOpen(command);
    Attempt attempt = reportedAttempt(session, command);
    if (attempt.hasEnded()) {
      duplicateIf(attempt.status.equals(status)); // the same end, whatever its texts
      throw refused("run-ended");
    }
    // Open, or interrupted: that was presumed, and the real end corrects it.
    end(
        session,
        attempt,
        status,
        eventType,
        command.text("errorKind"),
        cut(command.text("errorMessage")));
  }

  private void interruptOneRun(CommandShape command) {
    Session session = existingAndOpen(command);
    Attempt attempt = reportedAttempt(session, command);
    duplicateIf(!attempt.isOpen());
    // Below the real one: a renewal in between wins. Above it: a duplicate as well.
    Long seen = command.number("lastRenewedVersion");
    duplicateIf(seen != null && seen != attempt.lastRenewedVersion);
    interrupt(session, attempt);
  }

  private void interruptRunsOfSession(CommandShape command) {
    Session session = existingAndOpen(command);
    List<Run> dead = session.openRunsOf(command.text("instance"));
    duplicateIf(dead.isEmpty());
    dead.forEach(run -> interrupt(session, run.last()));
  }

  private ReferenceDecision interruptRunsOfAllSessions(CommandShape command) {
    record Dead(Session session, Attempt attempt) {}

    List<Dead> dead = new ArrayList<>();
    for (Session session : sessions.values()) {
      for (Run run : session.openRunsOf(command.text("instance"))) {
        dead.add(new Dead(session, run.last()));
      }
    }
    dead.sort(Comparator.comparingLong(each -> each.attempt.startedAt));
    dead.forEach(each -> interrupt(each.session, each.attempt));
    int keys = (int) dead.stream().map(Dead::session).distinct().count();
    // Accepted with zeros when there is none.
    return new ReferenceDecision(
        "accepted", null, null, null, null, null, null, null, null, keys, dead.size());
  }

  private void interrupt(Session session, Attempt attempt) {
    end(session, attempt, "interrupted", "RunInterrupted", null, null);
  }

  private void end(
      Session session,
      Attempt attempt,
      String status,
      String eventType,
      String errorKind,
      String errorMessage) {
    attempt.status = status;
    session.lastRun =
        new ReferenceSession.LastRun(
            attempt.runId, attempt.number, status, errorKind, errorMessage);
    append(session, eventType, attempt);
  }

  /** A longer error message is cut at the limit, in code points. */
  private static String cut(String message) {
    return message == null || message.codePointCount(0, message.length()) <= ERROR_MESSAGE_LIMIT
        ? message
        : message.substring(0, message.offsetByCodePoints(0, ERROR_MESSAGE_LIMIT));
  }

  // The checks that several commands share

  private Session existing(CommandShape command) {
    Session session = sessions.get(command.text("sessionKey"));
    refuseIf(session == null, "unknown-session");
    refuseIf(session.migrated, "session-migrated");
    return session;
  }

  private Session existingAndOpen(CommandShape command) {
    Session session = existing(command);
    refuseIf(session.closed, "session-closed");
    return session;
  }

  private static void checkExpected(Session session, CommandShape command) {
    String sessionId = command.text("expectedSessionId");
    Long generation = command.number("expectedGeneration");
    refuseIf(sessionId != null && !sessionId.equals(session.sessionId()), "expected-generation");
    refuseIf(generation != null && generation != session.generation(), "expected-generation");
  }

  /**
   * Judges the generation that the command names, by session id, by number or by both.
   *
   * @return whether it names one; if so it is the current one, as all others are refused
   */
  private static boolean namesCurrentGeneration(Session session, CommandShape command) {
    String sessionId = command.text("sessionId");
    Long number = command.number("generation");
    if (sessionId == null && number == null) {
      return false;
    }
    // A mismatch takes two that exist.
    refuseIf(
        sessionId != null && !session.sessionIds.contains(sessionId)
            || number != null && number > session.generation(),
        "unknown-generation");
    if (number == null) {
      // A session id alone names the newest generation that has it.
      number = (long) session.sessionIds.lastIndexOf(sessionId) + 1;
    } else if (sessionId != null) {
      String idOfNumber = session.sessionIds.get((int) (number - 1));
      refuseIf(!sessionId.equals(idOfNumber), "generation-mismatch");
    }
    refuseIf(number < session.generation(), "stale-generation");
    return true;
  }

  /** The run, if the current generation owns it (rule 3: the owner decides). */
  private static Run ownedRun(Session session, String runId) {
    Run run = session.runs.get(runId);
    refuseIf(run == null, "unknown-run");
    refuseIf(run.owner != session.generation(), "run-superseded");
    return run;
  }

  /** The last attempt of the run that the command tells of, once it may tell of it. */
  private static Attempt reportedAttempt(Session session, CommandShape command) {
    namesCurrentGeneration(session, command);
    Attempt last = ownedRun(session, command.text("runId")).last();
    Long number = command.number("attempt");
    refuseIf(number != null && number < last.number, "attempt-superseded");
    refuseIf(number != null && number > last.number, "unknown-run");
    return last;
  }

  /** Absent: made up. The current one: in place. A retired one never becomes current again. */
  private static String newSessionId(
      Session session, CommandShape command, Supplier<String> newSessionIds) {
    String wanted = command.text("newSessionId");
    if (wanted == null) {
      return newSessionIds.get();
    }
    refuseIf(
        !wanted.equals(session.sessionId()) && session.sessionIds.contains(wanted),
        "session-id-reused");
    return wanted;
  }

  /**
   * Supersedes the open runs that are not carried, and the begun compaction.
   *
   * @return the superseded runs
   */
  private static List<String> endGeneration(Session session, List<Run> carried) {
    session.overtakeBegunCompaction();
    List<Run> superseded = new ArrayList<>(session.openRuns());
    superseded.removeAll(carried);
    superseded.forEach(run -> run.last().status = "superseded");
    return superseded.stream().map(run -> run.id).toList();
  }

  // The end of a decision

  private void append(Session session, String type) {
    append(session, type, null, null, List.of(), List.of());
  }

  private void append(Session session, String type, Attempt attempt) {
    append(session, type, attempt.runId, attempt.number, List.of(), List.of());
  }

  private void append(Session session, String type, List<String> superseded, List<String> carried) {
    append(session, type, null, null, superseded, carried);
  }

  private void append(
      Session session,
      String type,
      String runId,
      Long attempt,
      List<String> superseded,
      List<String> carried) {
    session.version++;
    events.add(
        new ReferenceEvent(
            events.size() + 1,
            session.key,
            session.version,
            type,
            session.generation(),
            session.sessionId(),
            runId,
            attempt,
            superseded,
            carried));
  }

  private static void refuseIf(boolean hit, String reason) {
    if (hit) {
      throw refused(reason);
    }
  }

  private static void duplicateIf(boolean hit) {
    if (hit) {
      throw new NotAccepted("duplicate", null, null);
    }
  }

  private static void invalidIf(boolean hit, String field) {
    if (hit) {
      throw new NotAccepted("rejected", "invalid", field);
    }
  }

  private static NotAccepted refused(String reason) {
    return new NotAccepted("rejected", reason, null);
  }

  /** Ends the handling of a command before anything has changed. */
  private static final class NotAccepted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final String verdict;
    final String reason;
    final String field;

    NotAccepted(String verdict, String reason, String field) {
      super(Objects.requireNonNullElse(reason, verdict), null, false, false);
      this.verdict = verdict;
      this.reason = reason;
      this.field = field;
    }
  }

  private record Remembered(Map<String, Object> content, ReferenceDecision answer) {}

  // The state

  private static final class Session {
    final String key;
    final String runPolicy;
    final Map<String, String> attributes;

    /** The session id of generation n at n - 1; more than once after rotations in place. */
    final List<String> sessionIds = new ArrayList<>();

    /** Every run ever, in the order of their first attempts. */
    final Map<String, Run> runs = new LinkedHashMap<>();

    final Map<String, Compaction> compactions = new LinkedHashMap<>();
    long version;
    boolean closed;
    boolean migrated;

    /** What ended last since the session was blank. */
    ReferenceSession.LastRun lastRun;

    Session(String key, String runPolicy, Map<String, String> attributes) {
      this.key = key;
      this.runPolicy = runPolicy;
      this.attributes = attributes;
    }

    Session(Session other) {
      this(other.key, other.runPolicy, other.attributes);
      sessionIds.addAll(other.sessionIds);
      other.runs.forEach((id, run) -> runs.put(id, new Run(run)));
      other.compactions.forEach((id, each) -> compactions.put(id, new Compaction(each)));
      version = other.version;
      closed = other.closed;
      migrated = other.migrated;
      lastRun = other.lastRun;
    }

    /** The current generation's number; of a closed or migrated session the last one's. */
    long generation() {
      return sessionIds.size();
    }

    String sessionId() {
      return sessionIds.get(sessionIds.size() - 1);
    }

    String status() {
      if (migrated) {
        return "migrated";
      }
      if (closed) {
        return "closed";
      }
      if (!openRuns().isEmpty()) {
        return "running";
      }
      return lastRun == null ? "idle" : lastRun.status();
    }

    /** In the order in which their open attempts started. */
    List<Run> openRuns() {
      return runs.values().stream()
          .filter(Run::isOpen)
          .sorted(Comparator.comparingLong(run -> run.last().startedAt))
          .toList();
    }

    /** A run's instance is that of its last accepted StartRun. */
    List<Run> openRunsOf(String instance) {
      return openRuns().stream().filter(run -> instance.equals(run.last().instance)).toList();
    }

    Compaction compaction(String id) {
      return compactions.computeIfAbsent(id, unheard -> new Compaction());
    }

    void overtakeBegunCompaction() {
      for (Compaction compaction : compactions.values()) {
        if (compaction.state.equals("begun")) {
          compaction.state = "overtaken";
        }
      }
    }
  }

  private static final class Run {
    final String id;

    /** The one generation that owns it, whatever became of its attempts. */
    long owner;

    final List<Attempt> attempts = new ArrayList<>();

    Run(String id) {
      this.id = id;
    }

    Run(Run other) {
      this(other.id);
      owner = other.owner;
      other.attempts.forEach(attempt -> attempts.add(new Attempt(attempt)));
    }

    Attempt attempt(long number) {
      return attempts.get((int) number - 1);
    }

    Attempt last() {
      return attempt(attempts.size());
    }

    boolean isOpen() {
      return last().isOpen();
    }
  }

  private static final class Attempt {
    final String runId;
    final long number;
    final String instance;

    /** Those that it ran in: the one that it started in, and each that it was carried into. */
    final List<Long> generations = new ArrayList<>();

    /** running, done, failed, aborted, interrupted or superseded. */
    String status = "running";

    /** The position of its RunStarted. */
    long startedAt;

    /** The version of its RunStarted or last RunProgressed; a carry-over does not renew. */
    long lastRenewedVersion;

    Attempt(String runId, long number, String instance) {
      this.runId = runId;
      this.number = number;
      this.instance = instance;
    }

    Attempt(Attempt other) {
      this(other.runId, other.number, other.instance);
      generations.addAll(other.generations);
      status = other.status;
      startedAt = other.startedAt;
      lastRenewedVersion = other.lastRenewedVersion;
    }

    boolean isOpen() {
      return status.equals("running");
    }

    /** Really ended: an interruption is presumed, a superseded attempt was cut off. */
    boolean hasEnded() {
      return Set.of("done", "failed", "aborted").contains(status);
    }
  }

  /** One compaction id of one session. */
  private static final class Compaction {
    /** begun, overtaken, abandoned or completed. */
    String state = "";

    int attempt;

    Compaction() {}

    Compaction(Compaction other) {
      state = other.state;
      attempt = other.attempt;
    }
  }
}

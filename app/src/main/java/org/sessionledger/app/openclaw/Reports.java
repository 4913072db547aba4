package org.sessionledger.app.openclaw;

import static org.sessionledger.app.openclaw.CommandIds.command;

import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.GatewayFrame.Projection;
import org.sessionledger.app.openclaw.GatewayFrame.RunFacts;
import org.sessionledger.app.openclaw.GatewayFrame.RunReport;
import org.sessionledger.app.openclaw.RunTrack.End;
import org.sessionledger.app.openclaw.RunTrack.Mark;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionCommand.AbortRun;
import org.sessionledger.core.session.SessionCommand.CompleteRun;
import org.sessionledger.core.session.SessionCommand.FailRun;
import org.sessionledger.core.session.SessionCommand.InterruptRuns;
import org.sessionledger.core.session.SessionCommand.StartRun;

/** What runs say of themselves, and what the gateway says of them in a session's name. */
final class Reports {

  private final Outbox outbox;
  private final Runs runs;
  private final Rotations rotations;

  Reports(Outbox outbox, Runs runs, Rotations rotations) {
    this.outbox = outbox;
    this.runs = runs;
    this.rotations = rotations;
  }

  /**
   * Whether the session's id has to be seen first: a run that starts without telling its session id
   * may be the first sign of a {@code /new} that was typed as chat.
   */
  boolean mustWait(SessionTrack session, RunReport report) {
    RunFacts facts = report.facts();
    if (session.holdsRun(facts.runId())) {
      return true;
    }
    if (facts.phase() != Phase.START || facts.ownSessionId() != null) {
      return false;
    }
    RunTrack run = runs.find(session.key, facts.runId());
    return run == null
        || (run.again(Phase.START, facts.seq(), facts.ts()) == null
            && isReused(session, run, facts));
  }

  void report(SessionTrack session, RunReport report) {
    if (report.facts().phase() == Phase.START) {
      start(session, report);
    } else {
      end(session, report);
    }
  }

  private void start(SessionTrack session, RunReport report) {
    RunFacts facts = report.facts();
    RunTrack run = runs.find(session.key, facts.runId());
    Mark again = run == null ? null : run.again(Phase.START, facts.seq(), facts.ts());
    if (again != null) {
      put(session, report, startOf(session, facts, again.named(), again.attempt()));
      return;
    }
    SessionId named;
    if (run == null) {
      named = nameOfNew(session, report);
      run = new RunTrack(session.life, outbox.instance);
    } else if (isReused(session, run, facts)) {
      named = nameOfNew(session, report);
      run.life = session.life;
      run.attempt++;
    } else {
      named = nameOfRetry(session, run, report);
      run.attempt++;
    }
    run.end = End.NONE;
    run.instance = outbox.instance;
    runs.put(session.key, facts.runId(), run);
    run.remember(new Mark(Phase.START, facts.seq(), facts.ts(), run.attempt, End.NONE, named));
    put(session, report, startOf(session, facts, named, run.attempt));
  }

  private static StartRun startOf(
      SessionTrack session, RunFacts facts, @Nullable SessionId named, long attempt) {
    Long explicit = attempt == 1 ? null : Long.valueOf(attempt);
    return new StartRun(session.key, named, null, facts.runId(), explicit, null, null);
  }

  /**
   * Whether the caller gave an old run's id to a new run: of an ended generation, and not another
   * attempt of what went on there.
   */
  private static boolean isReused(SessionTrack session, RunTrack run, RunFacts facts) {
    boolean over = run.end == End.COMPLETED || run.end == End.ABORTED;
    boolean anew = facts.seq() != null && facts.seq() == 1;
    return isStale(session, run) && (over || anew);
  }

  /** Whether a rotation that carries nothing has ended the run's generation. */
  private static boolean isStale(SessionTrack session, RunTrack run) {
    return run.life < session.lifeOfReset;
  }

  private @Nullable SessionId nameOfNew(SessionTrack session, RunReport report) {
    SessionId own = report.facts().ownSessionId();
    if (own != null) {
      rotations.show(session, report, own);
      SessionTrack.Retired retired = session.retired(own);
      if (retired != null) {
        return retired.ledgerId();
      }
    }
    return session.ledger;
  }

  private @Nullable SessionId nameOfRetry(SessionTrack session, RunTrack run, RunReport report) {
    SessionId own = report.facts().ownSessionId();
    if (isStale(session, run)) {
      // In place, its id would name the newest generation that has it: not the run's own.
      SessionTrack.Retired retired = own == null ? null : session.retired(own);
      return retired == null ? null : retired.ledgerId();
    }
    if (own != null
        && session.shown != null
        && !own.equals(session.shown)
        && session.retired(own) == null
        && !session.closed) {
      // Only a compaction lets a run go on under another id.
      rotations.compactByEvidence(
          session, report.place(), own, "compacted: the run goes on under another session id");
    }
    return run.life < session.life ? session.ledger : ownIfCurrent(session, own);
  }

  private static @Nullable SessionId ownIfCurrent(SessionTrack session, @Nullable SessionId own) {
    return own != null && own.equals(session.shown) ? session.ledger : null;
  }

  private void end(SessionTrack session, RunReport report) {
    RunFacts facts = report.facts();
    RunTrack run = runs.find(session.key, facts.runId());
    if (run == null) {
      run = infer(session, report);
    }
    if (run == null) {
      put(
          session,
          report,
          endOf(session.key, unknownName(session, facts), null, facts, endOf(facts)));
      return;
    }
    Mark again = run.again(facts.phase(), facts.seq(), facts.ts());
    if (again != null) {
      put(session, report, endOf(session.key, again.named(), again.attempt(), facts, again.end()));
      return;
    }
    // A second terminal goes out under its own name, so that the ledger keeps what it said.
    boolean over = run.end != End.NONE && run.end != End.INTERRUPTED;
    End end = over && facts.phase() == Phase.ERROR ? End.FAILED : endOf(facts);
    SessionId named = nameOfEnd(session, run, report);
    if (!over) {
      run.end = end;
    }
    run.remember(new Mark(facts.phase(), facts.seq(), facts.ts(), run.attempt, end, named));
    put(session, report, endOf(session.key, named, run.attempt, facts, end));
    if (run.life == session.life) {
      session.changes.forEach(Change::close); // A whole run later, a sight is of something else.
    }
    if (session.compacting != null && facts.runId().equals(session.compacting.runId())) {
      session.compactorEnded = true;
    }
  }

  private static End endOf(RunFacts facts) {
    if (facts.aborted()) {
      return End.ABORTED;
    }
    return facts.phase() == Phase.ERROR ? End.FAILED : End.COMPLETED;
  }

  /**
   * Opens the run of a terminal whose start was not seen; null when the run may be of a generation
   * that has ended since, or another session's.
   */
  private @Nullable RunTrack infer(SessionTrack session, RunReport report) {
    RunFacts facts = report.facts();
    SessionId own = facts.ownSessionId();
    if (own != null && session.shown == null) {
      rotations.show(session, report, own);
    }
    SessionKey elsewhere = runs.sessionOf(facts.runId());
    if (session.closed
        || session.rotatedHere
        || (own != null && !own.equals(session.shown))
        || (elsewhere != null && !elsewhere.equals(session.key))) {
      return null;
    }
    RunTrack run = new RunTrack(session.life, outbox.instance);
    runs.put(session.key, facts.runId(), run);
    outbox.put(
        command(
            "inferred-start", session.key, facts.runId(), session.ledger, facts.seq(), facts.ts()),
        new StartRun(session.key, session.ledger, null, facts.runId(), null, null, true),
        report.place(),
        facts.ts(),
        "inferred from the run's " + facts.phase().word());
    return run;
  }

  private static @Nullable SessionId unknownName(SessionTrack session, RunFacts facts) {
    SessionId own = facts.ownSessionId();
    if (own == null || own.equals(session.shown)) {
      return null; // After a rotation in place, the id does not tell which life is meant.
    }
    SessionTrack.Retired retired = session.retired(own);
    return retired == null ? own : retired.ledgerId();
  }

  /** Its own id if that is still true of a run that goes on; the ledger knows the owner anyway. */
  private @Nullable SessionId nameOfEnd(SessionTrack session, RunTrack run, RunReport report) {
    SessionId own = report.facts().ownSessionId();
    if (own == null || session.closed) {
      return null;
    }
    if (isStale(session, run)) {
      SessionTrack.Retired retired = session.retired(own);
      return retired == null ? null : retired.ledgerId();
    }
    if (session.compacting != null || session.shown == null) {
      rotations.show(session, report, own);
    }
    return ownIfCurrent(session, own);
  }

  private static SessionCommand endOf(
      SessionKey key, @Nullable SessionId named, @Nullable Long attempt, RunFacts facts, End end) {
    return switch (end) {
      case ABORTED -> new AbortRun(key, named, null, facts.runId(), attempt);
      case FAILED ->
          new FailRun(
              key,
              named,
              null,
              facts.runId(),
              attempt,
              facts.errorKind(),
              facts.errorMessage(),
              null);
      default -> new CompleteRun(key, named, null, facts.runId(), attempt);
    };
  }

  private void put(SessionTrack session, RunReport report, SessionCommand command) {
    RunFacts facts = report.facts();
    SessionCommand.OfRun ofRun = (SessionCommand.OfRun) command;
    CommandId id =
        command(
            "bus",
            command.type(),
            session.key,
            facts.runId(),
            ofRun.attempt(),
            ofRun.sessionId(),
            facts.phase(),
            facts.seq(),
            facts.ts());
    String why = "agent " + facts.phase().word();
    outbox.put(
        id,
        command,
        report.place(),
        facts.ts(),
        facts.stopReason() == null ? why : facts.stopReason() + ": " + why);
  }

  /**
   * A run that was open before a gap, of a session in which nothing runs after it: the row tells
   * its end if it is about that very run, otherwise it is presumed lost.
   */
  void unheardEnd(Missed.OpenRun open, Row row, Place place) {
    SessionKey key = open.sessionKey();
    RunTrack run = runs.find(key, open.runId());
    if (run != null && run.end != End.NONE) {
      return;
    }
    End end = open.runId().equals(row.lastRunId()) ? endOf(row.status()) : End.INTERRUPTED;
    SessionCommand command =
        switch (end) {
          case COMPLETED -> new CompleteRun(key, null, null, open.runId(), open.attempt());
          case FAILED ->
              new FailRun(key, null, null, open.runId(), open.attempt(), null, null, null);
          case ABORTED -> new AbortRun(key, null, null, open.runId(), open.attempt());
          default -> new InterruptRuns(key, null, open.runId(), open.attempt(), null);
        };
    if (run != null) {
      run.end = end;
    }
    outbox.put(
        command("unheard", command.type(), key, open.runId(), open.attempt()),
        command,
        place,
        null,
        end == End.INTERRUPTED
            ? "it was open before a gap, and nothing runs after it"
            : "it ended in a gap, as the listing after it shows");
  }

  private static End endOf(@Nullable String status) {
    return switch (status == null ? "" : status) {
      case "done" -> End.COMPLETED;
      case "failed" -> End.FAILED;
      case "killed", "timeout" -> End.ABORTED;
      default -> End.INTERRUPTED;
    };
  }

  /** True when the run's own start still waits, so that this must wait behind it. */
  boolean mustWait(SessionTrack session, Projection projection) {
    return session.holdsRun(projection.runId());
  }

  /** Never with the row's session id: that is the session's, and not the run's. */
  void project(SessionTrack session, Projection projection) {
    RunId runId = projection.runId();
    RunTrack run = runs.find(session.key, runId);
    Mark told = run == null ? null : run.projectedBy(projection.phase(), projection.ts());
    Long attempt = told != null ? Long.valueOf(told.attempt()) : run == null ? null : run.attempt;
    SessionCommand command =
        switch (projection.phase()) {
          case START -> new StartRun(session.key, null, null, runId, attempt, null, null);
          case ERROR ->
              told != null && told.end() == End.ABORTED
                  ? new AbortRun(session.key, null, null, runId, attempt)
                  : new FailRun(session.key, null, null, runId, attempt, null, null, null);
          case END ->
              aborted(projection, told)
                  ? new AbortRun(session.key, null, null, runId, attempt)
                  : new CompleteRun(session.key, null, null, runId, attempt);
        };
    outbox.putProjected(
        command(
            "projection",
            command.type(),
            session.key,
            runId,
            attempt,
            projection.phase(),
            projection.ts()),
        command,
        projection.place(),
        projection.ts(),
        "sessions.changed " + projection.phase().word());
    if (run != null && told == null && projection.phase() != Phase.START && run.end == End.NONE) {
      run.end = aborted(projection, null) ? End.ABORTED : projectedEnd(projection);
    }
  }

  private static End projectedEnd(Projection projection) {
    return projection.phase() == Phase.ERROR ? End.FAILED : End.COMPLETED;
  }

  private static boolean aborted(Projection projection, @Nullable Mark told) {
    if (told != null) {
      return told.end() == End.ABORTED;
    }
    Row row = projection.row();
    return row != null && ("killed".equals(row.status()) || "timeout".equals(row.status()));
  }
}

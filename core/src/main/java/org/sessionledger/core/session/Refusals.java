package org.sessionledger.core.session;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Claim;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Outcome.Refused;

/** The words of every refusal: both sides, and the way out. */
final class Refusals {

  private Refusals() {}

  static Refused unknownSession(SessionKey key) {
    return new Refused(
        Reason.UNKNOWN_SESSION,
        "No session was ever opened under the key '" + key + "'.",
        "Open it with OpenSession first, or check the key.");
  }

  static Refused migrated(SessionKey key, SessionKey movedTo, Generation last) {
    return new Refused(
        Reason.SESSION_MIGRATED,
        "The session '"
            + key
            + "' moved to '"
            + movedTo
            + "'; its last generation here was "
            + last
            + ".",
        "Send to the key '" + movedTo + "', with the generation that is current there.",
        last,
        movedTo,
        null);
  }

  static Refused closed(SessionKey key, Generation last) {
    return new Refused(
        Reason.SESSION_CLOSED,
        "The session '" + key + "' is closed; its last generation was " + last + ".",
        "Stop reporting for it; an operator can bring it back with ReopenSession.",
        last,
        null,
        null);
  }

  static Refused alreadyOpen(SessionKey key, Generation current, @Nullable SessionId wanted) {
    return new Refused(
        Reason.ALREADY_OPEN,
        "The session '"
            + key
            + "' is open already, in generation "
            + current
            + (wanted == null ? "." : "; the command wants to open it as " + wanted + "."),
        "Use the current generation, or rotate it with ResetSession.");
  }

  static Refused targetExists(SessionKey target) {
    return new Refused(
        Reason.ALREADY_OPEN,
        "A session exists already under the new key '" + target + "'.",
        "Choose a key that was never opened.");
  }

  static Refused malformed(MalformedCommand command) {
    return new Refused(
        Reason.INVALID,
        command.problem(),
        "Mend the command and send it again; the API's reference lists every field.",
        null,
        null,
        command.field());
  }

  static Refused commandIdReused(CommandId id) {
    return new Refused(
        Reason.COMMAND_ID_REUSED,
        "The command id '" + id + "' belongs to an accepted command with other content.",
        "Give each command an id of its own; repeat an id only to repeat the command.");
  }

  static Refused expected(Claim expected, @Nullable Generation ended, Generation current) {
    return new Refused(
        Reason.EXPECTED_GENERATION,
        "The command expects "
            + expected
            + " to be current, but the current one is "
            + current
            + ".",
        "Look at the session again and decide whether the current generation should end, too.",
        ended,
        null,
        null);
  }

  static Refused stale(Claim claim, Generation named, Generation current) {
    return new Refused(
        Reason.STALE_GENERATION,
        "The command names "
            + claim
            + ", which has ended"
            + (claim.number() == null ? " (generation " + named.number() + ")" : "")
            + "; the current generation is "
            + current
            + ".",
        "If the run was carried over, go on with session id "
            + current.sessionId()
            + "; otherwise it is over: stop, and start a new run in the current generation.",
        named,
        null,
        null);
  }

  static Refused unknownGeneration(Claim claim, Generation current) {
    return new Refused(
        Reason.UNKNOWN_GENERATION,
        claim.absent()
            ? "The command starts an unknown run without saying which generation it belongs to; the"
                + " current one is "
                + current
                + "."
            : "The command names "
                + claim
                + ", which the session never had; the current generation is "
                + current
                + ".",
        "Name the generation that the run was started in, by session id or number.");
  }

  static Refused unknownFrom(long from, Generation current) {
    return new Refused(
        Reason.UNKNOWN_GENERATION,
        "The session never had a generation " + from + "; the current one is " + current + ".",
        "Choose one from 1 to " + current.number() + ".");
  }

  static Refused mismatch(Claim claim, Generation current) {
    return new Refused(
        Reason.GENERATION_MISMATCH,
        "The session id "
            + claim.sessionId()
            + " and the number "
            + claim.number()
            + " name different generations; the current one is "
            + current
            + ".",
        "Send the pair that belongs together, or one of the two.");
  }

  static Refused unknownRun(RunId run, @Nullable Long attempt, Generation current) {
    return new Refused(
        Reason.UNKNOWN_RUN,
        (attempt == null
                ? "The run '" + run + "' was never started"
                : "The run '" + run + "' has no attempt " + attempt + " yet")
            + "; the current generation is "
            + current
            + ".",
        "Report the start first; a report without a known start is never taken over.");
  }

  static Refused superseded(RunId run, Generation owner, Generation current) {
    return new Refused(
        Reason.RUN_SUPERSEDED,
        "The run '"
            + run
            + "' belongs to generation "
            + owner
            + ", which has ended; the current generation is "
            + current
            + ".",
        "The run is over: stop reporting it. Its work can go on as the next attempt, or as a new run,"
            + " started in the current generation.",
        owner,
        null,
        null);
  }

  static Refused attemptSuperseded(RunId run, long attempt, long last) {
    return new Refused(
        Reason.ATTEMPT_SUPERSEDED,
        "The report is of attempt "
            + attempt
            + " of run '"
            + run
            + "', but attempt "
            + last
            + " began.",
        "Report attempt " + last + ", or nothing.");
  }

  static Refused attemptTooHigh(RunId run, long attempt, long next) {
    return new Refused(
        Reason.INVALID,
        "'attempt' is " + attempt + ", but the next attempt of run '" + run + "' is " + next + ".",
        "Start attempt " + next + ", or leave the attempt out.",
        null,
        null,
        "attempt");
  }

  static Refused ended(RunId run, long attempt, Status how) {
    return new Refused(
        Reason.RUN_ENDED,
        "Attempt " + attempt + " of run '" + run + "' ended already: " + how.code() + ".",
        how == Status.INTERRUPTED
            ? "It was presumed lost: report its real end, or start attempt " + (attempt + 1) + "."
            : "An end is final; start attempt " + (attempt + 1) + " if the run goes on.");
  }

  static Refused runActive(RunId active) {
    return new Refused(
        Reason.RUN_ACTIVE,
        "The session takes one run at a time, and run '" + active + "' is open.",
        "Wait for its end, or end it first.");
  }

  static Refused tooManyRuns() {
    return new Refused(
        Reason.TOO_MANY_RUNS,
        "The session has "
            + Session.OPEN_RUNS_MAX
            + " open runs, or fewer with very long ids, which is the limit.",
        "End runs first; those of a dead process with InterruptRuns.");
  }

  static Refused compactionSuperseded(CompactionId compaction, String what, Generation current) {
    return new Refused(
        Reason.COMPACTION_SUPERSEDED,
        "The compaction '"
            + compaction
            + "' "
            + what
            + "; the current generation is "
            + current
            + ".",
        "Drop its result; begin a new compaction, under a new id, of the current generation.");
  }

  static Refused sessionIdReused(SessionId id, Generation last, Generation current) {
    return new Refused(
        Reason.SESSION_ID_REUSED,
        "The session id "
            + id
            + " was retired with generation "
            + last.number()
            + "; the current generation is "
            + current
            + ".",
        "Choose a new session id, or leave it out and the ledger makes one.",
        last.number() < current.number() ? last : null,
        null,
        null);
  }
}

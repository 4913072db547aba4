package org.sessionledger.core.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.OpenRun;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;

/** Reads events and the decision log as they are stored. Every answer is of committed state. */
public interface LedgerReader {

  /**
   * Which lines of the decision log are asked for, newest first.
   *
   * @param reason null: any
   * @param sessionKey null: any
   * @param prefix what the session keys begin with; null: any, and lines without a key
   * @param beforeSeq only lines with a lower {@link LoggedDecision#seq()}; null: from the newest
   * @param limit 1 to 1,000
   */
  record DecisionQuery(
      Verdict verdict,
      @Nullable Reason reason,
      @Nullable SessionKey sessionKey,
      @Nullable String prefix,
      @Nullable Long beforeSeq,
      int limit) {

    public DecisionQuery(
        Verdict verdict,
        @Nullable Reason reason,
        @Nullable SessionKey sessionKey,
        @Nullable Long beforeSeq,
        int limit) {
      this(verdict, reason, sessionKey, null, beforeSeq, limit);
    }
  }

  /**
   * A session as one event left it.
   *
   * @param document the {@link SessionStatus} as it is stored, not read yet
   */
  record SessionChange(long position, SessionKey sessionKey, String document) {

    public SessionStatus session() {
      return Json.read(document, SessionStatus.class);
    }
  }

  /** The newest event's position, 0 when there is none. */
  long position();

  /** Totals that fit each other: read in one go. */
  Stats stats();

  /** Events after a position, in order. */
  List<RecordedEvent> eventsAfter(long position, int limit);

  /**
   * Events from one position to another, in order, without the session beside each: for who reads
   * the whole history.
   *
   * @param first the first of them
   * @param last the last of them, when there are so many
   * @param withCommands without them, of each event only the event itself is read
   */
  List<RecordedEvent> events(long first, long last, boolean withCommands);

  /**
   * Sessions as the events after a position left them, in the order of the positions.
   *
   * @param upTo no event after this position
   */
  List<SessionChange> changesAfter(long position, long upTo, int limit);

  /** A session's events after a version, in order. */
  List<RecordedEvent> eventsOf(SessionKey sessionKey, long afterVersion, int limit);

  /** A session's event with a version. */
  Optional<RecordedEvent> event(SessionKey sessionKey, long version);

  /** A session as its newest event left it. */
  Optional<SessionStatus> session(SessionKey sessionKey);

  /**
   * A session's open runs, in the order in which they started; none when the key was never opened.
   * Read from its newest snapshot and the events after it.
   */
  List<OpenRun> openRuns(SessionKey sessionKey);

  /** The key of a session; empty when no session has the number. */
  Optional<SessionKey> sessionKey(long sessionNo);

  /** A session as it was at an instant of the ledger's clock. */
  Optional<SessionStatus> sessionAt(SessionKey sessionKey, Instant at);

  /** Lines of the decision log, newest first. */
  List<LoggedDecision> decisions(DecisionQuery query);

  /** One line of the decision log. */
  Optional<LoggedDecision> decision(String decisionId);

  /** The newest line's place in the decision log, 0 when there is none. */
  long decisionSeq();

  /**
   * Refusals of every session in the order in which their first ones were decided.
   *
   * @param afterSeq only lines with a higher {@link LoggedDecision#seq()}; 0: from the first
   * @param upToSeq no line with a higher one
   */
  List<LoggedDecision> refusalsAfter(long afterSeq, long upToSeq, int limit);

  /**
   * A session's refusals in the order in which their first ones were decided.
   *
   * @param afterSeq only lines with a higher {@link LoggedDecision#seq()}; 0: from the first
   */
  List<LoggedDecision> refusalsOf(SessionKey sessionKey, long afterSeq, int limit);
}

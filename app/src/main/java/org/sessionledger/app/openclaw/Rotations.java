package org.sessionledger.app.openclaw;

import static org.sessionledger.app.openclaw.CommandIds.command;

import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Change.Kind;
import org.sessionledger.app.openclaw.GatewayFrame.CompactionSeen;
import org.sessionledger.app.openclaw.GatewayFrame.CompactionSign;
import org.sessionledger.app.openclaw.GatewayFrame.DeleteSeen;
import org.sessionledger.app.openclaw.GatewayFrame.OfSession;
import org.sessionledger.app.openclaw.GatewayFrame.Projection;
import org.sessionledger.app.openclaw.GatewayFrame.ResetSeen;
import org.sessionledger.app.openclaw.GatewayFrame.RestoreSeen;
import org.sessionledger.app.openclaw.GatewayFrame.RowShown;
import org.sessionledger.app.openclaw.GatewayFrame.RunReport;
import org.sessionledger.app.openclaw.SessionTrack.Retired;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.session.CompactionTrigger;
import org.sessionledger.core.session.SessionCommand.CloseSession;
import org.sessionledger.core.session.SessionCommand.CompactSession;
import org.sessionledger.core.session.SessionCommand.ReopenSession;
import org.sessionledger.core.session.SessionCommand.ResetSession;
import org.sessionledger.core.session.SessionCommand.RestoreSession;

/**
 * What ends one life of a session and begins the next: one command each, however often it is seen.
 */
final class Rotations {

  private final Outbox outbox;

  Rotations(Outbox outbox) {
    this.outbox = outbox;
  }

  /** True when the frame only tells again what was translated before. */
  boolean seenBefore(SessionTrack session, Kind kind, OfSession frame, Sight sight) {
    SessionId shown = frame.shownId();
    if (shown != null && session.retired(shown) != null) {
      return true; // An ended generation does not come back.
    }
    Long updatedAt = updatedAt(frame.row());
    for (Change change : session.changes) {
      if (change.isSeenIn(kind, shown, sight, updatedAt)) {
        change.add(sight, updatedAt);
        return true;
      }
    }
    return false;
  }

  void reset(SessionTrack session, ResetSeen frame, SessionId to) {
    if (session.closed) {
      reopen(session, frame.place(), to);
      return;
    }
    CommandId id =
        command("reset", session.key, session.ledger, to, identity(frame.sight(), frame.row()));
    reset(session, id, frame.place(), frame.sight().ts(), to, frame.what());
    session.remember(new Change(Kind.RESET, to, frame.sight(), frame.row().updatedAt()));
  }

  /**
   * The ledger knows the session by an id of before: nothing more will be told of that rotation.
   */
  void resetUnwatched(SessionTrack session, Place place, SessionId to) {
    CommandId id = command("inferred-reset", session.key, session.ledger, to);
    reset(session, id, place, null, to, "rotated while it was not watched");
  }

  /** {@code /new} typed as chat looks like this: nothing tells of it but another session id. */
  private void inferReset(SessionTrack session, Place place, SessionId to) {
    CommandId id = command("inferred-reset", session.key, session.ledger, to);
    reset(session, id, place, null, to, "inferred from another session id");
    session.remember(new Change(Kind.RESET, to, place));
  }

  /** {@code /new} typed as chat, where it keeps the session id. */
  private void inferResetInPlace(SessionTrack session, Place place, SessionId to, Row row) {
    CommandId id =
        command("inferred-reset", session.key, session.ledger, to, "row " + row.updatedAt());
    reset(session, id, place, null, to, "inferred from a row that has begun anew");
    session.remember(new Change(Kind.RESET, to, place));
  }

  private void reset(
      SessionTrack session,
      CommandId id,
      Place place,
      @Nullable Long ts,
      SessionId to,
      String why) {
    outbox.put(id, new ResetSession(session.key, null, null, session.inLedger(to)), place, ts, why);
    session.rotate(to, false);
  }

  void compact(SessionTrack session, CompactionSeen frame) {
    SessionId shown = frame.shownId();
    boolean inPlace = shown == null || shown.equals(session.shown);
    CommandId id =
        inPlace
            ? command(
                "compact-in-place",
                session.key,
                session.ledger,
                identity(frame.sight(), frame.row()))
            : command("compact", session.key, session.ledger, shown);
    compact(
        session,
        id,
        frame.place(),
        inPlace ? session.shown : shown,
        frame.tokensBefore(),
        frame.tokensAfter(),
        "compacted");
    if (session.shown != null) {
      session.remember(
          new Change(Kind.COMPACTION, session.shown, frame.sight(), updatedAt(frame.row())));
    }
  }

  /** A compaction of which only the evidence was seen, and perhaps the id that it led to. */
  void compactByEvidence(SessionTrack session, Place place, SessionId to, String why) {
    CommandId id = command("inferred-compact", session.key, session.ledger, to, session.generation);
    compact(session, id, place, to, null, null, why);
    session.remember(new Change(Kind.COMPACTION, to, place));
  }

  private void compact(
      SessionTrack session,
      CommandId id,
      Place place,
      @Nullable SessionId to,
      @Nullable Long tokensBefore,
      @Nullable Long tokensAfter,
      String why) {
    CompactionSign sign = session.compacting;
    boolean byRun = sign != null && sign.runId() != null;
    CompactSession compact =
        new CompactSession(
            session.key,
            null,
            null,
            sign == null ? null : sign.operation(),
            byRun ? CompactionTrigger.AUTO : CompactionTrigger.MANUAL,
            to == null ? session.ledger : session.inLedger(to),
            null,
            tokensBefore,
            tokensAfter);
    outbox.put(id, compact, place, null, why);
    session.rotate(to, true);
  }

  /** An event or an answer shows the session's current id. */
  void show(SessionTrack session, OfSession frame, SessionId shown) {
    if (session.closed) {
      if (revives(frame) && !shown.equals(session.shown) && session.retired(shown) == null) {
        reopen(session, frame.place(), shown);
      }
    } else if (session.shown == null) {
      session.shown = shown; // The name of what had to be opened without one.
    } else if (shown.equals(session.shown)) {
      CompactionSign sign = session.compacting;
      if (sign != null && (sign.runId() == null || session.compactorEnded)) {
        compactByEvidence(session, frame.place(), shown, "compacted in place");
      }
      Row row = frame.row();
      if (row != null && session.beganAnew(row)) {
        inferResetInPlace(session, frame.place(), shown, row);
      }
    } else if (session.retired(shown) == null) {
      if (session.compacting == null) {
        inferReset(session, frame.place(), shown);
      } else {
        compactByEvidence(session, frame.place(), shown, "compacted to another session id");
      }
    }
  }

  /** A deleted session is created again by what begins something, never by a late end. */
  private static boolean revives(OfSession frame) {
    return frame instanceof RowShown
        || (frame instanceof RunReport report && report.facts().phase() == Phase.START)
        || (frame instanceof Projection projection && projection.phase() == Phase.START);
  }

  void close(SessionTrack session, DeleteSeen frame) {
    if (session.closed) {
      return;
    }
    outbox.put(
        command("close", session.key, session.ledger, session.generation),
        new CloseSession(session.key, null, null),
        frame.place(),
        frame.sight().ts(),
        "sessions.delete");
    session.closed = true;
    session.lastRow = null;
  }

  void reopen(SessionTrack session, Place place, SessionId to) {
    // The id that the deletion retired cannot come back: the new life gets a name of its own.
    boolean used = to.equals(session.shown) || session.retired(to) != null;
    SessionId name = used ? CommandIds.inferred(session.key, to, session.generation) : to;
    outbox.put(
        command("reopen", session.key, name),
        new ReopenSession(session.key, null, null, name),
        place,
        null,
        "created again");
    session.rotate(to, false);
    session.ledger = name;
    session.closed = false;
    session.remember(new Change(Kind.RESET, to, place));
  }

  void restore(SessionTrack session, RestoreSeen frame, SessionId to) {
    Long from = continued(session, frame.from());
    CommandId id = command("restore", session.key, session.ledger, to, from);
    Long ts = frame.sight().ts();
    if (from == null) {
      // What it continues was never seen here, and must not be made up.
      reset(session, id, frame.place(), ts, to, "restored from a generation that was not seen");
    } else {
      outbox.put(
          id,
          new RestoreSession(session.key, from, null, null, session.inLedger(to)),
          frame.place(),
          ts,
          "checkpoint-restore");
      session.rotate(to, false);
    }
    session.remember(new Change(Kind.RESTORE, to, frame.sight(), frame.row().updatedAt()));
  }

  private static @Nullable Long continued(SessionTrack session, @Nullable SessionId from) {
    if (from == null) {
      return null;
    }
    Retired ended = session.retired(from);
    if (ended != null) {
      return ended.generation();
    }
    return from.equals(session.shown) ? Long.valueOf(session.generation) : null;
  }

  /** What both sights of a change share; else what is the sight's own. */
  private static String identity(Sight sight, @Nullable Row row) {
    Long updatedAt = updatedAt(row);
    if (updatedAt != null) {
      return "row " + updatedAt;
    }
    return sight.ts() == null ? "answer to " + sight.request() : "event " + sight.ts();
  }

  private static @Nullable Long updatedAt(@Nullable Row row) {
    return row == null ? null : row.updatedAt();
  }
}

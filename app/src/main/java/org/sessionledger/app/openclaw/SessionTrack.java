package org.sessionledger.app.openclaw;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.GatewayFrame.CompactionSign;
import org.sessionledger.app.openclaw.GatewayFrame.OfSession;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** What the translator remembers of one session. */
final class SessionTrack {

  /** Ended generations whose ids are known again; the eldest is forgotten first. */
  private static final int RETIRED_MAX = 64;

  /** Rotations whose second sight is waited for. */
  private static final int CHANGES_MAX = 16;

  /** A generation that ended, as the ledger knows it. */
  record Retired(SessionId ledgerId, long generation) {}

  /**
   * A frame that waits for its session's id.
   *
   * @param instance the process that sent it
   */
  record Held(OfSession frame, @Nullable String instance) {}

  final SessionKey key;

  /** The gateway's name of the current generation; null until it is seen. */
  @Nullable SessionId shown;

  /** The ledger's name of it: another one where it had to be inferred. Null until opened. */
  @Nullable SessionId ledger;

  /** Counted by the translator: the ledger's number, where the ledger first heard of it here. */
  long generation;

  /** Counts the rotations that were seen; a run belongs to one life. */
  long life;

  /** The life that the last rotation began that carries nothing. */
  long lifeOfReset;

  /** The connection on which the session was last looked at. */
  long connection;

  /** Whether it rotated since that connection first saw it. */
  boolean rotatedHere;

  boolean closed;

  /** Told to open, and the ledger has not answered yet. */
  boolean opening;

  /** The frame that it was opened for. */
  @Nullable Place openedFor;

  /** Evidence of a compaction whose outcome is not seen yet. */
  @Nullable CompactionSign compacting;

  /** Whether the run that compacted has ended since. */
  boolean compactorEnded;

  @Nullable Row lastRow;

  /** The newest row of this life that said {@code systemSent}; null when none did. */
  private @Nullable Long sentAt;

  /** The newest row that said that nothing was sent yet. */
  private @Nullable Long unsentAt;

  final Deque<Held> held = new ArrayDeque<>();
  final Deque<Change> changes = new ArrayDeque<>();
  private final Map<SessionId, Retired> retired =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Retired> eldest) {
          return size() > RETIRED_MAX;
        }
      };

  SessionTrack(SessionKey key) {
    this.key = key;
  }

  boolean known() {
    return ledger != null;
  }

  @Nullable Retired retired(SessionId shownId) {
    return retired.get(shownId);
  }

  /** The ledger's name of what the gateway shows. */
  SessionId inLedger(SessionId shownId) {
    return ledger != null && shownId.equals(shown) ? ledger : shownId;
  }

  /** Goes on under the next generation; with the same session id, or none, in place. */
  void rotate(@Nullable SessionId next, boolean carries) {
    if (next != null && !next.equals(shown)) {
      if (shown != null && ledger != null) {
        retired.put(shown, new Retired(ledger, generation));
      }
      shown = next;
      ledger = next;
    }
    generation++;
    life++;
    rotatedHere = true;
    compacting = null;
    compactorEnded = false;
    if (!carries) {
      lifeOfReset = life;
      sentAt = null;
    }
  }

  /**
   * Takes note of a row under the current session id; true when it shows that the session has begun
   * anew under it. A gateway sets {@code systemSent} with the first run that it prepares, and takes
   * it back only where it begins a session. Rows come late: an older state says nothing.
   */
  boolean beganAnew(Row row) {
    if (row.systemSent() == null || row.updatedAt() == null) {
      return false;
    }
    long at = row.updatedAt();
    if (row.systemSent()) {
      if (unsentAt == null || at > unsentAt) {
        sentAt = sentAt == null ? at : Math.max(sentAt, at);
      }
      return false;
    }
    unsentAt = unsentAt == null ? at : Math.max(unsentAt, at);
    return sentAt != null && at >= sentAt;
  }

  void remember(Change change) {
    if (changes.size() == CHANGES_MAX) {
      changes.removeFirst();
    }
    change.takeOver(changes);
    changes.addLast(change);
  }

  /** Forgets what only the connection before this one could still have told. */
  void on(long newConnection) {
    if (connection != newConnection) {
      connection = newConnection;
      rotatedHere = false;
      changes.forEach(Change::close);
    }
  }

  /** Whether a report of the run waits. */
  boolean holdsRun(RunId runId) {
    for (Held waiting : held) {
      if (waiting.frame() instanceof GatewayFrame.RunReport report
          && report.facts().runId().equals(runId)) {
        return true;
      }
    }
    return false;
  }
}

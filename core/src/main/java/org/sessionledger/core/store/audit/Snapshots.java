package org.sessionledger.core.store.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionState;

/** The saved states, each against what the session's events fold to. Safe for several threads. */
final class Snapshots {

  private static final int PAGE = 500;

  private final Database database;
  private final Map<Long, Long> due;
  private final Queue<Long> later = new ConcurrentLinkedQueue<>();
  private final AtomicLong checked = new AtomicLong();

  /**
   * @param due the versions of saved states, by session number
   */
  Snapshots(Database database, Map<Long, Long> due) {
    this.database = database;
    this.due = new ConcurrentHashMap<>(due);
  }

  /** The version of a session's saved state that was not checked yet; null: none. */
  @Nullable Long due(long sessionNo) {
    return due.isEmpty() ? null : due.get(sessionNo);
  }

  /** There is no room for it now. */
  void later(long sessionNo) {
    later.add(sessionNo);
  }

  long checked() {
    return checked.get();
  }

  /** Compares a saved state with one that was folded up to its version. */
  @Nullable Break check(
      long sessionNo, long version, @Nullable String sessionKey, SessionState state) {
    due.remove(sessionNo);
    AtomicReference<@Nullable String> saved = new AtomicReference<>();
    database.each(
        "SELECT state FROM ledger_snapshots WHERE session_no = ? AND version = ?",
        row -> saved.set(row.getString(1)),
        sessionNo,
        version);
    String text = saved.get();
    if (text == null) {
      // A newer one took its place while the events were read; it lies behind what is checked.
      return null;
    }
    checked.incrementAndGet();
    String folded = state.json();
    return text.equals(folded) || saysTheSame(text, folded)
        ? null
        : Break.of("snapshot", null, null, sessionKey, version, folded, text);
  }

  private static boolean saysTheSame(String one, String other) {
    try {
      return Json.tree(one).equals(Json.tree(other));
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Folds those that had to wait, one after the other; then none may be left. */
  @Nullable Break checkRest(SessionHeads heads) {
    for (Long sessionNo = later.poll(); sessionNo != null; sessionNo = later.poll()) {
      Break found = checkAlone(sessionNo);
      if (found != null) {
        return found;
      }
    }
    for (Map.Entry<Long, Long> left : due.entrySet()) {
      return Break.of(
          "snapshot",
          null,
          null,
          key(left.getKey()),
          left.getValue(),
          "a saved state of a session and a version that there is",
          "one of session number " + left.getKey() + " with version " + left.getValue());
    }
    return null;
  }

  private @Nullable Break checkAlone(long sessionNo) {
    long version = due.getOrDefault(sessionNo, 0L);
    SessionState state = new SessionState();
    long at = 0;
    while (at < version) {
      List<SessionEvent> page = page(sessionNo, at, version);
      if (page.isEmpty()) {
        return null;
      }
      for (SessionEvent event : page) {
        state.apply(event, ++at);
      }
    }
    return check(sessionNo, version, key(sessionNo), state);
  }

  private List<SessionEvent> page(long sessionNo, long after, long last) {
    List<SessionEvent> page = new ArrayList<>();
    database.each(
        """
        SELECT type, event FROM ledger_events
        WHERE session_no = ? AND version > ? AND version <= ? ORDER BY session_no, version LIMIT ?
        """,
        row -> {
          try {
            page.add(StoredEvent.read(row.getString(1), row.getString(2)));
          } catch (StoredEvent.Unreadable e) {
            throw new IllegalStateException("an event that was readable is so no more", e);
          }
        },
        sessionNo,
        after,
        last,
        PAGE);
    return page;
  }

  private @Nullable String key(long sessionNo) {
    AtomicReference<@Nullable String> key = new AtomicReference<>();
    database.each(
        "SELECT session_key FROM ledger_sessions WHERE session_no = ?",
        row -> key.set(row.getString(1)),
        sessionNo);
    return key.get();
  }
}

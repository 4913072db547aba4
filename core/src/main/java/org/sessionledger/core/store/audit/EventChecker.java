package org.sessionledger.core.store.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionState;
import org.sessionledger.core.session.SessionStatus;

/**
 * Checks what events say of their own sessions: versions, hashes, what they fold to. For one
 * thread, which gets all events of its sessions, in order.
 */
final class EventChecker {

  private record Kept(SessionStatus status, int size) {}

  private final Database database;
  private final SessionHeads heads;
  private final Snapshots snapshots;
  private final Limits limits;
  private final LongAdder activeRuns;
  private final Sha256 sha256 = new Sha256();
  private final byte[] before = new byte[Sha256.BYTES];
  private final byte[] hash = new byte[Sha256.BYTES];

  /** By session number, what was read last at the end. */
  private final LinkedHashMap<Long, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

  private long keptCharacters;
  private final Map<Long, SessionState> states = new HashMap<>();
  private final FactSums facts = new FactSums();
  private final FactFold factFold = new FactFold(facts::add);
  private final Instances instances;

  EventChecker(
      Database database,
      SessionHeads heads,
      Snapshots snapshots,
      Limits limits,
      LongAdder activeRuns) {
    this.database = database;
    this.heads = heads;
    this.snapshots = snapshots;
    this.limits = limits;
    this.activeRuns = activeRuns;
    this.instances = new Instances(database, limits);
  }

  /** What the tables that are kept for ever must hold of these sessions. */
  FactSums facts() {
    return facts;
  }

  /** The first thing that is wrong with some events; null when nothing is. */
  @Nullable Break check(List<EventRow> rows) {
    fetchForgotten(rows);
    for (EventRow row : rows) {
      Break found = check(row);
      if (found != null) {
        return found;
      }
    }
    trim();
    return instances.check();
  }

  private @Nullable Break check(EventRow stored) {
    long last = heads.version(stored.sessionNo());
    Kept old = last == 0 ? null : kept.get(stored.sessionNo());
    EventRow row = old == null ? stored : stored.of(old.status().sessionKey().value());
    if (row.version() != last + 1) {
      return Break.ofEvent(row, "version", last + 1, row.version());
    }
    SessionEvent event;
    try {
      event = StoredEvent.read(row.type(), row.event());
    } catch (StoredEvent.Unreadable e) {
      return Break.ofEvent(row, "event", "a readable " + row.type(), "" + e.getMessage());
    }
    String key = event.sessionKey().value();
    if (!key.equals(row.sessionKey())) {
      return Break.ofEvent(
          row,
          "session-key",
          row.sessionKey() == null ? "a key with a number" : row.sessionKey(),
          key);
    }
    hash(row, last, key);
    String computed = Sha256.text(hash);
    if (!computed.equals(row.hash())) {
      return Break.ofEvent(row, "hash", computed, row.hash());
    }
    if (event.generation().number() != row.generation()) {
      return Break.ofEvent(row, "generation", event.generation().number(), row.generation());
    }
    return fold(row, event, old == null ? null : old.status());
  }

  private void hash(EventRow row, long last, String key) {
    if (last == 0) {
      sha256.add("");
    } else {
      heads.hash(row.sessionNo(), before);
      sha256.add(Sha256.hex(before));
    }
    sha256
        .add(row.position())
        .add(key)
        .add(row.version())
        .add(row.type())
        .add(row.event())
        .add(CommandIds.of(row))
        .add(row.commandType())
        .add(row.command())
        .add(row.session())
        .add(row.recorded())
        .into(hash);
  }

  private @Nullable Break fold(EventRow row, SessionEvent event, @Nullable SessionStatus old) {
    SessionStatus status;
    try {
      status = SessionStatus.after(old, event, row.version(), row.position(), row.recordedAt());
    } catch (RuntimeException e) {
      return Break.ofEvent(row, "event", "an event that can follow", "" + e.getMessage());
    }
    String folded = Json.write(status);
    if (!folded.equals(row.session()) && !saysTheSame(row.session(), status)) {
      return Break.ofEvent(row, "session", folded, row.session());
    }
    if (row.activeRuns() != null && row.activeRuns() != status.activeRuns()) {
      return Break.ofEvent(row, "active-runs", status.activeRuns(), row.activeRuns());
    }
    activeRuns.add(status.activeRuns() - (old == null ? 0 : old.activeRuns()));
    heads.move(row.sessionNo(), row.version(), row.position(), hash);
    keep(row.sessionNo(), new Kept(status, row.session().length()));
    factFold.apply(row.sessionNo(), event, row.position());
    instances.add(row, event);
    return foldState(row, event);
  }

  /** Another version may have written the same in other words. */
  private static boolean saysTheSame(String session, SessionStatus status) {
    try {
      return Json.read(session, SessionStatus.class).equals(status);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private @Nullable Break foldState(EventRow row, SessionEvent event) {
    Long due = snapshots.due(row.sessionNo());
    if (due == null) {
      return null;
    }
    if (row.version() == 1) {
      if (states.size() >= limits.states()) {
        snapshots.later(row.sessionNo());
        return null;
      }
      states.put(row.sessionNo(), new SessionState());
    }
    SessionState state = states.get(row.sessionNo());
    if (state == null) {
      return null;
    }
    try {
      state.apply(event, row.version());
    } catch (RuntimeException e) {
      return Break.ofEvent(row, "event", "an event that can follow", "" + e.getMessage());
    }
    if (row.version() < due) {
      return null;
    }
    states.remove(row.sessionNo());
    return snapshots.check(row.sessionNo(), due, row.sessionKey(), state);
  }

  private void keep(long sessionNo, Kept now) {
    Kept old = kept.put(sessionNo, now);
    keptCharacters += now.size() - (old == null ? 0 : old.size());
  }

  private void trim() {
    Iterator<Kept> eldest = kept.values().iterator();
    while (kept.size() > limits.sessions()
        || (keptCharacters > limits.sessionCharacters() && kept.size() > 1)) {
      keptCharacters -= eldest.next().size();
      eldest.remove();
    }
  }

  /** What was checked before and is not remembered any more is read again. */
  private void fetchForgotten(List<EventRow> rows) {
    Map<Long, Long> positions = new HashMap<>();
    for (EventRow row : rows) {
      if (heads.version(row.sessionNo()) > 0 && !kept.containsKey(row.sessionNo())) {
        positions.put(row.sessionNo(), heads.position(row.sessionNo()));
      }
    }
    if (!positions.isEmpty()) {
      database.each(
          "SELECT session_no, session FROM ledger_events WHERE position = ANY(?)",
          row -> {
            String session = row.getString(2);
            keep(
                row.getLong(1),
                new Kept(Json.read(session, SessionStatus.class), session.length()));
          },
          (Object) new ArrayList<>(positions.values()).toArray(Long[]::new));
    }
  }
}

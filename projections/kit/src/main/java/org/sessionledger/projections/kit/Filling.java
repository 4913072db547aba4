package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.sessionledger.core.session.RecordedEvent;

/**
 * Folds all events into an empty table, from the first on. A row is kept in memory while events
 * change it and written when there are too many, so that it costs the database one write and not
 * one an event.
 */
final class Filling<K, R extends Row<K>> {

  /** Rows that are kept in memory at most. */
  static final int ROWS_MAX = 40_000;

  /** Characters of the rows in memory at most; of one that was read back, only what came since. */
  private static final long CHARS_MAX = 24_000_000;

  /** What a row holds comes from a few of its events: its beginning, and what happened last. */
  private static final int EVENTS_IN_A_ROW = 3;

  /**
   * @param sessionNo 0 for one that no event has changed since it was read
   * @param chars of the longest event that changed it
   */
  private record Kept<R>(R row, long sessionNo, int chars) {}

  private final Projection<K, R> projection;
  private final Table<K, R> table;

  /** Those that were touched last stand last. */
  private final Map<K, Kept<R>> rows = new LinkedHashMap<>();

  /** The rows in memory that the table does not have, and those that it has otherwise. */
  private final Set<K> added = new LinkedHashSet<>();

  private final Set<K> moved = new LinkedHashSet<>();

  /** By number of their session. */
  private final Map<Long, Parking.Parked> parked = new TreeMap<>();

  /** Those of the parked ones of which the table would not take a row. */
  private final Set<Long> unfit = new HashSet<>();

  private final int rowsMax;
  private Set<Long> touched = new HashSet<>();
  private long chars;

  Filling(Projection<K, R> projection, Table<K, R> table, int rowsMax) {
    this.projection = projection;
    this.table = table;
    this.rowsMax = rowsMax;
  }

  /** Takes the next events in; what has to make room is written in the connection's transaction. */
  void take(Connection connection, List<RecordedEvent> events) throws SQLException {
    load(connection, events);
    for (RecordedEvent event : events) {
      touched.add(event.sessionNo());
      if (parked.containsKey(event.sessionNo())) {
        continue;
      }
      try {
        fold(event);
      } catch (RuntimeException e) {
        parked.put(event.sessionNo(), Parking.Parked.at(event, e));
      }
    }
    if (rows.size() > rowsMax || chars > CHARS_MAX) {
      write(connection);
      makeRoom();
    }
  }

  private void load(Connection connection, List<RecordedEvent> events) throws SQLException {
    Set<K> missing = new LinkedHashSet<>();
    Set<K> begun = new HashSet<>();
    for (RecordedEvent event : events) {
      for (K key : keys(event)) {
        if (!rows.containsKey(key) && !begun.contains(key)) {
          if (projection.begins(key, event)) {
            begun.add(key);
          } else {
            missing.add(key);
          }
        }
      }
    }
    if (!missing.isEmpty()) {
      table.load(connection, List.copyOf(missing)).forEach(row -> keep(row, 0, 0));
    }
  }

  /** What it throws, it throws again when the event is folded. */
  private List<K> keys(RecordedEvent event) {
    try {
      return projection.keys(event);
    } catch (RuntimeException e) {
      return List.of();
    }
  }

  /** All rows of an event or none. */
  private void fold(RecordedEvent event) {
    List<R> after = new ArrayList<>();
    for (K key : projection.keys(event)) {
      Kept<R> kept = rows.get(key);
      R before = kept == null ? null : kept.row();
      if (before != null && RowFold.goesBack(before, event)) {
        throw new IllegalStateException(
            event + " would take a row back that is at version " + before.version());
      }
      after.add(projection.after(key, before, event));
    }
    for (R row : after) {
      if (keep(row, event.sessionNo(), event.length())) {
        added.add(row.key());
      } else if (!added.contains(row.key())) {
        moved.add(row.key());
      }
    }
  }

  /** True when there was no such row in memory. */
  private boolean keep(R row, long sessionNo, int length) {
    Kept<R> before = rows.remove(row.key());
    int longest = before == null ? length : Math.max(before.chars(), length);
    chars += (long) EVENTS_IN_A_ROW * (longest - (before == null ? 0 : before.chars()));
    rows.put(row.key(), new Kept<>(row, sessionNo, longest));
    return before == null;
  }

  /** Writes what the table does not have, in the connection's transaction. */
  void write(Connection connection) throws SQLException {
    if (!isTaken(connection, 0, () -> put(connection, added, moved))) {
      for (K key : added) {
        isTaken(connection, kept(key).sessionNo(), () -> put(connection, List.of(key), List.of()));
      }
      for (K key : moved) {
        isTaken(connection, kept(key).sessionNo(), () -> put(connection, List.of(), List.of(key)));
      }
    }
    added.clear();
    moved.clear();
  }

  private interface Put {
    void run() throws SQLException;
  }

  /**
   * False when the table does not take the values. One session is parked for it, from its first
   * event on: of its rows the table may have any.
   *
   * @param sessionNo 0 for several
   */
  private boolean isTaken(Connection connection, long sessionNo, Put put) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      put.run();
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException | RuntimeException e) {
      if (!Parking.isOfAnEvent(e)) {
        throw e;
      }
      connection.rollback(before);
      if (sessionNo != 0) {
        unfit.add(sessionNo);
        parked.put(sessionNo, Parking.Parked.wholly(sessionNo, e));
      }
      return false;
    }
  }

  private void put(Connection connection, Collection<K> toAdd, Collection<K> toMove)
      throws SQLException {
    table.insert(connection, rowsOf(toAdd));
    table.update(connection, rowsOf(toMove));
  }

  private List<R> rowsOf(Collection<K> keys) {
    List<R> some = new ArrayList<>(keys.size());
    for (K key : keys) {
      some.add(kept(key).row());
    }
    return some;
  }

  private Kept<R> kept(K key) {
    return Objects.requireNonNull(rows.get(key), "a row that was not written yet");
  }

  /** Until half of the room is free. */
  private void makeRoom() {
    Iterator<Kept<R>> oldest = rows.values().iterator();
    while (rows.size() > rowsMax / 2 || chars > CHARS_MAX / 2) {
      chars -= (long) EVENTS_IN_A_ROW * oldest.next().chars();
      oldest.remove();
    }
  }

  /** The sessions whose events could not be taken. */
  List<Parking.Parked> parked() {
    return List.copyOf(parked.values());
  }

  /** Those of them that may lack rows which the live table has. */
  Set<Long> unfit() {
    return Set.copyOf(unfit);
  }

  /** The sessions that had events since it was asked last. */
  Set<Long> touched() {
    Set<Long> since = touched;
    touched = new HashSet<>();
    return since;
  }
}

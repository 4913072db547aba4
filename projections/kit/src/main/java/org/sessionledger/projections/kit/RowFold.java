package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.RecordedEvent;

/**
 * Folds a batch in memory: each row that it touches is read once and written once, however many
 * events of the batch change it. Here a row refuses to go back.
 */
public final class RowFold<K, R extends Row<K>> {

  private final Projection<K, R> projection;
  private final Table<K, R> table;

  public RowFold(Projection<K, R> projection, Table<K, R> table) {
    this.projection = projection;
    this.table = table;
  }

  /**
   * Takes events in, in their order, as part of the connection's transaction. Events that the table
   * has already change nothing.
   *
   * @return how many rows refused to go back to an older version or generation
   */
  public long apply(Connection connection, List<RecordedEvent> events) throws SQLException {
    Map<K, R> stored = load(connection, events);
    Map<K, R> changed = new LinkedHashMap<>();
    long refused = 0;
    for (RecordedEvent event : events) {
      for (K key : projection.keys(event)) {
        R before = changed.getOrDefault(key, stored.get(key));
        if (before != null && goesBack(before, event)) {
          refused++;
        } else {
          changed.put(key, projection.after(key, before, event));
        }
      }
    }
    write(connection, stored, changed);
    return refused;
  }

  /** Fills the table, which is empty, from all events. */
  Filling<K, R> filling() {
    return filling(Filling.ROWS_MAX);
  }

  /**
   * @param room rows that are kept in memory at most
   */
  Filling<K, R> filling(int room) {
    return new Filling<>(projection, table, room);
  }

  private Map<K, R> load(Connection connection, List<RecordedEvent> events) throws SQLException {
    Set<K> keys = new LinkedHashSet<>();
    events.forEach(event -> keys.addAll(projection.keys(event)));
    Map<K, R> stored = new HashMap<>();
    for (R row : table.load(connection, List.copyOf(keys))) {
      stored.put(row.key(), row);
    }
    return stored;
  }

  static boolean goesBack(Row<?> before, RecordedEvent event) {
    return event.version() <= before.version()
        || event.event().generation().number() < before.generation();
  }

  private void write(Connection connection, Map<K, @Nullable R> stored, Map<K, R> changed)
      throws SQLException {
    List<R> added = new ArrayList<>();
    List<R> moved = new ArrayList<>();
    changed.forEach((key, row) -> (stored.containsKey(key) ? moved : added).add(row));
    table.insert(connection, added);
    table.update(connection, moved);
  }
}

package org.sessionledger.projections.kit;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.RecordedEvent;

/**
 * How one event changes one row; no SQL, no clock.
 *
 * @param <K> what names a row
 * @param <R> the row
 */
public interface Projection<K, R extends Row<K>> {

  /** The rows that an event begins or changes. */
  List<K> keys(RecordedEvent event);

  /**
   * True when no event before this one touched the row, so that a rebuild need not look for it.
   * False is always right.
   */
  default boolean begins(K key, RecordedEvent event) {
    return false;
  }

  /**
   * A row after an event.
   *
   * @param before null when there is no such row yet
   */
  R after(K key, @Nullable R before, RecordedEvent event);
}

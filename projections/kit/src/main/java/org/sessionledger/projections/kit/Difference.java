package org.sessionledger.projections.kit;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;

/**
 * A session of which a view says something else than its events.
 *
 * @param sessionKey null when no session of the ledger has the number that stands in the view
 * @param rows those rows that differ, the first ones of them
 * @param count how many rows differ
 */
public record Difference(@Nullable SessionKey sessionKey, List<DifferentRow> rows, long count) {

  /**
   * A row, by the texts of its columns; long ones are cut.
   *
   * @param row the columns of its primary key
   * @param live the columns that differ, as the view has them; null when it has no such row
   * @param rebuilt the same, as the events say; null when they make no such row
   */
  public record DifferentRow(
      String row,
      java.util.@Nullable Map<String, String> live,
      java.util.@Nullable Map<String, String> rebuilt) {}
}

package org.sessionledger.projections.kit;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;

/**
 * A part of a list.
 *
 * @param nextCursor where the list goes on; null when there is no more
 */
public record Page<T>(List<T> items, @Nullable String nextCursor) {

  /** Most items of one page. */
  public static final int LIMIT_MAX = 1_000;

  /** Items of a page when nobody says how many. */
  public static final int LIMIT_DEFAULT = 100;

  /**
   * Checks how many items are asked for.
   *
   * @throws InvalidField when it is not from 1 to {@link #LIMIT_MAX}
   */
  public static int requireLimit(int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new InvalidField("limit", "is " + limit + ", allowed is 1 to " + LIMIT_MAX);
    }
    return limit;
  }

  /**
   * The page of a list that was read one item further than asked for.
   *
   * @param cursor names the place after an item
   */
  public static <R, T> Page<T> of(
      List<R> oneMore, int limit, Function<R, T> item, Function<R, String> cursor) {
    boolean more = oneMore.size() > limit;
    List<R> rows = more ? oneMore.subList(0, limit) : oneMore;
    return new Page<>(
        rows.stream().map(item).toList(), more ? cursor.apply(rows.get(limit - 1)) : null);
  }
}

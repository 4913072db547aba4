package org.sessionledger.app.console;

import org.jspecify.annotations.Nullable;

/**
 * Where a picture can be moved to. What leads nowhere is null.
 *
 * @param closer the middle half of the range
 * @param wider twice the range
 */
record Zoom(
    @Nullable Range closer,
    @Nullable Range wider,
    @Nullable Range earlier,
    @Nullable Range later,
    boolean whole) {

  /** Versions, both included. */
  record Range(long from, long to) {}

  private static final long SMALLEST = 8;

  static Zoom of(Story story) {
    long first = story.first();
    long last = story.last();
    long newest = story.newest();
    long length = last - first + 1;
    boolean whole = first == 1 && last == newest;
    long quarter = length / 4;
    long half = Math.max(1, length / 2);
    return new Zoom(
        length <= SMALLEST ? null : range(first + quarter, last - quarter, newest),
        whole ? null : range(first - half, last + half, newest),
        first == 1 ? null : moved(first, last, -Math.min(half, first - 1)),
        last == newest ? null : moved(first, last, Math.min(half, newest - last)),
        whole);
  }

  private static Range range(long from, long to, long newest) {
    return new Range(Math.max(1, from), Math.min(newest, to));
  }

  private static Range moved(long first, long last, long by) {
    return new Range(first + by, last + by);
  }
}

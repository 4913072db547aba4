package org.sessionledger.core.store.audit;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Text;

/**
 * Where the stored rows first disagree with what they must be.
 *
 * @param check what was looked at, a stable word such as {@code hash} (docs/audit.md lists them)
 * @param position the event's place in the global order; null when it is not about an event
 * @param seq the decision log's line; null when it is not about one
 * @param sessionKey null when it is about no single session, or when it cannot be told
 * @param version the event's or the saved state's place within its session
 * @param expected what must be there, cut where it is long
 * @param found what is there
 */
public record Break(
    String check,
    @Nullable Long position,
    @Nullable Long seq,
    @Nullable String sessionKey,
    @Nullable Long version,
    String expected,
    String found) {

  /** Longest expected or found text, in characters. */
  static final int TEXT_MAX = 400;

  /** Characters before the first difference of two long texts that are shown. */
  private static final int BEFORE = 60;

  static Break ofEvent(EventRow row, String check, Object expected, Object found) {
    return of(check, row.position(), null, row.sessionKey(), row.version(), expected, found);
  }

  static Break ofLine(long seq, String sessionKey, String check, Object expected, Object found) {
    return of(check, null, seq, sessionKey, null, expected, found);
  }

  /** The same break with its session told. */
  Break in(@Nullable String key) {
    return new Break(check, position, seq, key, version, expected, found);
  }

  static Break ofTotals(String check, Object expected, Object found) {
    return of(check, null, null, null, null, expected, found);
  }

  static Break of(
      String check,
      @Nullable Long position,
      @Nullable Long seq,
      @Nullable String sessionKey,
      @Nullable Long version,
      Object expected,
      Object found) {
    String wanted = expected.toString();
    String there = found.toString();
    int from = from(wanted, there);
    return new Break(
        check, position, seq, sessionKey, version, cut(wanted, from), cut(there, from));
  }

  /** Two long texts are shown from just before the place where they part. */
  private static int from(String one, String other) {
    if (Math.max(one.length(), other.length()) <= TEXT_MAX) {
      return 0;
    }
    int same = 0;
    while (same < Math.min(one.length(), other.length())
        && one.charAt(same) == other.charAt(same)) {
      same++;
    }
    return Math.max(0, same - BEFORE);
  }

  private static String cut(String text, int from) {
    int start = Math.min(from, text.length());
    if (start > 0 && start < text.length() && Character.isLowSurrogate(text.charAt(start))) {
      start--;
    }
    String rest = text.substring(start);
    String shown = Text.cut(rest, TEXT_MAX);
    return (start > 0 ? "…" : "") + shown + (shown.length() < rest.length() ? "…" : "");
  }
}

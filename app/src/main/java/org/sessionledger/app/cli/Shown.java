package org.sessionledger.app.cli;

/**
 * Text that came from outside, as a terminal or a page may show it: what would steer the terminal
 * or reorder the line is written as an escape, and what is long is cut.
 */
public final class Shown {

  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Shown() {}

  /** On one line, nothing hidden. */
  public static String text(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  /** On one line, in at most so many columns. */
  static String cut(String text, int columns) {
    return fit(text(text), columns);
  }

  /** JSON text in which no character steers the terminal; the same document. */
  static String json(String json) {
    StringBuilder out = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            c -> {
              if (c != '\n' && steers(c)) {
                for (char half : Character.toChars(c)) {
                  out.append(String.format("\\u%04x", (int) half));
                }
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** The columns that a shown text takes. */
  static int width(String shown) {
    return shown.codePoints().map(Shown::columns).sum();
  }

  /** Cuts what was made fit to be shown already. */
  static String fit(String shown, int columns) {
    if (width(shown) <= columns) {
      return shown;
    }
    StringBuilder out = new StringBuilder();
    int used = 0;
    for (int c : shown.codePoints().toArray()) {
      used += columns(c);
      if (used > columns - 1) {
        break;
      }
      out.appendCodePoint(c);
    }
    return out.append('…').toString();
  }

  private static void append(StringBuilder out, int c) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (steers(c)) {
          out.append(String.format(c > 0xffff ? "\\u{%x}" : "\\u%04x", c));
        } else {
          out.appendCodePoint(c);
        }
      }
    }
  }

  /** Controls, line breaks, marks that turn the writing direction, and what has no glyph. */
  private static boolean steers(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      case Character.FORMAT -> c != ZERO_WIDTH_JOINER;
      default -> false;
    };
  }

  private static int columns(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean wide =
        (c >= 0x1100 && c <= 0x115f)
            || (c >= 0x2e80 && c <= 0xa4cf)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0xffe0 && c <= 0xffe6)
            || (c >= 0x1f300 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd);
    return wide ? 2 : 1;
  }
}

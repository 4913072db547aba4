package org.sessionledger.app.openclaw;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The phases of a run that begin or end an attempt. */
enum Phase {
  START,
  END,
  ERROR;

  /** Null for every other word: {@code model}, {@code finishing}, {@code fallback_step} … */
  static @Nullable Phase of(@Nullable String word) {
    if (word == null) {
      return null;
    }
    return switch (word) {
      case "start" -> START;
      case "end" -> END;
      case "error" -> ERROR;
      default -> null;
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

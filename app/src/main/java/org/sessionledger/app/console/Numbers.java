package org.sessionledger.app.console;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers out of an address: what is none is taken for absent, so that an old link still leads. */
final class Numbers {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private Numbers() {}

  static long from(@Nullable String text, long otherwise) {
    return text != null && NUMBER.matcher(text).matches() ? Long.parseLong(text) : otherwise;
  }

  static @Nullable Long orNull(@Nullable String text) {
    return text != null && NUMBER.matcher(text).matches() ? Long.valueOf(text) : null;
  }
}

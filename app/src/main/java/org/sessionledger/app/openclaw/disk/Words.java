package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Small readings of what the store writes. */
final class Words {

  /** The years that every clock, log and database can write. */
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private Words() {}

  /** Without lone surrogates, which are no characters. */
  static String whole(String text) {
    StringBuilder whole = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }

  /** An ISO instant as milliseconds; null for everything else. */
  static @Nullable Long millis(@Nullable String instant) {
    if (instant == null) {
      return null;
    }
    try {
      return Instant.parse(instant).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  /** A claimed time; null when no clock could mean it. */
  static @Nullable Instant instant(@Nullable Long millis) {
    if (millis == null) {
      return null;
    }
    Instant at = Instant.ofEpochMilli(millis);
    return at.isBefore(EARLIEST) || at.isAfter(LATEST) ? null : at;
  }

  /** The parser's own words without its echo of the source, which could be long. */
  static String problem(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message.length() <= 200 ? message : message.substring(0, 200) + "…";
  }
}

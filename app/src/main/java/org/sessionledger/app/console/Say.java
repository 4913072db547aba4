package org.sessionledger.app.console;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.cli.Shown;
import org.sessionledger.core.identity.Text;

/** Values as a page tells them. Public members, because templates call them by name. */
final class Say {

  static final Say IT = new Say();

  private static final int CUT = 96;
  private static final int MINUTE_SECONDS = 60;
  private static final int HOUR_SECONDS = 3_600;

  private static final DateTimeFormatter SECOND = utc("yyyy-MM-dd HH:mm:ss'Z'");
  private static final DateTimeFormatter MILLISECOND = utc("yyyy-MM-dd HH:mm:ss.SSS'Z'");
  private static final DateTimeFormatter CLOCK = utc("HH:mm:ss");

  private Say() {}

  private static DateTimeFormatter utc(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  /** Text from outside in which nothing is hidden and nothing turns the line around. */
  public String text(@Nullable Object value) {
    return value == null ? "" : Shown.text(value.toString());
  }

  /** The same, short. */
  public String cut(@Nullable Object value) {
    return cut(value, CUT);
  }

  public String cut(@Nullable Object value, int length) {
    String whole = value == null ? "" : value.toString();
    String cut = Text.cut(whole, length);
    return Shown.text(cut) + (cut.length() == whole.length() ? "" : "…");
  }

  /** A text of many lines, which may stay many lines. */
  public String lines(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    if (value != null) {
      value.toString().lines().forEach(line -> out.append(Shown.text(line)).append('\n'));
    }
    return out.toString();
  }

  public String time(@Nullable Object instant) {
    return format(SECOND, instant);
  }

  public String milli(@Nullable Object instant) {
    return format(MILLISECOND, instant);
  }

  public String clock(@Nullable Object instant) {
    return format(CLOCK, instant);
  }

  private static String format(DateTimeFormatter format, @Nullable Object instant) {
    if (instant == null) {
      return "";
    }
    try {
      return format.format(Instant.parse(instant.toString()));
    } catch (DateTimeException e) {
      return Shown.text(instant.toString());
    }
  }

  /** How long from one instant to another; empty when one of them is missing. */
  public String took(@Nullable Object from, @Nullable Object to) {
    if (from == null || to == null) {
      return "";
    }
    try {
      double seconds =
          Duration.between(Instant.parse(from.toString()), Instant.parse(to.toString())).toMillis()
              / 1_000.0;
      if (seconds < MINUTE_SECONDS) {
        return String.format(Locale.ROOT, seconds < 1 ? "%.3f s" : "%.1f s", seconds);
      }
      return seconds < HOUR_SECONDS
          ? String.format(Locale.ROOT, "%.1f min", seconds / MINUTE_SECONDS)
          : String.format(Locale.ROOT, "%,.1f h", seconds / HOUR_SECONDS);
    } catch (DateTimeException e) {
      return "";
    }
  }

  public String number(@Nullable Object number) {
    return number instanceof Number n ? String.format(Locale.ROOT, "%,d", n.longValue()) : "";
  }

  public String count(@Nullable Object number, String one, String many) {
    boolean single = number instanceof Number n && n.longValue() == 1;
    return number(number) + " " + (single ? one : many);
  }

  /** A name for an element of the page that belongs to a text from outside. */
  public String id(@Nullable Object value) {
    return UUID.nameUUIDFromBytes(String.valueOf(value).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  /** A stored name such as {@code SessionReset} in words. */
  public String words(@Nullable Object name) {
    if (name == null) {
      return "";
    }
    String spaced = name.toString().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    return spaced.isEmpty()
        ? ""
        : Shown.text(spaced.substring(0, 1).toUpperCase(Locale.ROOT) + spaced.substring(1));
  }
}

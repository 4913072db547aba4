package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values of a document as people read them. */
final class Words {

  static final String NONE = "-";

  private static final int MINUTE_SECONDS = 60;
  private static final int HOUR_SECONDS = 3_600;

  private static final DateTimeFormatter MILLISECOND = format("yyyy-MM-dd HH:mm:ss.SSS'Z'");
  private static final DateTimeFormatter SECOND = format("yyyy-MM-dd HH:mm:ss'Z'");

  private Words() {}

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  /** A field's text, {@code -} when it is absent. */
  static String of(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isMissingNode() || value.isNull() || value.asText().isEmpty()
        ? NONE
        : value.asText();
  }

  /** An instant to the millisecond. */
  static String time(JsonNode node, String field) {
    return time(node, field, MILLISECOND);
  }

  /** An instant to the second. */
  static String second(JsonNode node, String field) {
    return time(node, field, SECOND);
  }

  private static String time(JsonNode node, String field, DateTimeFormatter format) {
    String text = of(node, field);
    try {
      return text.equals(NONE) ? text : format.format(Instant.parse(text));
    } catch (DateTimeException e) {
      return text;
    }
  }

  /** How long something took, to three digits or so. */
  static String took(JsonNode node, String from, String to) {
    try {
      double seconds =
          Duration.between(Instant.parse(of(node, from)), Instant.parse(of(node, to))).toMillis()
              / 1_000.0;
      if (seconds < MINUTE_SECONDS) {
        return String.format(Locale.ROOT, seconds < 1 ? "%.3f s" : "%.1f s", seconds);
      }
      return seconds < HOUR_SECONDS
          ? String.format(Locale.ROOT, "%.1f min", seconds / MINUTE_SECONDS)
          : String.format(Locale.ROOT, "%,.1f h", seconds / HOUR_SECONDS);
    } catch (DateTimeException e) {
      return NONE;
    }
  }

  static String count(long count, String one) {
    return count(count, one, one + "s");
  }

  static String count(long count, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A list of texts, or of objects that have a run id. */
  static List<String> list(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(
        item -> {
          String attempt = item.path("attempt").asLong(1) > 1 ? "#" + item.path("attempt") : "";
          words.add(item.isObject() ? item.path("runId").asText() + attempt : item.asText());
        });
    return words;
  }

  static String joined(JsonNode array) {
    List<String> words = list(array);
    return words.isEmpty() ? NONE : String.join(", ", words);
  }

  /** {@code a}, {@code a and b}, {@code a, b and c}. */
  static String sentence(List<String> words) {
    int last = words.size() - 1;
    return last < 1
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }
}

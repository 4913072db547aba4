package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request's query, read strictly: an ignored misspelt filter answers another question than the
 * one that was asked. An empty value is an absent one.
 */
final class QueryParameters {

  private static final int LIMIT_DEFAULT = 100;

  /** Whole numbers that surely fit. */
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final Map<String, String> values;

  private QueryParameters(Map<String, String> values) {
    this.values = values;
  }

  /**
   * @param known the parameters that the request may have
   * @throws ApiProblem when it has another one, one twice, or one that is not percent-encoded
   */
  static QueryParameters of(HttpServletRequest request, String... known) {
    Map<String, String> values = new HashMap<>();
    String query = request.getQueryString();
    for (String part : query == null ? new String[0] : query.split("&")) {
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        String name = decode(part, equals < 0 ? part : part.substring(0, equals));
        String value = equals < 0 ? "" : decode(name, part.substring(equals + 1));
        if (!Arrays.asList(known).contains(name)) {
          throw Problems.badParameter(
              name,
              "is not known here; "
                  + (known.length == 0
                      ? "the path takes none"
                      : "known are " + String.join(", ", known)));
        }
        if (values.putIfAbsent(name, value) != null) {
          throw Problems.badParameter(name, "stands twice");
        }
      }
    }
    return new QueryParameters(values);
  }

  @Nullable String text(String name) {
    String value = values.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A whole number from {@code min} up; null when absent. */
  @Nullable Long number(String name, long min) {
    String value = text(name);
    if (value == null) {
      return null;
    }
    if (!NUMBER.matcher(value).matches() || Long.parseLong(value) < min) {
      throw Problems.badParameter(
          name, "is '" + Problems.echo(value) + "', a whole number from " + min + " is expected");
    }
    return Long.valueOf(value);
  }

  @Nullable Instant instant(String name) {
    String value = text(name);
    try {
      return value == null ? null : OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw Problems.badParameter(
          name,
          "is '"
              + Problems.echo(value == null ? "" : value)
              + "', an instant such as 2026-05-31T09:00:00Z is expected (a '+' is written %2B)");
    }
  }

  LedgerApi.Page page() {
    Long limit = number("limit", 1);
    return new LedgerApi.Page(
        limit == null ? LIMIT_DEFAULT : (int) Math.min(limit, Integer.MAX_VALUE), text("cursor"));
  }

  private static String decode(String name, String encoded) {
    try {
      return SessionKeyPath.decode(encoded, true);
    } catch (IllegalArgumentException e) {
      throw Problems.badParameter(name, e.getMessage() == null ? "is broken" : e.getMessage());
    }
  }
}

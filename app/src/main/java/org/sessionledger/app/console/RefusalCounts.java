package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Refusals counted: over time, and by who sent them. Of one that was repeated the ledger keeps the
 * first and the last time, so all its arrivals are counted at the last.
 *
 * @param lines that were looked at, before the filter by source
 * @param items that are left, newest first
 * @param arrivals that they stand for
 * @param senders those who sent most, first
 * @param bars counts over time, oldest first
 * @param span how long one bar is, in words
 */
record RefusalCounts(
    int lines,
    List<Doc> items,
    long arrivals,
    List<Sender> senders,
    List<Bar> bars,
    String span,
    long highest) {

  private static final int BARS = 48;
  private static final int SENDERS_MAX = 20;
  private static final int CHART_HEIGHT = 90;

  /** Spans that people can name, in seconds. */
  private static final long[] SPANS = {
    1, 5, 15, 60, 300, 900, 3_600, 10_800, 21_600, 86_400, 604_800, 2_592_000, 31_536_000
  };

  /**
   * Who sent them.
   *
   * @param component empty when it did not say
   */
  record Sender(
      String component, String instance, String reason, long arrivals, @Nullable String lastAt) {}

  /** One span of time. */
  record Bar(int x, double height, long arrivals, Instant from) {}

  private record Who(String component, String instance, String reason) {}

  static RefusalCounts of(JsonNode lines, String component, String instance) {
    List<Doc> items = new ArrayList<>();
    for (JsonNode line : lines) {
      if ((component.isEmpty() || component.equals(source(line, "component")))
          && (instance.isEmpty() || instance.equals(source(line, "instance")))) {
        items.add(new Doc(line));
      }
    }
    long seconds = span(items);
    List<Bar> bars = bars(items, seconds);
    return new RefusalCounts(
        lines.size(),
        items,
        items.stream().mapToLong(item -> item.number("count")).sum(),
        senders(items),
        bars,
        words(seconds),
        bars.stream().mapToLong(Bar::arrivals).max().orElse(0));
  }

  private static String source(JsonNode line, String field) {
    return line.path("source").path(field).asText("");
  }

  private static List<Sender> senders(List<Doc> items) {
    Map<Who, Sender> senders = new HashMap<>();
    for (Doc item : items) {
      Who who =
          new Who(
              source(item.node(), "component"),
              source(item.node(), "instance"),
              Objects.requireNonNullElse(item.text("reason"), ""));
      Sender before = senders.get(who);
      // The newest comes first.
      senders.put(
          who,
          new Sender(
              who.component(),
              who.instance(),
              who.reason(),
              (before == null ? 0 : before.arrivals()) + item.number("count"),
              before == null ? item.text("lastAt") : before.lastAt()));
    }
    return senders.values().stream()
        .sorted(
            Comparator.comparingLong(Sender::arrivals)
                .reversed()
                .thenComparing(Sender::component)
                .thenComparing(Sender::instance)
                .thenComparing(Sender::reason))
        .limit(SENDERS_MAX)
        .toList();
  }

  private static Instant at(Doc item) {
    return Instant.parse(Objects.requireNonNull(item.text("lastAt")));
  }

  private static long span(List<Doc> items) {
    if (items.isEmpty()) {
      return 1;
    }
    Instant first = items.stream().map(RefusalCounts::at).min(Comparator.naturalOrder()).get();
    Instant last = items.stream().map(RefusalCounts::at).max(Comparator.naturalOrder()).get();
    long seconds = Duration.between(first, last).toSeconds();
    for (long span : SPANS) {
      if (seconds / span < BARS - 1) {
        return span;
      }
    }
    return SPANS[SPANS.length - 1];
  }

  private static List<Bar> bars(List<Doc> items, long seconds) {
    if (items.isEmpty()) {
      return List.of();
    }
    Map<Long, Long> counts = new HashMap<>();
    for (Doc item : items) {
      counts.merge(at(item).getEpochSecond() / seconds, item.number("count"), Long::sum);
    }
    long last = counts.keySet().stream().max(Long::compare).get();
    long highest = counts.values().stream().max(Long::compare).get();
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < BARS; i++) {
      long bucket = last - BARS + 1 + i;
      long count = counts.getOrDefault(bucket, 0L);
      if (count > 0) {
        bars.add(
            new Bar(
                i * 20,
                Math.max(2, (double) CHART_HEIGHT * count / highest),
                count,
                Instant.ofEpochSecond(bucket * seconds)));
      }
    }
    return bars;
  }

  private static String words(long seconds) {
    if (seconds < 60) {
      return seconds == 1 ? "second" : seconds + " seconds";
    }
    if (seconds < 3_600) {
      return seconds == 60 ? "minute" : seconds / 60 + " minutes";
    }
    if (seconds < 86_400) {
      return seconds == 3_600 ? "hour" : seconds / 3_600 + " hours";
    }
    return seconds == 86_400 ? "day" : seconds / 86_400 + " days";
  }

  public int pages() {
    return Math.max(1, (items.size() + Pages.LIST - 1) / Pages.LIST);
  }

  List<Doc> page(int page) {
    int from = Math.min(items.size(), page * Pages.LIST);
    return items.subList(from, Math.min(items.size(), from + Pages.LIST));
  }
}

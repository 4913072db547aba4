package org.sessionledger.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is run and for how long; each is a system property {@code bench.<name>}.
 *
 * @param only names of databases and parts; what is named limits its own kind only
 * @param competitors beginnings of their names; none: all
 * @param window how long one competitor runs before the next one's turn
 * @param warmups windows that nobody counts
 * @param windows windows that count
 * @param flood how many identical refusals
 * @param known sessions that a small heap knows
 * @param events of the history that views are rebuilt from
 * @param target where results and databases are put
 */
record Options(
    Set<String> only,
    Set<String> competitors,
    Duration window,
    int warmups,
    int windows,
    int flood,
    int known,
    int events,
    Path target) {

  /** Sessions that the load is spread over. */
  static final int SESSIONS = 10_000;

  /** Commands that wait for their decision at the same time. */
  static final int IN_FLIGHT = 256;

  static Options fromProperties() {
    return new Options(
        names("only"),
        names("competitors"),
        Duration.ofMillis(Math.round(1_000 * Double.parseDouble(text("seconds", "2")))),
        Integer.parseInt(text("warmups", "4")),
        Integer.parseInt(text("windows", "5")),
        Integer.parseInt(text("flood", "1000000")),
        Integer.parseInt(text("known", "1000000")),
        Integer.parseInt(text("events", "1000000")),
        Path.of(text("target", "app/target")).toAbsolutePath());
  }

  private static Set<String> names(String property) {
    return Stream.of(text(property, "").split("[,\\s]+"))
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }

  private static String text(String name, String absent) {
    String value = System.getProperty("bench." + name, "");
    return value.isBlank() ? absent : value.strip();
  }

  boolean competes(String name) {
    return competitors.isEmpty() || competitors.stream().anyMatch(name::startsWith);
  }

  /** The chosen ones of a kind: all, when none of them is named. */
  <T> List<T> chosen(List<T> all, Function<T, String> name) {
    List<T> named = all.stream().filter(each -> only.contains(name.apply(each))).toList();
    return named.isEmpty() ? all : named;
  }
}

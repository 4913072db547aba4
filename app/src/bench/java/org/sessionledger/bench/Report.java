package org.sessionledger.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The one table. Each row is printed and kept in a file as soon as it is known. */
final class Report {

  private final Path file;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Figures> figures = new LinkedHashMap<>();

  Report(Path file) throws IOException {
    this.file = file;
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
  }

  void text(String text) {
    System.out.println(text);
    try {
      Files.writeString(
          file,
          text + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is to be said below the table. */
  void note(String note) {
    notes.add(note);
  }

  void end() {
    text("");
    notes.forEach(note -> text("* " + note));
  }

  void begin() {
    text("| database | what | unit | median | min | max |");
    text("|---|---|---|---:|---:|---:|");
  }

  /** How many a second. */
  void rate(Database database, String what, List<Window> windows) {
    row(database.name(), what, "/s", figures(windows, Window::perSecond));
  }

  /** How long one takes. */
  void latency(Database database, String what, double quantile, List<Window> windows) {
    String name = quantile == 0.5 ? " p50" : " p99";
    row(database.name(), what + name, "ms", figures(windows, each -> each.millis(quantile)));
  }

  void row(String database, String what, String unit, Figures row) {
    figures.put(database + " " + what, row);
    text(
        "| %s | %s | %s | %s | %s | %s |"
            .formatted(
                database,
                what,
                unit,
                Figures.shown(row.median()),
                Figures.shown(row.min()),
                Figures.shown(row.max())));
  }

  private static Figures figures(List<Window> windows, ToDoubleFunction<Window> figure) {
    return Figures.of(windows.stream().mapToDouble(figure));
  }

  /** The median of a row; empty when it was not run. */
  Optional<Double> median(Database database, String what) {
    return Optional.ofNullable(figures.get(database.name() + " " + what)).map(Figures::median);
  }
}

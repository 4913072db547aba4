package org.sessionledger.app.cli;

import java.util.ArrayList;
import java.util.List;

/** Sentences, broken between words to fit a terminal. */
final class Paragraph {

  private static final int CHARACTERS_MAX = 2_000;

  private Paragraph() {}

  static void print(Terminal terminal, String indent, String text) {
    lines(text, Table.WIDTH - indent.length())
        .forEach(line -> terminal.out().println(indent + line));
  }

  /** Escaped, cut and broken. */
  static List<String> lines(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : Shown.cut(text, CHARACTERS_MAX).split(" ", -1)) {
      if (!line.isEmpty() && Shown.width(line.toString()) + 1 + Shown.width(word) > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}

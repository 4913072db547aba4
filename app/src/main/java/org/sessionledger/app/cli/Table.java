package org.sessionledger.app.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Aligned columns of at most {@link #WIDTH} in all. Columns shrink, the widest first, until the
 * table fits; cells are escaped and cut.
 */
final class Table {

  /** Columns of a terminal that every output fits in. */
  static final int WIDTH = 100;

  private static final String GAP = "  ";
  private static final int NARROWEST = 6;

  /**
   * @param paint colours a cell that was cut and padded
   */
  private record Column(String head, boolean right, UnaryOperator<String> paint) {}

  private final Style style;
  private final String indent;
  private final List<Column> columns = new ArrayList<>();
  private final List<String[]> rows = new ArrayList<>();

  Table(Style style) {
    this(style, "");
  }

  Table(Style style, String indent) {
    this.style = style;
    this.indent = indent;
  }

  Table left(String head) {
    return column(head, false, UnaryOperator.identity());
  }

  Table right(String head) {
    return column(head, true, UnaryOperator.identity());
  }

  /** A column of statuses or verdicts. */
  Table status(String head) {
    return column(head, false, style::status);
  }

  Table dim(String head) {
    return column(head, false, style::dim);
  }

  private Table column(String head, boolean right, UnaryOperator<String> paint) {
    columns.add(new Column(head, right, paint));
    return this;
  }

  /** A row; a cell for each column. */
  Table row(Object... cells) {
    rows.add(
        Arrays.stream(cells).map(cell -> Shown.text(String.valueOf(cell))).toArray(String[]::new));
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  void print(PrintWriter out) {
    int[] widths = widths();
    boolean headed = columns.stream().anyMatch(column -> !column.head.isEmpty());
    if (headed) {
      out.println(
          line(columns.stream().map(Column::head).toArray(String[]::new), widths, style::dim));
    }
    for (String[] row : rows) {
      out.println(line(row, widths, null));
    }
  }

  private int[] widths() {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          Math.max(
              Shown.width(columns.get(i).head),
              rows.stream().mapToInt(row -> Shown.width(row[column])).max().orElse(0));
    }
    int room = WIDTH - indent.length() - GAP.length() * (widths.length - 1);
    while (Arrays.stream(widths).sum() > room) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        widest = widths[i] > widths[widest] ? i : widest;
      }
      if (widths[widest] <= NARROWEST) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  private String line(
      String[] cells,
      int[] widths,
      @org.jspecify.annotations.Nullable UnaryOperator<String> paintAll) {
    StringBuilder line = new StringBuilder(indent);
    for (int i = 0; i < cells.length; i++) {
      Column column = columns.get(i);
      String cell = Shown.fit(cells[i], widths[i]);
      String padding = " ".repeat(widths[i] - Shown.width(cell));
      String painted = paintAll == null ? column.paint.apply(cell) : paintAll.apply(cell);
      line.append(i == 0 ? "" : GAP);
      line.append(column.right ? padding + painted : painted + padding);
    }
    return line.toString().stripTrailing();
  }
}

package org.sessionledger.app.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Aligned columns of at most {@link #WIDTH} in all. Columns of free text shrink, the widest first,
 * until the table fits; cells are escaped and cut.
 */
final class Table {

  /** Columns of a terminal that every output fits in. */
  static final int WIDTH = 100;

  private static final String GAP = "  ";
  private static final int NARROWEST = 6;

  /**
   * @param shrinks true for free text; what is to be copied or compared is never cut
   * @param paint colours a cell that was cut
   */
  private record Column(String head, boolean right, boolean shrinks, UnaryOperator<String> paint) {}

  private final Style style;
  private final String indent;
  private final List<Column> columns = new ArrayList<>();
  private final List<String[]> rows = new ArrayList<>();
  private final Map<Integer, String> notes = new HashMap<>();

  Table(Style style) {
    this(style, "");
  }

  Table(Style style, String indent) {
    this.style = style;
    this.indent = indent;
  }

  /** A column of free text. */
  Table left(String head) {
    return column(new Column(head, false, true, UnaryOperator.identity()));
  }

  /** A column of numbers. */
  Table right(String head) {
    return column(new Column(head, true, false, UnaryOperator.identity()));
  }

  /** A column of statuses or verdicts. */
  Table status(String head) {
    return column(new Column(head, false, false, style::status));
  }

  /** A column of times, or of names in front of values. */
  Table dim(String head) {
    return column(new Column(head, false, false, style::dim));
  }

  /** A column of ids, which are there to be copied. */
  Table id(String head) {
    return column(new Column(head, false, false, UnaryOperator.identity()));
  }

  private Table column(Column column) {
    columns.add(column);
    return this;
  }

  /** A row; a cell for each column. */
  Table row(Object... cells) {
    rows.add(
        Arrays.stream(cells).map(cell -> Shown.text(String.valueOf(cell))).toArray(String[]::new));
    return this;
  }

  /** A line below the last row, shown as it is. */
  Table note(String shown) {
    notes.put(rows.size() - 1, shown);
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
    for (int i = 0; i < rows.size(); i++) {
      out.println(line(rows.get(i), widths, null));
      String note = notes.get(i);
      if (note != null) {
        out.println(note);
      }
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
    for (int over = Arrays.stream(widths).sum() - room; over > 0; over--) {
      int widest = widest(widths);
      if (widest < 0) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  /** The widest column that may shrink; -1 when none may any more. */
  private int widest(int[] widths) {
    int widest = -1;
    for (int i = 0; i < widths.length; i++) {
      boolean may = columns.get(i).shrinks && widths[i] > NARROWEST;
      if (may && (widest < 0 || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    return widest;
  }

  private String line(String[] cells, int[] widths, @Nullable UnaryOperator<String> paintAll) {
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

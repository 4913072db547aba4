package org.sessionledger.core.store;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How rows come into one table: one by one, or many as one array a column. */
final class Insert {

  /** A column's type. */
  enum Type {
    BIGINT("BIGINT"),
    INTEGER("INTEGER"),
    TEXT("VARCHAR"),
    INSTANT("TIMESTAMP(6) WITH TIME ZONE");

    private final String sql;

    Type(String sql) {
      this.sql = sql;
    }

    private @Nullable Object[] array(int length) {
      return switch (this) {
        case BIGINT -> new Long[length];
        case INTEGER -> new Integer[length];
        case TEXT -> new String[length];
        case INSTANT -> new Instant[length];
      };
    }
  }

  record Column(String name, Type type) {}

  private final List<Column> columns;
  private final String oneRow;
  private final String allRows;

  Insert(String table, Column... columns) {
    this.columns = List.of(columns);
    String into =
        "INSERT INTO "
            + table
            + this.columns.stream().map(Column::name).collect(Collectors.joining(", ", " (", ") "));
    this.oneRow =
        into + "VALUES (" + String.join(", ", Collections.nCopies(columns.length, "?")) + ")";
    this.allRows =
        into
            + this.columns.stream()
                .map(column -> "CAST(? AS " + column.type().sql + " ARRAY)")
                .collect(Collectors.joining(", ", "SELECT * FROM UNNEST(", ")"));
  }

  static Column bigint(String name) {
    return new Column(name, Type.BIGINT);
  }

  static Column integer(String name) {
    return new Column(name, Type.INTEGER);
  }

  static Column text(String name) {
    return new Column(name, Type.TEXT);
  }

  static Column instant(String name) {
    return new Column(name, Type.INSTANT);
  }

  /** The statement for one row, whose values stand in the order of the columns. */
  String oneRow() {
    return oneRow;
  }

  /** The statement for any number of rows: planned once and sent once, half the time of a batch. */
  String allRows() {
    return allRows;
  }

  /** The values of rows for {@link #allRows}: an array for each column. */
  @Nullable Object[] arrays(List<@Nullable Object[]> rows) {
    @Nullable Object[] arrays = new @Nullable Object[columns.size()];
    for (int c = 0; c < arrays.length; c++) {
      @Nullable Object[] values = columns.get(c).type().array(rows.size());
      for (int r = 0; r < values.length; r++) {
        values[r] = rows.get(r)[c];
      }
      arrays[c] = values;
    }
    return arrays;
  }
}

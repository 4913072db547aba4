package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is written in one transaction, in order. Where each round trip costs, statements for one row
 * are sent together.
 */
final class Statements {

  private record Step(String sql, List<@Nullable Object[]> rows) {}

  /** An array for each column pays from some rows on: PostgreSQL takes 0.3 ms to open them. */
  private static final int FEW = 4;

  private final Dialect dialect;
  private final List<Step> steps = new ArrayList<>();

  Statements(Dialect dialect) {
    this.dialect = dialect;
  }

  /** One statement for each row. */
  void add(String sql, List<@Nullable Object[]> rows) {
    if (!rows.isEmpty()) {
      steps.add(new Step(sql, rows));
    }
  }

  /** One row. */
  void add(String sql, @Nullable Object... values) {
    steps.add(new Step(sql, Collections.singletonList(values)));
  }

  /** New rows of one table. */
  void add(Insert table, List<@Nullable Object[]> rows) {
    if (dialect == Dialect.H2) {
      add(table.oneRow(), rows);
    } else if (rows.size() <= FEW) {
      rows.forEach(row -> add(table.oneRow(), row));
    } else {
      add(table.allRows(), table.arrays(rows));
    }
  }

  void run(Connection connection) throws SQLException {
    List<Step> together = new ArrayList<>();
    for (Step step : steps) {
      if (dialect == Dialect.POSTGRESQL && step.rows().size() == 1) {
        together.add(step);
      } else {
        send(connection, together);
        together.clear();
        Sql.batch(connection, step.sql(), step.rows());
      }
    }
    send(connection, together);
  }

  private static void send(Connection connection, List<Step> together) throws SQLException {
    if (together.isEmpty()) {
      return;
    }
    String sql = together.stream().map(Step::sql).collect(Collectors.joining(";\n"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int bound = 0;
      for (Step step : together) {
        bound = Sql.bind(statement, bound, step.rows().get(0));
      }
      statement.execute();
    }
  }
}

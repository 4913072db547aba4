package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** A question to the tables, and who takes each row of the answer. */
record Query(String sql, Rows rows, List<Object> values) {

  interface Rows {
    void take(ResultSet row) throws SQLException;
  }

  static Query of(String sql, Rows rows, Object... values) {
    return new Query(sql, rows, List.of(values));
  }

  /** Asks in order; where each round trip costs, all questions are sent together. */
  static void all(Connection connection, List<Query> queries) throws SQLException {
    if (queries.isEmpty()) {
      return;
    }
    switch (Dialect.of(connection)) {
      case H2 -> {
        for (Query query : queries) {
          together(connection, List.of(query));
        }
      }
      case POSTGRESQL -> together(connection, queries);
    }
  }

  private static void together(Connection connection, List<Query> queries) throws SQLException {
    String sql = queries.stream().map(Query::sql).collect(Collectors.joining(";\n"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int bound = 0;
      for (Query query : queries) {
        bound = Sql.bind(statement, bound, query.values().toArray());
      }
      statement.execute();
      for (Query query : queries) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            query.rows().take(rows);
          }
        }
        statement.getMoreResults();
      }
    }
  }
}

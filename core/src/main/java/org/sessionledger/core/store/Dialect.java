package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** The little in which the two databases are treated differently. */
enum Dialect {

  /** A statement for each row; nothing is in the file before it is forced there. */
  H2 {
    @Override
    void prepare(Connection connection) {
      // As it is.
    }

    @Override
    void restore(Connection connection) {
      // As it was.
    }
  },

  /** One statement for all rows; a commit is on the disk when it returns. */
  POSTGRESQL {
    @Override
    void prepare(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        for (Map.Entry<String, String> each : FEW_ROWS.entrySet()) {
          statement.execute("SET " + each.getKey() + " = " + each.getValue());
        }
        // What is acknowledged is durable, whatever the database is set to; but no less than that.
        statement.execute(
            """
            SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') = 'off'
            """);
      }
    }

    @Override
    void restore(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        for (Map.Entry<String, String> each : FEW_ROWS.entrySet()) {
          statement.execute("RESET " + each.getKey());
        }
        statement.execute("RESET synchronous_commit");
      }
    }
  };

  /**
   * Every statement of the store looks up few rows by an index. Plans are cached while tables are
   * small and have no statistics, and would go on reading whole tables, and with parallel workers,
   * when these are large.
   */
  private static final Map<String, String> FEW_ROWS =
      Map.of(
          // planned once, not anew for each group
          "plan_cache_mode", "force_generic_plan",
          "enable_seqscan", "off",
          "enable_hashjoin", "off",
          "enable_mergejoin", "off",
          "max_parallel_workers_per_gather", "0",
          "jit", "off");

  static Dialect of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return switch (product) {
      case "H2" -> H2;
      case "PostgreSQL" -> POSTGRESQL;
      default -> throw new SQLException("the ledger runs on H2 and PostgreSQL, not on " + product);
    };
  }

  /** Sets a connection that was just taken up for the store's statements. */
  abstract void prepare(Connection connection) throws SQLException;

  /** Undoes {@link #prepare} before others get the connection. */
  abstract void restore(Connection connection) throws SQLException;
}

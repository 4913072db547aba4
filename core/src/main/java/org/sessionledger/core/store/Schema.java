package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Makes and updates tables, one history for H2 and PostgreSQL. */
public final class Schema {

  /** Any number that nobody else locks in the same database. */
  static final long LOCK = 0x5e55_1011_1ed6_e401L;

  private Schema() {}

  /**
   * Takes a connection and gives it back, before Flyway tells in many lines why it got none.
   *
   * @throws StoreFailure when there is none to be had
   */
  public static void requireReachable(DataSource dataSource) {
    try {
      dataSource.getConnection().close();
    } catch (SQLException e) {
      throw StoreFailure.unreachable(e);
    }
  }

  /** The ledger's own tables. */
  public static void migrate(DataSource dataSource) {
    migrate(dataSource, Schema.class, "db/ledger", "ledger_schema_history", Map.of());
  }

  /**
   * Tables that live beside the ledger's, with a history of their own.
   *
   * @param home a class beside the migrations
   * @param location folder of the migrations on the class path
   * @param historyTable where Flyway notes what was applied
   * @param placeholders what stands for <code>${…}</code> in the migrations
   * @throws FlywayException when the tables were made by a newer version, or cannot be made
   */
  public static void migrate(
      DataSource dataSource,
      Class<?> home,
      String location,
      String historyTable,
      Map<String, String> placeholders) {
    ClassLoader loader = home.getClassLoader();
    if (AppliedMigrations.areAll(dataSource, loader, location, historyTable)) {
      return;
    }
    try (Connection connection = dataSource.getConnection()) {
      lock(connection);
      try {
        migrate(
            Flyway.configure(loader)
                .dataSource(dataSource)
                .locations("classpath:" + location)
                .table(historyTable)
                .placeholders(placeholders));
      } finally {
        unlock(connection);
      }
    } catch (SQLException e) {
      throw new FlywayException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void migrate(FluentConfiguration flyway) {
    flyway
        .baselineOnMigrate(true)
        .baselineVersion("0")
        // Flyway overlooks migrations of the future unless told otherwise.
        .ignoreMigrationPatterns(new String[0])
        .failOnMissingLocations(true)
        .cleanDisabled(true)
        .loggers("slf4j")
        .load()
        .migrate();
  }

  /**
   * Nodes that start at once make the tables one after the other: before its own lock, Flyway takes
   * another node's tables for somebody else's. An embedded database has no other node.
   */
  private static void lock(Connection connection) throws SQLException {
    if (isPostgres(connection)) {
      Sql.list(connection, row -> "", "SELECT pg_advisory_lock(?)", LOCK);
    }
  }

  private static void unlock(Connection connection) throws SQLException {
    if (isPostgres(connection)) {
      Sql.list(connection, row -> "", "SELECT pg_advisory_unlock(?)", LOCK);
    }
  }

  private static boolean isPostgres(Connection connection) throws SQLException {
    return Dialect.of(connection) == Dialect.POSTGRESQL;
  }

  /** What the database itself said of a migration that failed; Flyway makes a page of it. */
  public static String sentence(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException && cause.getMessage() != null) {
        return cause.getMessage().lines().findFirst().orElse("");
      }
    }
    return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
  }
}

package org.sessionledger.core.store;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Makes and updates tables, one history for H2 and PostgreSQL. */
public final class Schema {

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
    migrate(dataSource, "db/ledger", "ledger_schema_history");
  }

  /**
   * Tables that live beside the ledger's, with a history of their own.
   *
   * @param location folder of the migrations on the class path
   * @param historyTable where Flyway notes what was applied
   * @throws FlywayException when the tables were made by a newer version, or cannot be made
   */
  public static void migrate(DataSource dataSource, String location, String historyTable) {
    FluentConfiguration flyway =
        Flyway.configure(Schema.class.getClassLoader())
            .dataSource(dataSource)
            .locations("classpath:" + location)
            .table(historyTable)
            .baselineOnMigrate(true)
            .baselineVersion("0")
            // Flyway overlooks migrations of the future unless told otherwise.
            .ignoreMigrationPatterns(new String[0])
            .failOnMissingLocations(true)
            .cleanDisabled(true)
            .loggers("slf4j");
    flyway.load().migrate();
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

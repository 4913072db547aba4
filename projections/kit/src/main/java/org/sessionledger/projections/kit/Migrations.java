package org.sessionledger.projections.kit;

import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Makes tables; each view has a history of its own, so that any jar can bring one. */
final class Migrations {

  private Migrations() {}

  static void ofKit(DataSource dataSource) {
    migrate(dataSource, Migrations.class, "db/views", "view_kit_history", Map.of());
  }

  static void of(DataSource dataSource, View view, String table) {
    migrate(
        dataSource, view.getClass(), view.migrations(), table + "_history", Map.of("table", table));
  }

  private static void migrate(
      DataSource dataSource,
      Class<?> home,
      String location,
      String history,
      Map<String, String> placeholders) {
    Flyway.configure(home.getClassLoader())
        .dataSource(dataSource)
        .locations("classpath:" + location)
        .table(history)
        .placeholders(placeholders)
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
}

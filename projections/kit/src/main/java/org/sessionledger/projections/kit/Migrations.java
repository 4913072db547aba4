package org.sessionledger.projections.kit;

import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.store.Schema;

/** Makes tables; each view has a history of its own, so that any jar can bring one. */
final class Migrations {

  private Migrations() {}

  /**
   * @throws LedgerUnavailable when the tables were made by a newer version, or cannot be made
   */
  static void ofKit(DataSource dataSource) {
    migrate(
        "views",
        dataSource,
        Migrations.class,
        "db/views",
        "view_kit_history",
        Map.of("token", textOfToken(dataSource)));
  }

  /** The one thing that the two databases call by different names. */
  private static String textOfToken(DataSource dataSource) {
    String product =
        Sql.query(dataSource, connection -> connection.getMetaData().getDatabaseProductName());
    return product.equals("H2") ? "UTF8TOSTRING(token)" : "CONVERT_FROM(token, 'UTF8')";
  }

  /**
   * @throws LedgerUnavailable when the table was made by a newer version, or cannot be made
   */
  static void of(DataSource dataSource, View view, String table) {
    migrate(
        "view " + view.name(),
        dataSource,
        view.getClass(),
        view.migrations(),
        history(table),
        Map.of("table", table));
  }

  /** Where it is noted which migrations a table has seen. */
  static String history(String table) {
    return table + "_history";
  }

  private static void migrate(
      String what,
      DataSource dataSource,
      Class<?> home,
      String location,
      String history,
      Map<String, String> placeholders) {
    try {
      Schema.migrate(dataSource, home, location, history, placeholders);
    } catch (FlywayValidateException e) {
      throw new LedgerUnavailable(
          "The tables of the " + what + " were made by a newer version of it; use that version.",
          e);
    } catch (FlywayException e) {
      throw new LedgerUnavailable(
          "The tables of the " + what + " cannot be prepared: " + e.getMessage(), e);
    }
  }
}

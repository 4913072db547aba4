package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.util.List;
import javax.sql.DataSource;
import org.sessionledger.core.session.RecordedEvent;

/** A view's tables without its processor. */
public final class Tables {

  private Tables() {}

  public static void make(DataSource dataSource, View view, String table) {
    Migrations.of(dataSource, view, table);
  }

  /** Folds events in one transaction; returns how often a row refused to go back. */
  public static long fold(DataSource dataSource, Fold fold, List<RecordedEvent> events) {
    return Sql.query(
        dataSource,
        connection -> {
          connection.setAutoCommit(false);
          try {
            long refused = fold.apply(connection, events);
            connection.commit();
            return refused;
          } finally {
            rollback(connection);
          }
        });
  }

  private static void rollback(Connection connection) throws java.sql.SQLException {
    connection.rollback();
    connection.setAutoCommit(true);
  }
}

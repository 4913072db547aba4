package org.sessionledger.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;

class SchemaTest {

  private static final String WAITING =
      "SELECT COUNT(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";

  private static final String TABLES =
      "SELECT COUNT(*) AS n FROM pg_tables WHERE schemaname = 'public'";

  @TempDir Path folder;

  @Test
  void a_node_makes_no_tables_while_another_one_does() throws SQLException {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Connection another = database.dataSource().getConnection()) {
      Sql.list(another, row -> "", "SELECT pg_advisory_lock(?)", Schema.LOCK);
      CompletableFuture<Ledger> opening = CompletableFuture.supplyAsync(database::open);
      while (count(another, WAITING) == 0 && !opening.isDone()) {
        Thread.onSpinWait();
      }
      assertThat(count(another, TABLES)).isZero();
      Sql.list(another, row -> "", "SELECT pg_advisory_unlock(?)", Schema.LOCK);
      opening.join().close();
      assertThat(count(another, TABLES)).isPositive();
    }
  }

  private static long count(Connection connection, String question) throws SQLException {
    return Sql.one(connection, row -> row.getLong("n"), question).orElseThrow();
  }
}

package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.util.List;
import java.util.stream.LongStream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SqlTest {

  @Test
  void a_prefix_is_taken_to_the_letter() {
    assertThat(Sql.beginsWith("50%_off!")).isEqualTo("50!%!_off!!%");
  }

  @ParameterizedTest
  @EnumSource
  void many_keys_are_found_and_none_twice(TestDatabase database) {
    try (HikariDataSource dataSource = database.create()) {
      Sql.query(
          dataSource,
          connection -> {
            Sql.update(connection, "CREATE TABLE pairs (a BIGINT, b BIGINT, PRIMARY KEY (a, b))");
            Sql.batch(
                connection,
                "INSERT INTO pairs VALUES (?, ?)",
                LongStream.range(0, 1_000).mapToObj(i -> new Object[] {i, i % 7}).toList());
            for (int wanted : new int[] {0, 1, 2, 3, 255, 256, 257, 600}) {
              List<Object[]> keys =
                  LongStream.range(0, wanted).mapToObj(i -> new Object[] {i, i % 7}).toList();
              assertThat(
                      Sql.listIn(
                          connection,
                          row -> row.getLong("a"),
                          "SELECT a FROM pairs WHERE (a, b)",
                          keys))
                  .hasSize(wanted)
                  .doesNotHaveDuplicates();
            }
            return null;
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_row_that_another_writer_moved_stops_the_batch(TestDatabase database) {
    try (HikariDataSource dataSource = database.create()) {
      assertThatThrownBy(
              () ->
                  Sql.query(
                      dataSource,
                      connection -> {
                        Sql.update(connection, "CREATE TABLE moved (a BIGINT)");
                        Sql.batch(
                            connection,
                            "UPDATE moved SET a = ? WHERE a = ?",
                            List.<Object[]>of(new Object[] {1L, 2L}));
                        return null;
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another writer");
    }
  }

  /** A pool need not do it. */
  @Test
  void a_snapshot_leaves_the_connection_as_it_was() throws Exception {
    JdbcConnectionPool pool = JdbcConnectionPool.create(TestDatabase.H2.url(), "sa", "");
    try {
      pool.setMaxConnections(1);
      assertThat(Sql.<Integer>snapshot(pool, Connection::getTransactionIsolation))
          .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
      assertThat(Sql.<Integer>query(pool, Connection::getTransactionIsolation))
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(Sql.<Boolean>query(pool, Connection::getAutoCommit)).isTrue();
    } finally {
      pool.dispose();
    }
  }
}

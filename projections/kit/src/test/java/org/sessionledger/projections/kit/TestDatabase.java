package org.sessionledger.projections.kit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** The databases that every view runs on; each call makes an empty one. */
public enum TestDatabase {
  H2 {
    @Override
    String url() {
      return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    }

    @Override
    String waiting() {
      return "SELECT 1 FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL";
    }
  },
  POSTGRESQL {
    @Override
    String url() {
      String name = "test" + POSTGRES_COUNT.incrementAndGet();
      try (var connection = Server.ONE.getPostgresDatabase().getConnection();
          var statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return Server.ONE.getJdbcUrl("postgres", name);
    }

    @Override
    String waiting() {
      return "SELECT 1 FROM pg_locks WHERE NOT granted";
    }
  };

  private static final AtomicInteger POSTGRES_COUNT = new AtomicInteger();

  /** One server for all tests of a JVM; it ends with it. */
  private static final class Server {
    static final EmbeddedPostgres ONE = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setServerConfig("max_connections", "300").start();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  abstract String url();

  /** A row for each connection that waits for another one's rows. */
  abstract String waiting();

  boolean somebodyWaits(DataSource dataSource) {
    return Sql.query(
        dataSource, connection -> !Sql.list(connection, row -> row.getInt(1), waiting()).isEmpty());
  }

  /** A new, empty database. */
  public HikariDataSource create() {
    return open(url());
  }

  /** Another node's connections to a database. */
  static HikariDataSource open(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    if (url.startsWith("jdbc:h2:")) {
      config.setUsername("sa");
    }
    config.setMaximumPoolSize(12);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }

  /** All rows of a table as text, in the order of its first three columns. */
  public static List<String> dump(DataSource dataSource, String table) {
    return Sql.query(
        dataSource,
        connection ->
            Sql.list(
                connection,
                row -> {
                  List<String> values = new ArrayList<>();
                  for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    values.add(row.getMetaData().getColumnName(i) + "=" + row.getString(i));
                  }
                  return String.join(" ", values);
                },
                "SELECT * FROM " + table + " ORDER BY 1, 2, 3"));
  }
}

package org.sessionledger.core.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.sessionledger.core.ledger.Ledger;

/**
 * The databases that everything must be the same on: the H2 file with the settings that programs
 * get, and a real PostgreSQL, one server for each JVM and one database for each test.
 */
public enum Databases {
  H2 {
    @Override
    public FreshDatabase fresh(Path folder) {
      return new OnH2(folder.resolve("h2-" + NUMBERS.incrementAndGet()));
    }
  },
  POSTGRESQL {
    @Override
    public FreshDatabase fresh(Path folder) {
      return new OnPostgres("test_" + NUMBERS.incrementAndGet());
    }
  };

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /**
   * An empty database.
   *
   * @param folder where it may put its file
   */
  public abstract FreshDatabase fresh(Path folder);

  /** Opens the ledger in another process's {@link FreshDatabase#place()}. */
  static Ledger open(String place) {
    return place.startsWith("jdbc:")
        ? Ledger.open(pool(place, "postgres", "postgres"))
        : Ledger.open(Path.of(place));
  }

  /** A pool as a small program would have one. */
  static HikariDataSource pool(String url, String user, String password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(24);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }

  private static final class OnH2 implements FreshDatabase {

    private final Path folder;
    private HikariDataSource pool;
    private Ledger opened;

    OnH2(Path folder) {
      this.folder = folder;
    }

    @Override
    public Ledger open() {
      opened = Ledger.open(folder);
      return opened;
    }

    @Override
    public DataSource dataSource() {
      if (pool == null && opened != null && opened.isOpen()) {
        connectBeside(opened);
      } else if (pool == null) {
        try (Ledger ledger = Ledger.open(folder)) {
          connectBeside(ledger);
        }
      }
      return pool;
    }

    /** While the ledger has the file open, so that there is one opening only. */
    private void connectBeside(Ledger ledger) {
      try {
        pool = pool(ledger.dataSource().unwrap(JdbcDataSource.class).getURL(), "sa", "");
        pool.getConnection().close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String place() {
      return folder.toString();
    }

    @Override
    public void awaitTheDead() {
      // What they had open died with them.
    }

    @Override
    public void close() {
      if (pool != null) {
        pool.close();
      }
    }
  }

  private static final class OnPostgres implements FreshDatabase {

    private static final String ELSEWHERE = "elsewhere";

    private final String name;
    private final HikariDataSource pool;

    OnPostgres(String name) {
      this.name = name;
      Server.run("CREATE DATABASE " + name);
      pool = pool(Server.ONE.getJdbcUrl("postgres", name), "postgres", "postgres");
    }

    @Override
    public Ledger open() {
      return Ledger.open(pool);
    }

    @Override
    public DataSource dataSource() {
      return pool;
    }

    @Override
    public String place() {
      return pool.getJdbcUrl() + "&ApplicationName=" + ELSEWHERE;
    }

    /** PostgreSQL may still be at what their last words were. */
    @Override
    public void awaitTheDead() {
      AtomicLong left = new AtomicLong();
      do {
        LedgerAudit.each(
            pool,
            "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE application_name = '"
                + ELSEWHERE
                + "' AND datname = current_database()",
            row -> left.set(row.getLong("n")));
      } while (left.get() > 0);
    }

    @Override
    public void close() {
      pool.close();
      Server.run("DROP DATABASE " + name + " WITH (FORCE)");
    }
  }

  /** Started when the first test needs it; it ends with the JVM. */
  private static final class Server {

    static final EmbeddedPostgres ONE = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder()
            // Nothing here outlives a power cut anyway; what a kill loses does not depend on it.
            .setServerConfig("fsync", "off")
            .setServerConfig("max_connections", "200")
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static void run(String sql) {
      try (Connection connection = ONE.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(sql, e);
      }
    }
  }
}

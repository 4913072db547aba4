package org.sessionledger.app.api;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Durability;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerOptions;
import org.sessionledger.core.ledger.LedgerUnavailable;

/** Where a ledger is kept. */
public sealed interface LedgerStorage {

  /**
   * Opens the ledger.
   *
   * @throws org.sessionledger.core.ledger.LedgerUnavailable when it cannot be opened
   */
  OpenLedger open();

  /**
   * A folder of this machine, for one process at a time; made when absent.
   *
   * @param durability what a decision survives
   */
  record Folder(Path path, Durability durability) implements LedgerStorage {

    /** A folder whose decisions survive the end of the process. */
    public Folder(Path path) {
      this(path, Durability.PROCESS_CRASH);
    }

    @Override
    public OpenLedger open() {
      return new OpenLedger(Ledger.open(path, LedgerOptions.defaults().with(durability)), () -> {});
    }
  }

  /** A database server that several nodes may share. */
  record Database(String jdbcUrl, @Nullable String user, @Nullable String password)
      implements LedgerStorage {

    private static final int CONNECTIONS_MAX = 16;

    private static final long CONNECTION_WAIT_MILLISECONDS = 10_000;

    @Override
    public OpenLedger open() {
      HikariConfig config = new HikariConfig();
      config.setPoolName("session-ledger");
      config.setJdbcUrl(jdbcUrl);
      config.setUsername(user);
      config.setPassword(password);
      config.setMaximumPoolSize(CONNECTIONS_MAX);
      config.setConnectionTimeout(CONNECTION_WAIT_MILLISECONDS);
      // The ledger itself asks first, and tells in its own words what failed.
      config.setInitializationFailTimeout(-1);
      HikariDataSource pool = pool(config);
      try {
        return new OpenLedger(Ledger.open(pool), pool::close);
      } catch (RuntimeException e) {
        pool.close();
        throw e;
      }
    }

    private HikariDataSource pool(HikariConfig config) {
      try {
        return new HikariDataSource(config);
      } catch (RuntimeException e) {
        throw new LedgerUnavailable(
            "No driver takes the JDBC URL '"
                + jdbcUrl
                + "'; it looks like jdbc:postgresql://host/database.",
            e);
      }
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "Database[" + jdbcUrl + "]";
    }
  }

  /**
   * A ledger, and what is to be let go after it.
   *
   * @param release closes what the ledger does not own
   */
  record OpenLedger(Ledger ledger, Runnable release) implements AutoCloseable {

    @Override
    public void close() {
      try (ledger) {
        // Closing is all.
      } finally {
        release.run();
      }
    }
  }
}

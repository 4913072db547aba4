package org.sessionledger.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.ledger.Ledger;

/**
 * One database of its own, with the ledger's tables in it.
 *
 * @param storage as the server opens it, with the product's own settings
 */
record Home(Database database, LedgerStorage storage) {

  static Home made(Database database, LedgerStorage storage) {
    Home home = new Home(database, storage);
    home.open().close();
    return home;
  }

  LedgerStorage.OpenLedger open() {
    return storage.open();
  }

  /** A pool with the ledger's own settings, but durable, for whoever does without the ledger. */
  HikariDataSource pool() throws SQLException {
    return new HikariDataSource(settings());
  }

  /**
   * The settings of the ledger's own pool. On H2 the ledger has its commits written to the file
   * itself; for everybody else H2 does it at each commit.
   */
  HikariConfig settings() throws SQLException {
    HikariConfig config = new HikariConfig();
    try (LedgerStorage.OpenLedger open = open()) {
      HikariDataSource own = own(open.ledger());
      own.copyStateTo(config);
      if (own.isWrapperFor(JdbcDataSource.class)) {
        config.setDataSource(null);
        config.setExceptionOverride(null);
        config.setJdbcUrl(own.unwrap(JdbcDataSource.class).getURL());
        config.setUsername("sa");
        config.setPassword("");
      }
    }
    config.setPoolName(null);
    config.setJdbcUrl(config.getJdbcUrl().replaceAll("WRITE_DELAY=[0-9]+", "WRITE_DELAY=0"));
    return config;
  }

  static HikariDataSource own(Ledger ledger) throws SQLException {
    return ledger.dataSource().unwrap(HikariDataSource.class);
  }

  static void execute(DataSource dataSource, String... sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : sql) {
        statement.execute(each);
      }
    }
  }
}

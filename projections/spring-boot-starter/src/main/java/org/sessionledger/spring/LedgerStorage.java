package org.sessionledger.spring;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerOptions;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the ledger keeps its tables.
 *
 * @param dataSource the application's; null when it is a folder
 */
record LedgerStorage(Path folder, @Nullable DataSource dataSource) {

  /** Of an application that says nothing and has no database. */
  static final Path DEFAULT_FOLDER = Path.of("ledger-data");

  private static final Logger LOG = LoggerFactory.getLogger(LedgerStorage.class);

  /**
   * @param folder what the application says
   * @param dataSource what it has
   */
  static LedgerStorage of(@Nullable Path folder, @Nullable DataSource dataSource) {
    if (folder != null) {
      return new LedgerStorage(folder, null);
    }
    return new LedgerStorage(DEFAULT_FOLDER, dataSource);
  }

  Ledger open(LedgerOptions options) {
    try {
      Ledger ledger =
          dataSource == null ? Ledger.open(folder, options) : Ledger.open(dataSource, options);
      tell(ledger.dataSource());
      return ledger;
    } catch (LedgerUnavailable e) {
      throw new LedgerNotOpened(this, e);
    }
  }

  private void tell(DataSource opened) {
    if (dataSource == null) {
      LOG.info("The ledger is in the folder {}", folder.toAbsolutePath().normalize());
    } else if (isInMemory(opened)) {
      LOG.warn(
          "The ledger is in the application's database, which is in memory: it ends with the"
              + " process. Set spring.datasource.url or session-ledger.folder to keep it.");
    } else {
      LOG.info("The ledger is in the application's database");
    }
  }

  /** What Spring Boot makes when nobody says where the database is. */
  private static boolean isInMemory(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      String url = connection.getMetaData().getURL();
      return url != null && url.startsWith("jdbc:h2:mem:");
    } catch (SQLException e) {
      LOG.debug("The database does not say where it is", e);
      return false;
    }
  }
}

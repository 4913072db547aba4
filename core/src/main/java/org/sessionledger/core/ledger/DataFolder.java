package org.sessionledger.core.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** The embedded database in a folder. */
final class DataFolder {

  /** H2: the file is another process's. */
  private static final int FILE_IN_USE = 90020;

  /** H2: the file was written by a newer H2. */
  private static final int UNKNOWN_FORMAT = 90048;

  private DataFolder() {}

  static HikariDataSource open(Path folder) {
    Path home = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(home);
    } catch (IOException e) {
      throw new LedgerUnavailable(
          "The data folder " + folder + " cannot be made; choose another one.", e);
    }
    if (!Files.isWritable(home)) {
      throw new LedgerUnavailable(
          "The data folder " + folder + " is not writable; choose another one.", null);
    }
    if (home.toString().indexOf(';') >= 0) {
      throw new LedgerUnavailable(
          "The data folder " + folder + " has a ';' in its path, which H2 cannot take.", null);
    }
    // QUERY_CACHE_SIZE: the default of 8 statements parses all of a group's anew each time.
    // WRITE_DELAY: the store writes the file itself, once a group, before anybody is answered.
    SteadyFiles.register();
    String url =
        "jdbc:h2:"
            + SteadyFiles.SCHEME
            + ':'
            + home.resolve("ledger")
            + ";WRITE_DELAY=5000;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000;QUERY_CACHE_SIZE=64";
    HikariConfig config = new HikariConfig();
    DatabaseFile file = new DatabaseFile(url);
    config.setDataSource(file);
    config.setExceptionOverride(file.new Failures());
    config.setPoolName("session-ledger");
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(2);
    config.setInitializationFailTimeout(1);
    try {
      return new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw unavailable(folder, e);
    }
  }

  private static LedgerUnavailable unavailable(Path folder, RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        if (sql.getErrorCode() == FILE_IN_USE) {
          return new LedgerUnavailable(
              "The data folder " + folder + " is in use by another process.", e);
        }
        if (sql.getErrorCode() == UNKNOWN_FORMAT) {
          return new LedgerUnavailable(
              "The data folder " + folder + " was made by a newer version of Session Ledger.", e);
        }
      }
    }
    return new LedgerUnavailable(
        "The data folder " + folder + " cannot be opened: " + e.getMessage(), e);
  }
}

package org.sessionledger.core.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The embedded database in a folder, which is one ledger's alone until it is closed. */
final class DataFolder implements AutoCloseable {

  /** Those of this process: H2 keeps other processes out, and lets its own in. */
  private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

  /** H2: the file is another process's. */
  private static final int FILE_IN_USE = 90020;

  /** H2: the file was written by a newer H2. */
  private static final int UNKNOWN_FORMAT = 90048;

  private final Path home;
  private final HikariDataSource dataSource;

  private DataFolder(Path home, HikariDataSource dataSource) {
    this.home = home;
    this.dataSource = dataSource;
  }

  static DataFolder open(Path folder) {
    Path home = home(folder);
    if (!TAKEN.add(home)) {
      throw new LedgerUnavailable(
          "The data folder "
              + folder
              + " is open in this program already; share that ledger, or close it first.",
          null);
    }
    try {
      return new DataFolder(home, database(folder, home));
    } catch (RuntimeException e) {
      TAKEN.remove(home);
      throw e;
    }
  }

  HikariDataSource dataSource() {
    return dataSource;
  }

  @Override
  public void close() {
    if (!dataSource.isClosed()) { // Closed once more, it is another ledger's perhaps.
      dataSource.close();
      TAKEN.remove(home);
    }
  }

  /** By its real name, whatever links lead to it. */
  private static Path home(Path folder) {
    Path home = folder.toAbsolutePath().normalize();
    try {
      // The history is in it, in the clear. The mode of a folder that is there is its owner's
      // choice.
      if (home.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(
            home,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(home);
      }
      home = home.toRealPath();
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
    return home;
  }

  private static HikariDataSource database(Path folder, Path home) {
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

package org.sessionledger.app.openclaw.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/**
 * An SQLite file that is only read. SQLite itself writes beside a file that it opens, even to read
 * it, when there is a write-ahead log: such a file is copied, with its log, and the copy is opened.
 * Without a log it is opened as one that nobody changes, which locks and writes nothing.
 */
final class ReadOnlyDatabase implements AutoCloseable {

  /** Copies that are tried while the gateway writes. */
  private static final int TRIES = 5;

  /** What belongs to the content, beside the file itself. */
  private static final List<String> LOGS = List.of("-wal", "-journal");

  private final Connection connection;
  private final @Nullable Path copy;

  private ReadOnlyDatabase(Connection connection, @Nullable Path copy) {
    this.connection = connection;
    this.copy = copy;
  }

  static ReadOnlyDatabase open(Path file) throws IOException, SQLException {
    boolean logged = false;
    for (String log : LOGS) {
      logged |= size(beside(file, log)) > 0;
    }
    if (!logged) {
      return new ReadOnlyDatabase(connect(file, true), null);
    }
    Path copy = Files.createTempDirectory("session-ledger-import-");
    try {
      Path copied = copy.resolve("store.sqlite");
      copyWhole(file, copied);
      return new ReadOnlyDatabase(connect(copied, false), copy);
    } catch (IOException | SQLException | RuntimeException e) {
      delete(copy);
      throw e;
    }
  }

  private static Connection connect(Path file, boolean immutable) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    // The copy's log is played into the copy; nothing else is ever written.
    config.setReadOnly(immutable);
    SQLiteDataSource database = new SQLiteDataSource(config);
    String mode = immutable ? "?mode=ro&immutable=1" : "";
    database.setUrl("jdbc:sqlite:file:" + file.toUri().getRawPath() + mode);
    return database.getConnection();
  }

  /** Copies file and logs as of one moment: while one of them changed meanwhile, again. */
  private static void copyWhole(Path file, Path to) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      List<String> before = state(file);
      copy(file, to);
      for (String log : LOGS) {
        Path from = beside(file, log);
        Files.deleteIfExists(beside(to, log));
        if (size(from) > 0) {
          copy(from, beside(to, log));
        }
      }
      if (before.equals(state(file))) {
        return;
      }
    }
    throw new IOException("the gateway writes to it without a pause: stop it, or copy the folder");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (InputStream in = Folder.open(from)) {
      Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static List<String> state(Path file) throws IOException {
    List<String> state = new ArrayList<>();
    for (String log : List.of("", "-wal", "-journal")) {
      Path path = beside(file, log);
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        BasicFileAttributes attributes =
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        state.add(log + attributes.size() + " " + attributes.lastModifiedTime());
      }
    }
    return state;
  }

  private static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  private static long size(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() throws IOException, SQLException {
    try {
      connection.close();
    } finally {
      if (copy != null) {
        delete(copy);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (var entries = Files.list(folder)) {
      files = entries.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }
}

package org.sessionledger.core.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a database has exactly the migrations that stand on the class path, by reading
 * Flyway's history. Flyway itself takes most of a short command's time to find the same; whatever
 * is not exactly as expected is left to it.
 */
final class AppliedMigrations {

  private static final String SUFFIX = ".sql";

  /** What Flyway notes of itself between the migrations. */
  private static final Set<String> MARKS = Set.of("TABLE", "BASELINE");

  /** One row of Flyway's history. */
  private record Applied(String type, String script, @Nullable Integer checksum, boolean success) {}

  private AppliedMigrations() {}

  static boolean areAll(
      DataSource dataSource, ClassLoader loader, String location, String historyTable) {
    try (Connection connection = dataSource.getConnection()) {
      Map<String, Integer> applied = new TreeMap<>();
      for (Applied row : history(connection, historyTable)) {
        boolean mark = MARKS.contains(row.type());
        if (!row.success() || (!mark && applied.containsKey(row.script()))) {
          return false;
        }
        if (!mark) {
          applied.put(row.script(), row.checksum());
        }
      }
      return !applied.isEmpty() && applied.equals(onClassPath(loader, location));
    } catch (SQLException | IOException | UncheckedIOException | URISyntaxException e) {
      // No history, or one of another shape; migrations where only Flyway finds them.
      return false;
    }
  }

  private static List<Applied> history(Connection connection, String table) throws SQLException {
    return Sql.list(
        connection,
        row ->
            new Applied(
                row.getString("type"),
                row.getString("script"),
                row.getObject("checksum", Integer.class),
                row.getBoolean("success")),
        "SELECT \"type\", \"script\", \"checksum\", \"success\" FROM \"" + table + "\"");
  }

  /** Scripts by their names below the location, with their checksums. */
  private static Map<String, Integer> onClassPath(ClassLoader loader, String location)
      throws IOException, URISyntaxException {
    Map<String, Integer> scripts = new TreeMap<>();
    for (URL folder : Collections.list(loader.getResources(location))) {
      for (String name : names(folder)) {
        try (InputStream script = loader.getResourceAsStream(location + "/" + name)) {
          if (script != null) {
            scripts.put(name, checksum(script));
          }
        }
      }
    }
    return scripts;
  }

  private static List<String> names(URL folder) throws IOException, URISyntaxException {
    if (folder.openConnection() instanceof JarURLConnection inJar) {
      inJar.setUseCaches(false);
      String prefix = inJar.getEntryName().replaceFirst("/*$", "/");
      try (JarFile jar = inJar.getJarFile()) {
        return jar.stream()
            .map(entry -> entry.getName())
            .filter(name -> name.startsWith(prefix) && name.endsWith(SUFFIX))
            .map(name -> name.substring(prefix.length()))
            .toList();
      }
    }
    if (!folder.getProtocol().equals("file")) {
      throw new IOException("neither in a jar nor in a folder: " + folder);
    }
    Path root = Path.of(folder.toURI());
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.endsWith(SUFFIX))
          .toList();
    }
  }

  /** Flyway's: of the lines, so that their ends do not count. */
  private static int checksum(InputStream script) throws IOException {
    CRC32 sum = new CRC32();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(script, StandardCharsets.UTF_8));
    String line;
    while ((line = lines.readLine()) != null) {
      sum.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return (int) sum.getValue();
  }
}

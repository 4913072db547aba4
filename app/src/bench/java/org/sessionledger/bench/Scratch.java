package org.sessionledger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.springframework.util.FileSystemUtils;

/** Both databases, and the folder that is gone afterwards. */
record Scratch(Path folder, List<Database> databases) implements AutoCloseable {

  static Scratch in(Path parent) throws IOException, SQLException {
    Files.createDirectories(parent);
    Path folder = Files.createTempDirectory(parent, "data");
    return new Scratch(folder, List.of(new Database.H2(folder), Database.Postgres.start()));
  }

  @Override
  public void close() throws IOException, SQLException {
    for (Database database : databases) {
      database.close();
    }
    FileSystemUtils.deleteRecursively(folder);
  }
}

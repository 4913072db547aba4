package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.app.cli.CommandLineRun.run;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DataFolderTest {

  private static final URI ADDRESS = URI.create("http://127.0.0.1:1");

  @TempDir private Path folder;

  @Test
  void a_folder_is_made_when_absent_and_taken_once() throws Exception {
    Path deep = folder.resolve("a/b");
    try (DataFolder mine = DataFolder.take(deep).orElseThrow()) {
      assertThat(DataFolder.take(deep)).isEmpty();
      assertThat(DataFolder.take(folder.resolve("a/../a/b"))).isEmpty();
      assertThat(DataFolder.holder(deep)).contains(ProcessHandle.current().pid());
      assertThat(mine.path()).isDirectory();
      assertThat(Files.getPosixFilePermissions(mine.path()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
    DataFolder.take(deep).orElseThrow().close();
  }

  @Test
  void the_mode_of_a_folder_that_is_there_is_left_alone() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    DataFolder.take(folder).orElseThrow().close();
    assertThat(Files.getPosixFilePermissions(folder))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
  }

  @Test
  void a_server_s_address_stands_in_the_folder_for_its_user_alone() throws Exception {
    try (DataFolder mine = DataFolder.take(folder).orElseThrow()) {
      assertThat(DataFolder.server(folder)).isEmpty();
      mine.announce(ADDRESS, null, null);
      assertThat(DataFolder.server(folder).orElseThrow().address()).isEqualTo(ADDRESS);
      assertThat(Files.getPosixFilePermissions(folder.resolve("server.json")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    assertThat(folder.resolve("server.json")).doesNotExist();
  }

  @Test
  void the_address_of_a_dead_server_is_never_believed() throws Exception {
    String dead =
        "{\"address\":\"" + ADDRESS + "\",\"pid\":1,\"startedAt\":\"2026-01-01T00:00:00Z\"}";
    Files.writeString(folder.resolve("server.json"), dead);
    assertThat(DataFolder.server(folder)).isEmpty();
    try (DataFolder mine = DataFolder.take(folder).orElseThrow()) {
      Files.writeString(mine.path().resolve("server.json"), dead);
      assertThat(DataFolder.server(folder)).isEmpty();
      Files.writeString(mine.path().resolve("server.json"), "{\"address\":\"http://12");
      assertThat(DataFolder.server(folder)).isEmpty();
    }
    Files.writeString(folder.resolve("server.json"), dead);
    assertThat(run("stats", "--data", folder.toString()).status()).isZero();
  }

  @Test
  void what_is_no_folder_or_not_writable_is_told_in_a_sentence() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> DataFolder.take(file)).hasMessageContaining("is a file");
    CommandLineRun below = run("stats", "--data", file.resolve("ledger").toString());
    assertThat(below.status()).isEqualTo(1);
    assertThat(below.err()).startsWith("The data folder ").hasLineCount(1);
    Path readOnly = Path.of("/proc/self/ledger");
    if (Files.isDirectory(Path.of("/proc/self"))) {
      CommandLineRun run = run("stats", "--data", readOnly.toString());
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err()).hasLineCount(1).doesNotContain("Exception");
    }
  }

  @Test
  void a_folder_that_another_process_holds_is_told_with_that_process() throws Exception {
    String data = folder.toString();
    try (AnotherJvm holder =
        AnotherJvm.start(folder.resolve("log"), Map.of(), FolderHolder.class, data)) {
      assertThat(holder.line()).startsWith("holding ");
      for (String verb : new String[] {"stats", "serve --port 0", "session list --json"}) {
        CommandLineRun run = run((verb + " --data " + data).split(" "));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
            .hasLineCount(1)
            .contains("is in use by process " + holder.pid() + ", and no server answers there");
      }
    }
  }

  @Test
  void a_folder_is_free_again_when_its_holder_was_killed() throws Exception {
    String data = folder.toString();
    try (AnotherJvm holder =
        AnotherJvm.start(folder.resolve("log"), Map.of(), FolderHolder.class, data)) {
      assertThat(holder.line()).startsWith("holding ");
      holder.kill();
      holder.status();
    }
    assertThat(run("stats", "--data", data).status()).isZero();
  }

  @Test
  void a_ledger_made_by_a_newer_version_is_told_in_a_sentence() throws Exception {
    String data = folder.toString();
    assertThat(run("stats", "--data", data).status()).isZero();
    String url = "jdbc:h2:async:" + folder.resolve("ledger") + ";WRITE_DELAY=0";
    try (var connection = java.sql.DriverManager.getConnection(url, "sa", "");
        var statement = connection.createStatement()) {
      String history;
      try (var tables =
          statement.executeQuery(
              "select table_name from information_schema.tables where lower(table_name) like"
                  + " '%history%' order by table_name")) {
        tables.next();
        history = tables.getString(1);
      }
      statement.execute(
          "insert into \""
              + history
              + "\" (\"installed_rank\", \"version\", \"description\", \"type\", \"script\","
              + " \"checksum\", \"installed_by\", \"execution_time\", \"success\") values (99,"
              + " '99', 'later', 'SQL', 'V99__later.sql', 1, 'x', 1, true)");
    }
    CommandLineRun run = run("stats", "--data", data);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).hasLineCount(1).contains("newer version");
  }
}

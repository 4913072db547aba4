package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadyFilesTest {

  @TempDir Path folder;

  @BeforeEach
  void register() {
    SteadyFiles.register();
  }

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  private FileChannel open(String mode) throws IOException {
    return FilePath.get("steady:" + folder.resolve("file")).open(mode);
  }

  private static ByteBuffer buffer(boolean direct, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer =
        direct ? ByteBuffer.allocateDirect(bytes.length) : ByteBuffer.allocate(bytes.length);
    return buffer.put(bytes).flip();
  }

  private static String text(ByteBuffer read) {
    byte[] bytes = new byte[read.flip().remaining()];
    read.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @ParameterizedTest(name = "direct buffers: {0}")
  @ValueSource(booleans = {true, false})
  void an_interrupted_thread_writes_and_reads_and_stays_interrupted(boolean direct)
      throws IOException {
    try (FileChannel file = open("rw")) {
      Thread.currentThread().interrupt();
      ByteBuffer written = buffer(direct, "0123456789").position(2);
      assertThat(file.write(written, 3)).isEqualTo(8);
      file.force(true);
      ByteBuffer read = buffer(direct, "??????").limit(5).position(1);
      assertThat(file.read(read, 4)).isEqualTo(4);

      assertThat(written.hasRemaining()).isFalse();
      assertThat(text(read)).isEqualTo("?3456");
      assertThat(file.isOpen()).isTrue();
      assertThat(file.size()).isEqualTo(11);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void the_end_of_the_file_is_told() throws IOException {
    try (FileChannel file = open("rw")) {
      file.write(buffer(false, "abc"), 0);
      assertThat(file.read(ByteBuffer.allocate(9), 1)).isEqualTo(2);
      assertThat(file.read(ByteBuffer.allocate(9), 3)).isEqualTo(-1);
    }
  }

  @Test
  void truncating_never_lengthens() throws IOException {
    try (FileChannel file = open("rw")) {
      file.write(buffer(false, "abcdef"), 0);
      file.truncate(9);
      assertThat(file.size()).isEqualTo(6);
      file.truncate(2);
      assertThat(Files.readString(folder.resolve("file"))).isEqualTo("ab");
    }
  }

  @Test
  void what_is_written_while_another_thread_truncates_stands_where_it_belongs() throws Exception {
    int slots = 1_000;
    try (FileChannel file = open("rw")) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 40 * slots; i++) {
                  // The last one again and again, since it is cut off each time.
                  write(file, slots);
                  write(file, i % slots);
                }
              });
      while (!writing.isDone()) {
        file.truncate(4L * slots);
      }
      writing.join();
      for (int slot = 0; slot < slots; slot++) {
        ByteBuffer number = ByteBuffer.allocate(4);
        file.read(number, 4L * slot);
        assertThat(number.getInt(0)).isEqualTo(slot);
      }
    }
  }

  private static void write(FileChannel file, int slot) {
    try {
      file.write(ByteBuffer.allocate(4).putInt(slot).flip(), 4L * slot);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On a thread that is left alone: H2 tries for ever to read a file that was closed under it. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_database_in_it_outlives_those_who_are_interrupted_in_it() throws SQLException {
    String url = "jdbc:h2:steady:" + folder.resolve("database");
    try (Connection before = DriverManager.getConnection(url, "sa", "")) {
      execute(before, "CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR)");
      execute(before, "INSERT INTO t SELECT x, REPEAT('s', 500) FROM SYSTEM_RANGE(1, 2000)");
    }
    // Opened anew, it has to read its file.
    try (Connection one = DriverManager.getConnection(url, "sa", "");
        Connection other = DriverManager.getConnection(url, "sa", "")) {
      Thread.currentThread().interrupt();
      assertThat(sum(one)).isEqualTo(1_000_000);
      assertThat(Thread.interrupted()).isTrue();
      execute(other, "UPDATE t SET s = REPEAT('t', 500)");
      assertThat(sum(other)).isEqualTo(1_000_000);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long sum(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT SUM(LENGTH(s)) FROM t")) {
      row.next();
      return row.getLong(1);
    }
  }
}

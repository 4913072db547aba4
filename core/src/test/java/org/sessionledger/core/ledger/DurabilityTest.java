package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.open;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.SessionIds;
import org.sessionledger.core.store.Commits;
import org.sessionledger.core.store.Schema;
import org.sessionledger.core.store.Store;

/** What is in the file, and on the disk, when a caller holds its decision. */
class DurabilityTest {

  private static final AtomicInteger FORCED = new AtomicInteger();

  @TempDir Path folder;

  /** H2's own file, which counts how often it is told to wait for the disk. */
  public static final class Counting extends FilePathWrapper {

    @Override
    public String getScheme() {
      return "counting";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
      FileChannel file = getBase().open(mode);
      return new FileBaseDefault() {
        @Override
        public void force(boolean metaData) throws IOException {
          FORCED.incrementAndGet();
          file.force(metaData);
        }

        @Override
        public int read(ByteBuffer to, long position) throws IOException {
          return file.read(to, position);
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
          return file.write(from, position);
        }

        @Override
        public long size() throws IOException {
          return file.size();
        }

        @Override
        protected void implTruncate(long size) throws IOException {
          file.truncate(size);
        }

        @Override
        protected void implCloseChannel() throws IOException {
          file.close();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
          return file.tryLock(position, size, shared);
        }
      };
    }
  }

  @BeforeAll
  static void registerTheFile() {
    FilePath.register(new Counting());
  }

  @Test
  void a_power_safe_ledger_waits_for_the_disk_before_it_answers_and_another_does_not() {
    assertThat(forcedBy(true)).isGreaterThanOrEqualTo(20);
    assertThat(forcedBy(false)).isZero();
  }

  /** Waits for the disk in the time of 20 commands, each sent when the one before was answered. */
  private int forcedBy(boolean powerSafe) {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:counting:" + folder.resolve("ledger-" + powerSafe) + ";WRITE_DELAY=5000");
    try (Connection held = h2.getConnection()) {
      Schema.migrate(h2);
      Store store = new Store(h2, Clock.systemUTC(), powerSafe);
      try (Writer writer =
          new Writer(
              store,
              new Decider(store, SessionIds.uuids()),
              new Answers(store, new Commits(), List.of()))) {
        int before = FORCED.get();
        for (int i = 0; i < 20; i++) {
          int now = FORCED.get();
          writer.submit(open("k-" + i, "s").incoming()).join();
          assertThat(FORCED.get() > now).isEqualTo(powerSafe);
        }
        return FORCED.get() - before;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

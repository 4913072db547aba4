package org.sessionledger.app.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.testing.Faults;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * A server whose data folder takes no more for a while, under load over HTTP. More with {@code
 * -Dfaults.full-disks}.
 */
@Tag("faults")
class FullDiskTest {

  private static final int FULL_DISKS = Faults.measure("full-disks", 1, 20);

  @TempDir Path folder;

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void seed_64_a_disk_that_is_full_is_told_of_and_the_ledger_goes_on_when_there_is_room(
      CapturedOutput log) {
    Load load = new Load(64, 4, 30);
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 60)) {
      Path data = disk.root().resolve("data");
      try (LedgerServer server = Servers.start(data.toString())) {
        load.during(
            List.of(server.uri()),
            () -> {
              for (int i = 0; i < FULL_DISKS; i++) {
                load.told().awaitMore(200);
                disk.fill();
                load.told().awaitRefused(5);
                disk.clear();
                load.told().awaitMore(200);
              }
            });
        load.told().assertKeptAndNothingElse(server.bean(Ledger.class));
        RebuiltViews.assertSame(server);
      }
      assertKept(load, data);
    }
    assertThat(log).contains("No space left on device");
    Faults.survived(FULL_DISKS + " full disks of H2", load.told());
  }

  /** As above, for those who may not mount a disk. */
  @Test
  void seed_65_a_file_that_may_not_grow_is_told_of_and_the_ledger_goes_on_when_it_may()
      throws IOException {
    assumeTrue(Commands.run("prlimit", "--version"), "no file limits: it takes a Linux");
    Load load = new Load(65, 4, 30);
    Path data = folder.resolve("data");
    Path log = folder.resolve("log");
    try (ServerProcess server = ServerProcess.start(data.toString(), log)) {
      load.during(
          List.of(server.uri()),
          () -> {
            load.told().awaitMore(200);
            limit(server, "" + data.resolve("ledger.mv.db").toFile().length());
            load.told().awaitRefused(5);
            limit(server, "unlimited");
            load.told().awaitMore(200);
          });
    }
    assertThat(Files.readString(log)).contains("File too large");
    assertKept(load, data);
  }

  /** What the process may make a file's size; the size that it may allow itself stays as it is. */
  private static void limit(ServerProcess server, String bytes) {
    assertThat(Commands.run("prlimit", "--pid", "" + server.pid(), "--fsize=" + bytes + ":"))
        .isTrue();
  }

  private static void assertKept(Load load, Path data) {
    try (Ledger ledger = Ledger.open(data)) {
      load.told().assertKeptAndNothingElse(ledger);
      RebuiltViews.assertSame(ledger);
    }
  }
}

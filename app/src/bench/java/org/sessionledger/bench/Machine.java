package org.sessionledger.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.DoubleStream;

/** What the figures were measured on. */
final class Machine {

  private static final int SYNCS = 200;

  private static final int WAL_PAGE_BYTES = 8_192;

  private Machine() {}

  static String described(Options options, List<Database> databases)
      throws IOException, SQLException {
    Runtime jvm = Runtime.getRuntime();
    StringJoiner text = new StringJoiner("\n", "", "\n");
    text.add(
        "* machine: %d × %s, %,d MiB, %s %s, load %.2f when the run began"
            .formatted(
                jvm.availableProcessors(),
                processor(),
                system().getTotalMemorySize() >> 20,
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                system().getSystemLoadAverage()));
    text.add(
        "* disk: one write of 8 KiB and fdatasync takes %s ms (median of %d)"
            .formatted(Figures.shown(syncMillis(options.target()).median()), SYNCS));
    text.add(
        "* JVM: %s %s, %,d MiB heap"
            .formatted(
                System.getProperty("java.vm.name"), Runtime.version(), jvm.maxMemory() >> 20));
    for (Database database : databases) {
      text.add("* %s: %s".formatted(database.name(), database.settings()));
    }
    text.add(
        "* %d windows of %.1f s each, after %d of warm-up"
            .formatted(
                options.windows(), options.window().toMillis() / 1_000.0, options.warmups()));
    return text.toString();
  }

  private static OperatingSystemMXBean system() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }

  private static String processor() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return System.getProperty("os.arch");
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("model name"))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse(System.getProperty("os.arch"));
  }

  private static Figures syncMillis(Path folder) throws IOException {
    Path file = Files.createTempFile(Files.createDirectories(folder), "sync", null);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      double[] millis = new double[SYNCS];
      for (int i = 0; i < SYNCS; i++) {
        long start = System.nanoTime();
        channel.write(ByteBuffer.allocate(WAL_PAGE_BYTES));
        channel.force(false);
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
      return Figures.of(DoubleStream.of(millis));
    } finally {
      Files.delete(file);
    }
  }
}

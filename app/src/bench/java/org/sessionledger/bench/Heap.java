package org.sessionledger.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.sessionledger.app.api.LedgerStorage;

/** A ledger of very many sessions in a small heap. */
final class Heap implements Part {

  static final String PEAK = "most heap in use after a collection";

  static final int LIMIT_MIB = 256;

  @Override
  public String name() {
    return "heap";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    LedgerStorage storage = database.fresh("heap").storage();
    List<String> command =
        new ArrayList<>(
            List.of(
                Java.COMMAND,
                "-Xmx" + LIMIT_MIB + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                HeapChild.class.getName(),
                Integer.toString(options.known()),
                Long.toString(options.window().multipliedBy(options.windows()).toMillis())));
    if (storage instanceof LedgerStorage.Folder folder) {
      command.add(folder.path().toString());
    } else if (storage instanceof LedgerStorage.Database server) {
      command.addAll(List.of(server.jdbcUrl(), server.user(), server.password()));
    }
    Path log = options.target().resolve("bench/heap.log");
    Process child = new ProcessBuilder(command).redirectError(log.toFile()).start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (child.waitFor() != 0) {
      throw new IllegalStateException("the small heap did not do, see " + log + ": " + output);
    }
    HeapChild.Outcome outcome = HeapChild.Outcome.read(output);
    String sessions = " (%,d sessions, 256 MiB)".formatted(options.known());
    row(database, report, "sessions opened" + sessions, "/s", outcome.openedPerSecond());
    row(database, report, "10,000 hot sessions" + sessions, "/s", outcome.hotPerSecond());
    row(database, report, PEAK, "MiB", outcome.peakMib());
    row(database, report, "heap in use after a full collection", "MiB", outcome.endMib());
  }

  private static void row(
      Database database, Report report, String name, String unit, double value) {
    report.row(database.name(), name, unit, Figures.of(DoubleStream.of(value)));
  }
}

package org.sessionledger.bench;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sessionledger.app.api.LedgerStorage;

/** A part in a process of its own with a small heap, which tells its figures line by line. */
final class SmallHeap {

  private SmallHeap() {}

  /**
   * @param arguments before those that say where the ledger is
   */
  static void run(
      String name,
      Class<?> child,
      List<String> arguments,
      Database database,
      Options options,
      Report report)
      throws Exception {
    LedgerStorage storage = database.fresh(name).storage();
    List<String> command =
        new ArrayList<>(
            List.of(
                Java.COMMAND,
                "-Xmx" + Heap.LIMIT_MIB + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                child.getName()));
    command.addAll(arguments);
    if (storage instanceof LedgerStorage.Folder folder) {
      command.add(folder.path().toString());
    } else if (storage instanceof LedgerStorage.Database server) {
      command.addAll(List.of(server.jdbcUrl(), server.user(), server.password()));
    }
    Path log = options.target().resolve("bench/" + name + "-" + database.name() + ".log");
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    Map<String, List<Double>> told = new LinkedHashMap<>();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println("  " + line);
        String[] parts = line.split("\t");
        if (parts.length == 3) {
          told.computeIfAbsent(parts[0] + "\t" + parts[1], any -> new ArrayList<>())
              .add(Double.parseDouble(parts[2]));
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the part " + name + " did not end well, see " + log);
    }
    told.forEach(
        (what, values) ->
            report.row(
                database.name(),
                what.substring(0, what.indexOf('\t')),
                what.substring(what.indexOf('\t') + 1),
                Figures.of(values.stream().mapToDouble(Double::doubleValue))));
  }
}

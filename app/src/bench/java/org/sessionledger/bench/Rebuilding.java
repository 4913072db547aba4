package org.sessionledger.bench;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.sessionledger.app.api.LedgerStorage;

/** Views that are rebuilt from a long history in a small heap, while somebody reads them. */
final class Rebuilding implements Part {

  static final String STATUS = "rebuild of status, events";
  static final String SCAN = "raw scan of the events that parses their JSON";
  static final List<String> OTHERS = List.of("runs", "lineage", "timeline");
  static final String BEFORE = "a read of status before the rebuild p99";
  static final String DURING = "a read of status during the rebuild p99";
  static final String FAULTS = "reads during the rebuild that failed, or went back";
  static final String PEAK = "rebuild, most heap in use after a collection";

  static String of(String view) {
    return "rebuild of " + view + ", events";
  }

  @Override
  public String name() {
    return "rebuild";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    LedgerStorage storage = database.fresh("rebuild").storage();
    List<String> command =
        new ArrayList<>(
            List.of(
                Java.COMMAND,
                "-Xmx" + Heap.LIMIT_MIB + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                RebuildChild.class.getName(),
                Integer.toString(options.events()),
                Integer.toString(options.windows())));
    if (storage instanceof LedgerStorage.Folder folder) {
      command.add(folder.path().toString());
    } else if (storage instanceof LedgerStorage.Database server) {
      command.addAll(List.of(server.jdbcUrl(), server.user(), server.password()));
    }
    Path log = options.target().resolve("bench/rebuild-" + database.name() + ".log");
    Process child = new ProcessBuilder(command).redirectError(log.toFile()).start();
    Map<String, List<Double>> told = new LinkedHashMap<>();
    try (BufferedReader lines = child.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println("  " + line);
        String[] parts = line.split("\t");
        if (parts.length == 3) {
          told.computeIfAbsent(parts[0] + "\t" + parts[1], any -> new ArrayList<>())
              .add(Double.parseDouble(parts[2]));
        }
      }
    }
    if (child.waitFor() != 0) {
      throw new IllegalStateException("the rebuilds did not end well, see " + log);
    }
    told.forEach(
        (name, values) ->
            report.row(
                database.name(),
                name.substring(0, name.indexOf('\t')),
                name.substring(name.indexOf('\t') + 1),
                Figures.of(
                    values.stream().collect(Collectors.toList()).stream()
                        .mapToDouble(Double::doubleValue))));
  }
}

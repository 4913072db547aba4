package org.sessionledger.bench;

import java.util.List;

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
    SmallHeap.run(
        "rebuild",
        RebuildChild.class,
        List.of(Integer.toString(options.events()), Integer.toString(options.windows())),
        database,
        options,
        report);
  }
}

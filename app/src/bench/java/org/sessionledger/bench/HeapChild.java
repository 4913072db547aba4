package org.sessionledger.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.sessionledger.app.api.HomeCalls;
import org.sessionledger.app.api.LedgerStorage;

/** Opens very many sessions, then works on 10,000 of them; tells what heap that took. */
public final class HeapChild {

  record Outcome(double openedPerSecond, double hotPerSecond, double peakMib, double endMib) {

    static Outcome read(String line) {
      String[] parts = line.strip().split(" ");
      return new Outcome(
          Double.parseDouble(parts[0]),
          Double.parseDouble(parts[1]),
          Double.parseDouble(parts[2]),
          Double.parseDouble(parts[3]));
    }

    @Override
    public String toString() {
      return openedPerSecond + " " + hotPerSecond + " " + peakMib + " " + endMib;
    }
  }

  private static final double MIB = 1 << 20;

  private static final Set<String> NOT_HEAP_PREFIXES =
      Set.of("Metaspace", "CodeHeap", "Compressed");

  private HeapChild() {}

  /**
   * @param args how many sessions, how many milliseconds of work, and a folder or a database
   */
  public static void main(String[] args) throws Exception {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    HomeCalls.forbid();
    AtomicLong peak = new AtomicLong();
    watch(peak);
    LedgerStorage storage =
        args.length == 3
            ? new LedgerStorage.Folder(Path.of(args[2]))
            : new LedgerStorage.Database(args[2], args[3], args[4]);
    try (LedgerStorage.OpenLedger open = storage.open()) {
      Work known = new Work("known", Integer.parseInt(args[0]));
      Window opened = Opening.each(open.ledger(), known);
      Work hot = new Work("hot", Options.SESSIONS);
      Opening.all(open.ledger(), hot);
      Window worked =
          InFlight.of(open.ledger(), hot).run(Duration.ofMillis(Long.parseLong(args[1])));
      System.gc();
      long end = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      System.out.println(
          new Outcome(opened.perSecond(), worked.perSecond(), peak.get() / MIB, end / MIB));
    }
    System.exit(0);
  }

  /** Keeps the most heap that is in use right after any collection. */
  static void watch(AtomicLong peak) {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector)
          .addNotificationListener(
              (notification, any) -> {
                long used =
                    heap(
                        GarbageCollectionNotificationInfo.from(
                                (CompositeData) notification.getUserData())
                            .getGcInfo()
                            .getMemoryUsageAfterGc());
                peak.accumulateAndGet(used, Math::max);
              },
              notification ->
                  notification
                      .getType()
                      .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION),
              null);
    }
  }

  private static long heap(Map<String, MemoryUsage> pools) {
    return pools.entrySet().stream()
        .filter(pool -> NOT_HEAP_PREFIXES.stream().noneMatch(pool.getKey()::startsWith))
        .collect(Collectors.summingLong(pool -> pool.getValue().getUsed()));
  }
}

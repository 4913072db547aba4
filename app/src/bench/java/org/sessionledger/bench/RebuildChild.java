package org.sessionledger.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.sessionledger.app.api.HomeCalls;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.api.LedgerViews;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Json;
import org.sessionledger.projections.kit.RebuildReport;
import org.sessionledger.projections.kit.Tables;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.status.FindSessionStatus;

/** Makes a history and the views of it, then rebuilds them one after the other. */
public final class RebuildChild {

  private static final double MIB = 1 << 20;

  private static final int FETCH = 2_000;

  private static final Duration LOOK = Duration.ofMillis(2);

  /** One read, then a pause: a reader that never rests would measure itself. */
  private static final Duration PAUSE = Duration.ofMillis(1);

  private RebuildChild() {}

  /**
   * @param args how many events, how often status is rebuilt, and a folder or a database
   */
  public static void main(String[] args) throws Exception {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    HomeCalls.forbid();
    AtomicLong peak = new AtomicLong();
    LedgerStorage storage =
        args.length == 3
            ? new LedgerStorage.Folder(Path.of(args[2]))
            : new LedgerStorage.Database(args[2], args[3], args[4]);
    try (LedgerStorage.OpenLedger open = storage.open()) {
      Ledger ledger = open.ledger();
      Work work = new Work("rebuilt", Options.SESSIONS);
      Opening.all(ledger, work);
      InFlight.of(ledger, work).run(Integer.parseInt(args[0]) - ledger.reader().position());
      LedgerViews views = LedgerViews.of(ledger);
      for (View view : views.all()) {
        Tables.catchUp(ledger.dataSource(), ledger.reader(), view);
      }
      HeapChild.watch(peak);
      int rounds = Integer.parseInt(args[1]);
      try (Views live = Views.open(ledger, views.all())) {
        live.awaitAll(Duration.ofMinutes(1));
        for (int round = 0; round < rounds; round++) {
          tell(Rebuilding.SCAN, "/s", scan(ledger));
          rebuildWhileRead(ledger, views, live, work);
        }
        for (String view : Rebuilding.OTHERS) {
          tell(Rebuilding.of(view), "/s", rebuild(live, view));
        }
      }
      tell(Rebuilding.PEAK, "MiB", peak.get() / MIB);
    }
    System.exit(0);
  }

  private static void tell(String what, String unit, double value) {
    System.out.printf(Locale.ROOT, "%s\t%s\t%.3f%n", what, unit, value);
  }

  private static void rebuildWhileRead(Ledger ledger, LedgerViews views, Views live, Work work)
      throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong faults = new AtomicLong();
    tell(
        Rebuilding.BEFORE,
        "ms",
        p99(read(views, work, faults, System.nanoTime() + Duration.ofSeconds(2).toNanos(), over)));
    CompletableFuture<long[]> reader =
        CompletableFuture.supplyAsync(() -> read(views, work, faults, Long.MAX_VALUE, over));
    double rate = rebuild(live, "status");
    over.set(true);
    tell(Rebuilding.DURING, "ms", p99(reader.join()));
    tell(Rebuilding.FAULTS, "reads", faults.get());
    tell(Rebuilding.STATUS, "/s", rate);
  }

  private static double p99(long[] latencies) {
    return new Window(latencies.length, 1, latencies).millis(0.99);
  }

  private static long[] read(
      LedgerViews views, Work work, AtomicLong faults, long end, AtomicBoolean over) {
    Random random = new Random(1);
    long[] latencies = new long[1_000_000];
    long[] versions = new long[work.sessions()];
    int reads = 0;
    while (System.nanoTime() < end && !over.get()) {
      int session = random.nextInt(work.sessions());
      long start = System.nanoTime();
      long version = version(views, work.key(session));
      latencies[reads++] = System.nanoTime() - start;
      if (version < Math.max(1, versions[session])) {
        faults.incrementAndGet();
      }
      versions[session] = version;
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    return Arrays.copyOf(latencies, reads);
  }

  /** 0 when there is no answer. */
  private static long version(LedgerViews views, String key) {
    try {
      return views
          .status()
          .find(new FindSessionStatus(new SessionKey(key)))
          .map(status -> status.version())
          .orElse(0L);
    } catch (RuntimeException e) {
      e.printStackTrace();
      return 0;
    }
  }

  /** Events a second from the first event to the switch, comparison included. */
  private static double rebuild(Views live, String view) {
    live.rebuilds().start(view, RebuildReport.Mode.SWITCH);
    RebuildReport report = live.rebuilds().report(view).orElseThrow();
    while (report.state() == RebuildReport.State.RUNNING) {
      LockSupport.parkNanos(LOOK.toNanos());
      report = live.rebuilds().report(view).orElseThrow();
    }
    if (!report.switched() || report.endedAt() == null) {
      throw new IllegalStateException("not switched: " + report);
    }
    tell("rebuild of " + view + ", filling alone, events", "/s", report.eventsPerSecond());
    return report.events() * 1e9 / Duration.between(report.startedAt(), report.endedAt()).toNanos();
  }

  /** What reading costs whoever folds nothing. */
  private static double scan(Ledger ledger) throws Exception {
    long start = System.nanoTime();
    long last = ledger.reader().position();
    long parsed = 0;
    try (Connection connection = ledger.dataSource().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT position, session_no, version, type, event, recorded_at FROM ledger_events"
                    + " WHERE position > ? ORDER BY position LIMIT "
                    + FETCH)) {
      while (parsed < last) {
        statement.setLong(1, parsed);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            if (Json.tree(rows.getString("event")).isEmpty()) {
              throw new IllegalStateException("an empty event");
            }
            parsed++;
          }
        }
      }
    }
    return parsed * 1e9 / (System.nanoTime() - start);
  }
}

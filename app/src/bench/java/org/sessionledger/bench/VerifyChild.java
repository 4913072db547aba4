package org.sessionledger.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.sessionledger.app.api.HomeCalls;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.replay.Redecision;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.store.PastSessions;
import org.sessionledger.core.store.audit.BundleWriter;
import org.sessionledger.core.store.audit.Verification;
import org.sessionledger.core.store.audit.Verified;

/** Makes a history, one session of which is long, then verifies it again and again. */
public final class VerifyChild {

  private static final double MIB = 1 << 20;
  private static final int LOOKS = 200;
  private static final int PAGE = 1_000;

  private VerifyChild() {}

  /**
   * @param args how many events, how often they are verified, and a folder or a database
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
      Work many = new Work("verified", Options.SESSIONS);
      Work one = Work.inStep("long", 1);
      int events = Integer.parseInt(args[0]);
      int ofOne = Math.min(HistoryLength.LONG, events / 4);
      Opening.all(ledger, many);
      Opening.all(ledger, one.openings());
      InFlight.of(ledger, one).run(ofOne - 1);
      InFlight.of(ledger, many).run(events - ledger.reader().position());
      HeapChild.watch(peak);
      int rounds = Integer.parseInt(args[1]);
      SessionKey key = new SessionKey(one.key(0));
      // The first round warms up.
      for (int round = 0; round <= rounds; round++) {
        verify(ledger, round > 0);
        travel(ledger, key, ofOne, round > 0);
        list(ledger, round > 0);
      }
      tell(Verifying.PEAK, "MiB", peak.get() / MIB, true);
      // A ledger in memory is not what a small heap is for: after the peak was told.
      replay(ledger, key, ofOne);
    }
    System.exit(0);
  }

  private static void tell(String what, String unit, double value, boolean counts) {
    if (counts) {
      System.out.printf(Locale.ROOT, "%s\t%s\t%.3f%n", what, unit, value);
    }
  }

  private static void verify(Ledger ledger, boolean counts) {
    long start = System.nanoTime();
    Verified verified = Verification.verify(ledger.dataSource(), null, Verification.Progress.NONE);
    if (!verified.intact()) {
      throw new IllegalStateException("not intact: " + verified.firstBreak());
    }
    tell(Verifying.EVENTS, "/s", verified.events() * 1e9 / (System.nanoTime() - start), counts);
  }

  private static void travel(Ledger ledger, SessionKey key, int events, boolean counts) {
    Random random = new Random(1);
    long[] byVersion = new long[LOOKS];
    long[] byInstant = new long[LOOKS];
    Instant first = ledger.reader().event(key, 1).orElseThrow().recordedAt();
    Instant last = ledger.reader().event(key, events).orElseThrow().recordedAt();
    long micros = ChronoUnit.MICROS.between(first, last);
    for (int i = 0; i < LOOKS; i++) {
      long start = System.nanoTime();
      ledger.reader().event(key, 1 + random.nextInt(events)).orElseThrow().session();
      byVersion[i] = System.nanoTime() - start;
      Instant at = first.plusNanos(1_000 * (long) (random.nextDouble() * micros));
      start = System.nanoTime();
      ledger.reader().sessionAt(key, at).orElseThrow();
      byInstant[i] = System.nanoTime() - start;
    }
    tell(Verifying.TRAVEL + " p99", "ms", new Window(LOOKS, 1, byVersion).millis(0.99), counts);
    tell(Verifying.TRAVEL_AT + " p99", "ms", new Window(LOOKS, 1, byInstant).millis(0.99), counts);
  }

  /** In the middle of the history. */
  private static void list(Ledger ledger, boolean counts) {
    PastSessions past = new PastSessions(ledger.dataSource());
    long start = System.nanoTime();
    long position = past.reach().position() / 2;
    long after = 0;
    List<PastSessions.Item> page;
    do {
      page = past.at(position, after, any -> true, PAGE);
      after = page.isEmpty() ? after : page.get(page.size() - 1).sessionNo();
    } while (page.size() == PAGE);
    tell(Verifying.LIST, "ms", (System.nanoTime() - start) / 1e6, counts);
  }

  private static void replay(Ledger ledger, SessionKey key, int events) throws Exception {
    Path file = Files.createTempFile("bench-", ".jsonl");
    try {
      long start = System.nanoTime();
      write(ledger, key, file);
      double seconds = (System.nanoTime() - start) / 1e9;
      tell(Verifying.EXPORT, "/s", events / seconds, true);
      start = System.nanoTime();
      Redecision.Report report;
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        report = Redecision.of(in, key.value());
      }
      seconds = (System.nanoTime() - start) / 1e9;
      if (report.different() > 0) {
        throw new IllegalStateException("decided otherwise: " + report.differences().get(0));
      }
      tell(Verifying.REPLAY, "/s", report.steps() / seconds, true);
    } finally {
      Files.delete(file);
    }
  }

  private static void write(Ledger ledger, SessionKey key, Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      BundleWriter.of(ledger.dataSource(), key).orElseThrow().write(out);
    }
  }
}

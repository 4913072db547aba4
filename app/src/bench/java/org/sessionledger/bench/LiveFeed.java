package org.sessionledger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A thousand readers of the feed of changes, each of which gets a thousand changes a second. */
final class LiveFeed implements Part {

  static final int READERS = 1_000;
  static final int CHANGES_PER_SECOND = 1_000;

  static final String DELIVERED = "feed, 1,000 readers, 1,000 changes/s: sent to read";
  static final String SHARE = "feed, changes that every reader got, of those that were accepted";
  static final String MEMORY = "feed, the server's largest resident memory";

  private static final String ACKNOWLEDGED =
      "feed, commands beside it, batches of 10: sent to answer";

  /** Heartbeats would be counted as bytes of messages, and come after 15 s. */
  private static final Duration WINDOW_MAX = Duration.ofSeconds(8);

  private static final int BATCH = 10;

  private static final int READ_ALL = 5;

  private static final int PATIENCE_SECONDS = 10;

  @Override
  public String name() {
    return "feed";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    Work work = new Work("feed", Options.SESSIONS);
    List<Window> delivered = new ArrayList<>();
    List<Window> acknowledged = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    try (ServerProcess server = ServerProcess.start(options, database.fresh("feed").storage())) {
      OverHttp.open(server, work);
      server.awaitViews();
      for (int i = 0; i < options.warmups() + options.windows(); i++) {
        Measured window = window(server, work, options);
        server.awaitViews();
        if (i >= options.warmups()) {
          delivered.add(window.delivered());
          acknowledged.add(window.acknowledged());
          shares.add(window.share());
        }
      }
      report.latency(database, DELIVERED, 0.5, delivered);
      report.latency(database, DELIVERED, 0.99, delivered);
      report.latency(database, ACKNOWLEDGED, 0.99, acknowledged);
      report.row(
          database.name(),
          SHARE,
          "%",
          Figures.of(shares.stream().mapToDouble(share -> 100 * share)));
      report.row(
          database.name(),
          MEMORY,
          "MiB",
          Figures.of(java.util.stream.DoubleStream.of(mostResident(server.process().pid()))));
    }
  }

  /**
   * @param delivered of every message to every reader, since its batch was due to be sent
   * @param acknowledged of each batch
   * @param share of the messages that every reader should have got
   */
  private record Measured(Window delivered, Window acknowledged, double share) {}

  private static Measured window(ServerProcess server, Work work, Options options)
      throws Exception {
    Duration length = options.window().compareTo(WINDOW_MAX) < 0 ? options.window() : WINDOW_MAX;
    int batches = (int) (length.toMillis() * CHANGES_PER_SECOND / 1_000 / BATCH);
    long interval = TimeUnit.SECONDS.toNanos(1) * BATCH / CHANGES_PER_SECOND;
    long[] due = new long[batches];
    long[] answered = new long[batches];
    try (FeedReaders readers = new FeedReaders(server.uri(), "/v1/changes", READERS, READ_ALL);
        HttpConnection connection = new HttpConnection(server.uri())) {
      awaitHello(readers);
      long start = System.nanoTime();
      for (int i = 0; i < batches; i++) {
        due[i] = start + i * interval;
        String lines =
            Stream.generate(work::step)
                .limit(BATCH)
                .map(OverHttp::json)
                .collect(Collectors.joining("\n"));
        for (long left = due[i] - System.nanoTime(); left > 0; left = due[i] - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        OverHttp.requireAccepted(connection.post("application/x-ndjson", lines), BATCH);
        answered[i] = System.nanoTime() - due[i];
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (System.nanoTime() < end && !allHaveAsMuch(readers)) {
        Thread.sleep(100);
      }
      readers.stop();
      long[] ends = readers.ends(0);
      requireGapless(readers, batches * BATCH);
      return new Measured(
          new Window(
              (long) batches * BATCH, System.nanoTime() - start, latencies(readers, ends, due)),
          new Window(batches, System.nanoTime() - start, answered),
          share(readers, ends));
    }
  }

  private static void awaitHello(FeedReaders readers) throws InterruptedException {
    while (readers.readers().stream().anyMatch(each -> each.arrivals().total() == 0)) {
      readers.requireAlive();
      Thread.sleep(20);
    }
  }

  private static boolean allHaveAsMuch(FeedReaders readers) throws InterruptedException {
    long most = readers.readers().get(0).arrivals().total();
    Thread.sleep(200);
    return readers.readers().stream().allMatch(each -> each.arrivals().total() == most);
  }

  /** Those that read every byte got every id. */
  private static void requireGapless(FeedReaders readers, int count) {
    for (int reader = 0; reader < READ_ALL; reader++) {
      long[] ids = readers.ids(reader);
      if (ids.length != count) {
        throw new IllegalStateException(ids.length + " of " + count + " messages were read");
      }
      for (int i = 1; i < ids.length; i++) {
        if (ids[i] != ids[i - 1] + 1) {
          throw new IllegalStateException(ids[i] + " follows " + ids[i - 1]);
        }
      }
    }
  }

  private static double share(FeedReaders readers, long[] ends) {
    long got = 0;
    for (FeedReaders.Reader each : readers.readers()) {
      long bytes = each.arrivals().total();
      int place = Arrays.binarySearch(ends, bytes);
      got += place >= 0 ? place + 1 : -place - 1;
    }
    return (double) got / ((long) READERS * ends.length);
  }

  /** One sender sends the batches in order: the n-th message is the n-th command's. */
  private static long[] latencies(FeedReaders readers, long[] ends, long[] due) {
    return readers.readers().stream()
        .flatMapToLong(each -> latencies(each.arrivals(), ends, due))
        .toArray();
  }

  private static java.util.stream.LongStream latencies(
      FeedReaders.Arrivals arrivals, long[] ends, long[] due) {
    long[] latencies = new long[ends.length];
    int message = 0;
    for (int i = 0; i < arrivals.count(); i++) {
      while (message < ends.length && ends[message] <= arrivals.bytes(i)) {
        latencies[message] = arrivals.nanos(i) - due[message / BATCH];
        message++;
      }
    }
    return IntStream.range(0, message).mapToLong(i -> latencies[i]);
  }

  /** As Linux counts it; NaN elsewhere. */
  private static double mostResident(long pid) throws IOException {
    Path status = Path.of("/proc/" + pid + "/status");
    if (!Files.exists(status)) {
      return Double.NaN;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1_024)
        .findFirst()
        .orElse(Double.NaN);
  }
}

package org.sessionledger.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Some threads, each of which sends one command after the other and waits for each. */
class Clients implements Competitor {

  /** One client's next command, from sending it to its acknowledgement. */
  interface Client extends AutoCloseable {

    /** False when there is nothing left to send. */
    boolean send() throws Exception;

    @Override
    default void close() throws Exception {}
  }

  private final List<Client> clients = new ArrayList<>();
  private final ExecutorService threads;

  Clients(int count, Callable<? extends Client> client) throws Exception {
    for (int i = 0; i < count; i++) {
      clients.add(client.call());
    }
    threads = Executors.newFixedThreadPool(count);
  }

  @Override
  public Window run(Duration window) throws Exception {
    long start = System.nanoTime();
    long end = start + window.toNanos();
    List<Future<long[]>> running =
        clients.stream().map(client -> threads.submit(() -> send(client, end))).toList();
    long[] all = new long[0];
    for (Future<long[]> each : running) {
      long[] more = each.get();
      int had = all.length;
      all = Arrays.copyOf(all, had + more.length);
      System.arraycopy(more, 0, all, had, more.length);
    }
    return new Window(all.length, System.nanoTime() - start, all);
  }

  private static long[] send(Client client, long end) throws Exception {
    long[] latencies = new long[1_024];
    int count = 0;
    long now = System.nanoTime();
    while (now < end && client.send()) {
      long after = System.nanoTime();
      if (count == latencies.length) {
        latencies = Arrays.copyOf(latencies, 2 * count);
      }
      latencies[count++] = after - now;
      now = after;
    }
    return Arrays.copyOf(latencies, count);
  }

  @Override
  public void close() throws Exception {
    threads.shutdownNow();
    for (Client each : clients) {
      each.close();
    }
  }
}

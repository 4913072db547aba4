package org.sessionledger.core.testing;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;

/**
 * A program that is killed: it opens a ledger, says so, and sends traffic for as long as it lives,
 * one line on standard output for each decision that it holds.
 */
public final class LoadedChild {

  /** Commands that may have been decided and not told of, when it is killed. */
  public static final int IN_FLIGHT = 64;

  /** Ends each line that is whole. */
  public static final String END = " .";

  /** The sessions that it sends to. */
  static final List<String> KEYS = IntStream.range(0, 40).mapToObj(i -> "session-" + i).toList();

  private LoadedChild() {}

  /**
   * @param args {@link FreshDatabase#place() the ledger's place}, the seed
   */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    // Logs are no answers.
    System.setOut(System.err);
    long seed = Long.parseLong(args[1]);
    Ledger ledger = Databases.open(args[0]);
    out.println("open");
    Traffic traffic = new Traffic(seed, "seed" + seed, KEYS);
    Deque<CompletableFuture<Decision>> waiting = new ArrayDeque<>();
    while (!out.checkError()) {
      waiting.add(ledger.submit(CommandJson.read(traffic.next(), Ledger::newCommandId)));
      if (waiting.size() == IN_FLIGHT) {
        Decision decision = waiting.remove().join();
        traffic.learned(decision);
        out.println(Told.of(decision) + END);
      }
    }
  }
}

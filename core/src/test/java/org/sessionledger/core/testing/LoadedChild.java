package org.sessionledger.core.testing;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;

/**
 * A program that is killed: it opens a folder's ledger, says so, and sends traffic for as long as
 * it lives, one line on standard output for each decision that it holds.
 */
public final class LoadedChild {

  /** Commands that may have been decided and not told of, when it is killed. */
  public static final int IN_FLIGHT = 64;

  /** The sessions that it sends to. */
  static final List<String> KEYS = IntStream.range(0, 40).mapToObj(i -> "session-" + i).toList();

  private LoadedChild() {}

  /**
   * One decision that was told of.
   *
   * @param place of an accepted command its session's version, else the line in the decision log
   */
  public record Told(String commandId, String verdict, String place) {

    static Told of(Decision decision) {
      String place =
          switch (decision.verdict()) {
            case ACCEPTED -> decision.session().version() + "@" + decision.sessionKey();
            case DUPLICATE -> "-";
            case REJECTED -> decision.refusal().decisionId();
          };
      return new Told(decision.commandId().value(), decision.verdict().code(), place);
    }

    public static Told of(String line) {
      String[] parts = line.split(" ");
      return new Told(parts[0], parts[1], parts[2]);
    }

    @Override
    public String toString() {
      return commandId + " " + verdict + " " + place;
    }
  }

  /**
   * @param args the folder, the seed
   */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    long seed = Long.parseLong(args[1]);
    Ledger ledger = Ledger.open(Path.of(args[0]));
    out.println("open");
    Traffic traffic = new Traffic(seed, "seed" + seed, KEYS);
    Deque<CompletableFuture<Decision>> waiting = new ArrayDeque<>();
    while (!out.checkError()) {
      waiting.add(ledger.submit(CommandJson.read(traffic.next(), Ledger::newCommandId)));
      if (waiting.size() == IN_FLIGHT) {
        Decision decision = waiting.remove().join();
        traffic.learned(decision);
        out.println(Told.of(decision));
      }
    }
  }
}

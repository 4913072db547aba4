package org.sessionledger.core.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.CommandJson;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.store.StoreFailure;

/** Several senders at once, each on a thread of its own with some commands in flight. */
public final class Senders {

  /**
   * One command and what became of it.
   *
   * @param decision null when it failed
   * @param failure null when it was decided
   */
  public record Sent(ObjectNode command, Decision decision, Throwable failure) {}

  private Senders() {}

  /**
   * Runs one task on each of several threads and waits for all; the first failure is thrown.
   *
   * @param <T> what each returns
   */
  public static <T> List<T> together(List<Supplier<T>> tasks) {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Future<T>> running = tasks.stream().map(task -> threads.submit(task::get)).toList();
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new AssertionError("a sender failed", e.getCause());
    } catch (Exception e) {
      throw new AssertionError("a sender did not come to its end", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Sends traffic on the caller's thread; commands are decided in the order of the list. */
  public static List<Sent> send(Ledger ledger, Traffic traffic, int commands, int inFlight) {
    List<Sent> sent = new ArrayList<>(commands);
    Deque<CompletableFuture<Decision>> waiting = new ArrayDeque<>();
    Deque<ObjectNode> asked = new ArrayDeque<>();
    for (int i = 0; i < commands; i++) {
      ObjectNode command = traffic.next();
      asked.add(command);
      waiting.add(submit(ledger, command));
      if (waiting.size() == inFlight) {
        sent.add(taken(traffic, asked.remove(), waiting.remove()));
      }
    }
    while (!waiting.isEmpty()) {
      sent.add(taken(traffic, asked.remove(), waiting.remove()));
    }
    return sent;
  }

  /**
   * Sends traffic as one who means it does: what the database did not take is sent again, under the
   * same id.
   */
  public static List<Sent> sendUntilDecided(
      Ledger ledger, Traffic traffic, int commands, int inFlight) {
    List<Sent> sent = new ArrayList<>(commands);
    Deque<CompletableFuture<Decision>> waiting = new ArrayDeque<>();
    Deque<ObjectNode> asked = new ArrayDeque<>();
    int made = 0;
    while (sent.size() < commands) {
      while (made < commands && waiting.size() < inFlight) {
        ObjectNode command = traffic.next();
        made++;
        asked.add(command);
        waiting.add(submit(ledger, command));
      }
      Sent next = taken(traffic, asked.remove(), waiting.remove());
      if (next.failure() == null) {
        sent.add(next);
      } else if (next.failure() instanceof StoreFailure) {
        asked.add(next.command());
        waiting.add(submit(ledger, next.command()));
      } else {
        throw new AssertionError("neither decided nor for want of a database", next.failure());
      }
    }
    return sent;
  }

  private static CompletableFuture<Decision> submit(Ledger ledger, ObjectNode command) {
    return ledger.submit(CommandJson.read(command, Ledger::newCommandId));
  }

  private static Sent taken(
      Traffic traffic, ObjectNode command, CompletableFuture<Decision> decision) {
    try {
      Decision made = decision.join();
      traffic.learned(made);
      return new Sent(command, made, null);
    } catch (CompletionException e) {
      return new Sent(command, null, e.getCause());
    }
  }
}

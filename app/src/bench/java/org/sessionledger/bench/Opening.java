package org.sessionledger.bench;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Verdict;

/** Opens the sessions that are worked on later. */
final class Opening {

  private Opening() {}

  /** Of very many sessions, none of which is remembered. */
  static Window each(Ledger ledger, Work work) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    return new InFlight(
            ledger, () -> work.opening(next.getAndIncrement()), Verdict.ACCEPTED, Options.IN_FLIGHT)
        .run(work.sessions());
  }

  interface One<T> {
    void run(T step);
  }

  static void all(Ledger ledger, Work work) throws InterruptedException {
    all(ledger, work.openings());
    all(ledger, work.headStart().stream().map(Work::command).map(Work::arrival).toList());
  }

  static void all(Ledger ledger, List<Arrival> arrivals) throws InterruptedException {
    Iterator<Arrival> each = arrivals.iterator();
    new InFlight(ledger, each::next, Verdict.ACCEPTED, Options.IN_FLIGHT).run(arrivals.size());
  }

  /** Some threads take one after the other. */
  static <T> void all(List<T> steps, int threads, One<T> one) throws InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      for (Future<?> each :
          steps.stream().map(step -> executor.submit(() -> one.run(step))).toList()) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a session was not opened", e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }
}

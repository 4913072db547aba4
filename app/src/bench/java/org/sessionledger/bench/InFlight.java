package org.sessionledger.bench;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Verdict;

/** One sender that keeps many commands waiting for a ledger's decision at the same time. */
final class InFlight implements Competitor {

  /** Makes the next command. */
  interface Source {
    Arrival next();
  }

  private final Ledger ledger;
  private final Source source;
  private final Verdict expected;
  private final int most;

  InFlight(Ledger ledger, Source source, Verdict expected, int most) {
    this.ledger = ledger;
    this.source = source;
    this.expected = expected;
    this.most = most;
  }

  /** The load of everybody, as many in flight as everybody has. */
  static InFlight of(Ledger ledger, Work work) {
    return new InFlight(ledger, work::arrival, Verdict.ACCEPTED, Options.IN_FLIGHT);
  }

  @Override
  public Window run(Duration window) throws InterruptedException {
    long end = System.nanoTime() + window.toNanos();
    return run(sent -> System.nanoTime() < end);
  }

  /** Sends a number of commands. */
  Window run(long commands) throws InterruptedException {
    return run(sent -> sent < commands);
  }

  private interface GoesOn {
    boolean after(long sent);
  }

  private Window run(GoesOn goesOn) throws InterruptedException {
    Semaphore room = new Semaphore(most);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long start = System.nanoTime();
    long sent = 0;
    while (goesOn.after(sent) && failure.get() == null) {
      room.acquire();
      CompletableFuture<Decision> decision = ledger.submit(source.next());
      decision.whenComplete(
          (made, failed) -> {
            if (failed != null) {
              failure.compareAndSet(null, failed);
            } else if (made.verdict() != expected) {
              failure.compareAndSet(null, new IllegalStateException(made.toString()));
            }
            room.release();
          });
      sent++;
    }
    room.acquire(most);
    long nanos = System.nanoTime() - start;
    if (failure.get() != null) {
      throw new CompletionException(failure.get());
    }
    return new Window(sent, nanos);
  }
}

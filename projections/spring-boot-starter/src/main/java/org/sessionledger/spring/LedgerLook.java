package org.sessionledger.spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.session.Stats;
import org.sessionledger.projections.kit.ViewState;
import org.sessionledger.projections.kit.Views;

/**
 * Looks how the ledger is, for whoever watches it, and answers in bounded time: a pool whose
 * database is away keeps its callers waiting for half a minute. One look serves all who ask
 * meanwhile.
 */
final class LedgerLook implements AutoCloseable {

  /** How long a look may take. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How long a look is new enough for meters, of which there are several. */
  static final Duration FRESH = Duration.ofSeconds(1);

  /**
   * What was seen.
   *
   * @param views empty where the application has none
   */
  record Seen(Stats totals, List<ViewState> views) {}

  private record Look(CompletableFuture<Seen> seen, long begun) {

    boolean isYoungerThan(Duration age) {
      return System.nanoTime() - begun < age.toNanos();
    }
  }

  private final Ledger ledger;
  private final @Nullable Views views;
  private final Duration patience;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread looking = new Thread(task, "session-ledger-look");
            looking.setDaemon(true);
            return looking;
          });

  private @Nullable Look last;

  LedgerLook(Ledger ledger, @Nullable Views views, Duration patience) {
    this.ledger = ledger;
    this.views = views;
    this.patience = patience;
  }

  /**
   * How the ledger is now.
   *
   * @throws RuntimeException when it is closed, or the database does not tell in time
   */
  Seen now() {
    return within(Duration.ZERO);
  }

  /** How the ledger is, or was a moment ago; throws what {@link #now} throws. */
  Seen lately() {
    return within(FRESH);
  }

  private Seen within(Duration age) {
    if (!ledger.isOpen()) {
      throw new LedgerUnavailable("The ledger is closed.", null);
    }
    Look look = look(age);
    long left = patience.toNanos() - (System.nanoTime() - look.begun());
    try {
      return look.seen().get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new LedgerUnavailable(
          "The database has not answered for " + patience.toMillis() + " ms.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailable("Looking at the ledger was interrupted.", e);
    }
  }

  /** One that still goes on is joined: the next one would only wait behind it. */
  private synchronized Look look(Duration age) {
    Look known = last;
    if (known == null || (known.seen().isDone() && !known.isYoungerThan(age))) {
      known = new Look(CompletableFuture.supplyAsync(this::see, thread), System.nanoTime());
      last = known;
    }
    return known;
  }

  private Seen see() {
    return new Seen(ledger.reader().stats(), views == null ? List.of() : views.states());
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}

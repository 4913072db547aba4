package org.sessionledger.app.openclaw.follow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.openclaw.Decider;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;

/**
 * A ledger that may be away for a while, as a server is that is started anew: what it does not
 * answer is asked again until it does. Commands have ids, so what it decided before it went is a
 * duplicate then.
 */
public final class PatientDecider implements Decider {

  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private final Supplier<Optional<Decider>> finder;
  private final Predicate<RuntimeException> absence;
  private final Consumer<String> trouble;
  private final Duration pause;
  private final CountDownLatch enough = new CountDownLatch(1);
  private volatile Decider ledger;

  /**
   * @param finder finds the ledger again, which may be at another address; empty: nobody is there
   * @param absence which failures say that it is away, beside its own answers that it is busy
   * @param trouble hears, once, that it is away, and that it is back
   */
  public PatientDecider(
      Decider ledger,
      Supplier<Optional<Decider>> finder,
      Predicate<RuntimeException> absence,
      Consumer<String> trouble) {
    this(ledger, finder, absence, trouble, PAUSE);
  }

  PatientDecider(
      Decider ledger,
      Supplier<Optional<Decider>> finder,
      Predicate<RuntimeException> absence,
      Consumer<String> trouble,
      Duration pause) {
    this.pause = pause;
    this.ledger = ledger;
    this.finder = finder;
    this.absence = absence;
    this.trouble = trouble;
  }

  /** What is not answered now is a failure from now on. */
  public void hurry() {
    enough.countDown();
  }

  @Override
  public List<Ruling> decide(List<Arrival> arrivals) {
    return patiently(() -> ledger.decide(arrivals));
  }

  @Override
  public Optional<Replay.LedgerSession> session(SessionKey key, long minVersion) {
    return patiently(() -> ledger.session(key, minVersion));
  }

  private <T> T patiently(Supplier<T> question) {
    boolean away = false;
    while (true) {
      try {
        T answer = question.get();
        if (away) {
          trouble.accept("The ledger answers again; nothing of what was heard is lost.");
        }
        return answer;
      } catch (RuntimeException e) {
        if (!mayAnswerLater(e)) {
          throw e;
        }
        if (!away) {
          trouble.accept("The ledger does not answer, and is asked again: " + e.getMessage());
        }
        away = true;
        pauseOr(e);
        finder.get().ifPresent(found -> ledger = found);
      }
    }
  }

  private boolean mayAnswerLater(RuntimeException e) {
    return absence.test(e)
        || (e instanceof ApiProblem problem
            && (problem.status() == UNAVAILABLE || problem.status() == TOO_MANY_REQUESTS));
  }

  private void pauseOr(RuntimeException failure) {
    try {
      if (enough.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failure;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}

package org.sessionledger.app.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
final class PatientDecider implements Decider {

  private static final long PAUSE_MILLIS = 500;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private final Supplier<Optional<Decider>> finder;
  private final Consumer<String> trouble;
  private final CountDownLatch enough = new CountDownLatch(1);
  private volatile Decider ledger;

  /**
   * @param finder finds the ledger again, which may be at another address; empty: nobody is there
   * @param trouble hears, once, that it is away, and that it is back
   */
  PatientDecider(Decider ledger, Supplier<Optional<Decider>> finder, Consumer<String> trouble) {
    this.ledger = ledger;
    this.finder = finder;
    this.trouble = trouble;
  }

  /** What is not answered now is a failure from now on. */
  void hurry() {
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
      } catch (Failure | ApiProblem e) {
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

  private static boolean mayAnswerLater(RuntimeException e) {
    return e instanceof Failure
        || (e instanceof ApiProblem problem
            && (problem.status() == UNAVAILABLE || problem.status() == TOO_MANY_REQUESTS));
  }

  private void pauseOr(RuntimeException failure) {
    try {
      if (enough.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw failure;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}

package org.sessionledger.projections.kit;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: parked sessions are tried again, and what rebuilds of dead
 * nodes left behind is cleared away. The first time is when the views start.
 */
final class Upkeep implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private static final long INTERVAL_SECONDS = 60;

  /** A database that is away must not keep a node from ending. */
  private static final long END_MILLIS = 5_000;

  private final Rebuilds rebuilds;
  private final List<Unparking> parked;
  private final Thread thread = new Thread(this::run, "session-ledger-keeps-views");
  private final CountDownLatch closing = new CountDownLatch(1);

  Upkeep(Rebuilds rebuilds, List<Unparking> parked) {
    this.rebuilds = rebuilds;
    this.parked = parked;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    do {
      attempt(rebuilds::sweep);
      parked.forEach(each -> attempt(each::round));
    } while (!isClosing());
  }

  private static void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.warn("The upkeep of the views failed; it is tried again", e);
    }
  }

  private boolean isClosing() {
    try {
      return closing.await(INTERVAL_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      LOG.warn("The upkeep of the views is interrupted by nobody's right; it goes on");
      return false;
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package org.sessionledger.app.feed;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what is new, once for everybody; nothing while nobody listens. */
final class News extends Thread {

  private static final Logger LOG = LoggerFactory.getLogger(News.class);

  /** At least so long between two looks: what is committed in between is read together. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** The newest messages are kept up to these limits; who is further behind is served by pages. */
  private static final int MESSAGES_MAX = 4_096;

  private static final long WEIGHT_MAX = 16 << 20;

  private final Feed feed;
  private final FeedSource source;
  private volatile Window tail;
  private volatile boolean closing;

  News(Feed feed, FeedSource source, String name) {
    super(name);
    setDaemon(true);
    this.feed = feed;
    this.source = source;
    this.tail = Window.emptyAt(source.newest());
  }

  Window tail() {
    return tail;
  }

  void wake() {
    LockSupport.unpark(this);
  }

  void close() {
    closing = true;
    wake();
  }

  @Override
  public void run() {
    boolean idle = true;
    boolean failed = false;
    while (!closing) {
      if (feed.readers() == 0) {
        idle = true;
        LockSupport.park(this);
        continue;
      }
      if (idle) {
        // What happened meanwhile is of interest to those only who ask for it.
        tail = Window.emptyAt(source.newest());
        idle = false;
      }
      try {
        look();
        failed = false;
      } catch (RuntimeException e) {
        if (!failed) {
          LOG.warn("{} failed; trying again", getName(), e);
          failed = true;
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  private void look() {
    long newest = source.newest();
    if (newest <= tail.upTo()) {
      LockSupport.park(this);
      return;
    }
    tail = tail.with(source.read(tail.upTo(), newest), MESSAGES_MAX, WEIGHT_MAX);
    feed.told();
    if (tail.upTo() >= newest) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}

package org.sessionledger.app.feed;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that serves readers in rounds; each reader is one worker's at a time. */
abstract class Worker extends Thread {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /** How often somebody who is stuck, or owed a heartbeat, is looked for. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** No pause between two rounds is longer, however long a round took. */
  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Queue<FeedReader> arrivals = new ConcurrentLinkedQueue<>();
  private final Set<FeedReader> readers = new LinkedHashSet<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private volatile boolean closing;
  private boolean failed;

  Worker(String name) {
    super(name);
    setDaemon(true);
  }

  /** Serves readers that take something; true when one of them wants more of what there is. */
  abstract boolean serve(Set<FeedReader> mine, long now);

  /** Hands a reader over to this worker. */
  final void take(FeedReader reader) {
    reader.belongsTo(this);
    arrivals.add(reader);
    wake();
  }

  final void wake() {
    if (awake.compareAndSet(false, true)) {
      LockSupport.unpark(this);
    }
  }

  final void close() {
    closing = true;
    wake();
  }

  @Override
  public void run() {
    while (!closing) {
      awake.set(false);
      long start = System.nanoTime();
      boolean more = round(start);
      long took = System.nanoTime() - start;
      if (more || awake.get()) {
        // Half a core at most: the ledger goes first, and what comes meanwhile is told together.
        rest(Math.min(took, PAUSE_NANOS_MAX));
      } else {
        LockSupport.parkNanos(this, LOOK_NANOS);
      }
    }
    arrive();
    readers.forEach(FeedReader::end);
  }

  /** Whoever wakes it up meanwhile has to wait. */
  private void rest(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !closing; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private boolean round(long now) {
    arrive();
    try {
      boolean more = serve(readers, now);
      failed = false;
      look(now);
      return more;
    } catch (RuntimeException e) {
      if (!failed) {
        LOG.warn("{} failed; trying again", getName(), e);
        failed = true;
      }
      look(now);
      rest(RETRY_NANOS);
      return true;
    }
  }

  private void arrive() {
    for (FeedReader each = arrivals.poll(); each != null; each = arrivals.poll()) {
      readers.add(each);
    }
  }

  private void look(long now) {
    for (Iterator<FeedReader> all = readers.iterator(); all.hasNext(); ) {
      FeedReader reader = all.next();
      if (reader.isGone() || reader.cutWhenStuck(now)) {
        all.remove();
      }
    }
  }
}

package org.sessionledger.app.feed;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One feed: any number of readers, each at its own place, none of which slows the ledger or another
 * reader.
 *
 * <pre>
 * commits ──► News ── the newest messages, read once ──► Lane ──► readers that are up to date
 *                                     database, by pages ──► CatchUp ──► readers that are behind
 * </pre>
 *
 * A reader is a place in the feed and a connection that is never waited for. Memory is bounded by
 * the newest messages, one page, and one chunk a reader.
 */
public final class Feed implements AutoCloseable {

  private static final long END_MILLIS = 2_000;

  private static final int LANES_MAX = 4;

  private final FeedSource source;
  private final FeedTimes times;
  private final AtomicInteger readers = new AtomicInteger();
  private final News news;
  private final List<Lane> lanes = new ArrayList<>();
  private final CatchUp catchUp;
  private final Runnable listener;
  private boolean closed;

  public Feed(FeedSource source) {
    this(source, FeedTimes.USUAL);
  }

  Feed(FeedSource source, FeedTimes times) {
    this.source = source;
    this.times = times;
    String name = "session-ledger-feed-" + source.name();
    this.news = new News(this, source, name + "-news");
    this.catchUp = new CatchUp(this, source, name + "-catch-up");
    // A lane takes half a core at most.
    int lanesWanted =
        Math.min(LANES_MAX, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    for (int i = 1; i <= lanesWanted; i++) {
      lanes.add(new Lane(this, name + "-" + i));
    }
    this.listener = news::wake;
    source.listen(listener);
    news.start();
    catchUp.start();
    lanes.forEach(Thread::start);
  }

  /** How many listen. */
  public int readers() {
    return readers.get();
  }

  /**
   * Takes a reader in; it hears of everything after its place, each message once.
   *
   * @param async the reader's request, which is ended here
   * @param hangUp breaks its connection at once, whatever is still to be written
   * @param position the newest id that it has; null: what comes next is the first
   * @param prefix what the session keys begin with that it wants to hear of; null: everything
   * @return false when the feed is closed; the request is the caller's then
   */
  public boolean join(
      AsyncContext async,
      ServletOutputStream out,
      Runnable hangUp,
      @Nullable Long position,
      @Nullable String prefix)
      throws IOException {
    synchronized (this) {
      if (closed) {
        return false;
      }
      FeedReader reader =
          new FeedReader(
              async,
              out,
              hangUp,
              position == null ? source.newest() : position,
              prefix,
              times,
              readers::decrementAndGet);
      readers.incrementAndGet();
      news.wake();
      laneOf(reader).take(reader);
      async.addListener(reader);
      out.setWriteListener(reader);
      return true;
    }
  }

  Window tail() {
    return news.tail();
  }

  void told() {
    lanes.forEach(Worker::wake);
  }

  void behind(FeedReader reader) {
    catchUp.take(reader);
  }

  void upToDate(FeedReader reader) {
    laneOf(reader).take(reader);
  }

  private Lane laneOf(FeedReader reader) {
    return lanes.get(Math.floorMod(System.identityHashCode(reader), lanes.size()));
  }

  /** Ends every reader, so that it connects again, here or elsewhere. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    source.forget(listener);
    news.close();
    catchUp.close();
    lanes.forEach(Worker::close);
    try {
      news.join(END_MILLIS);
      catchUp.join(END_MILLIS);
      for (Lane lane : lanes) {
        lane.join(END_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

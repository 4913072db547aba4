package org.sessionledger.app.feed;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One who listens: a connection, and how far it is. It holds no messages. One {@link Worker} at a
 * time writes to it; the web server tells from threads of its own when it takes more, and when it
 * is gone.
 */
final class FeedReader implements WriteListener, AsyncListener {

  private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);

  /** Chunks for one reader before the next one's turn. */
  private static final int TURN_CHUNKS = 4;

  private final Object lock = new Object();
  private final AsyncContext async;
  private final ServletOutputStream out;
  private final Runnable hangUp;
  private final @Nullable String prefix;
  private final FeedTimes times;
  private final Runnable left;
  private long position;
  private boolean begun;
  private boolean unflushed;
  private long nextBeat;
  private long blockedSince;
  private boolean ended;
  private volatile @Nullable Worker worker;
  private volatile boolean writable;
  private volatile boolean gone;

  /**
   * @param hangUp breaks the connection at once, whatever is still to be written
   * @param position the newest id that it has
   * @param prefix null: it wants every message
   * @param left is run once, when it is gone
   */
  FeedReader(
      AsyncContext async,
      ServletOutputStream out,
      Runnable hangUp,
      long position,
      @Nullable String prefix,
      FeedTimes times,
      Runnable left) {
    this.async = async;
    this.out = out;
    this.hangUp = hangUp;
    this.position = position;
    this.prefix = prefix;
    this.times = times;
    this.left = left;
    this.blockedSince = System.nanoTime();
    this.nextBeat = blockedSince + times.beat().toNanos();
  }

  long position() {
    return position;
  }

  boolean isGone() {
    return gone;
  }

  boolean isWritable() {
    return writable;
  }

  void belongsTo(Worker next) {
    worker = next;
  }

  /** True when it wants something of a window and takes it. */
  boolean isWaitingFor(Window window) {
    return writable && !gone && position < window.upTo();
  }

  /** Writes what there is after its position, and what is due, as far as it takes it. */
  void serve(Chunks chunks, long now) {
    synchronized (lock) {
      if (gone || !writable) {
        return;
      }
      try {
        write(chunks, now);
        return;
      } catch (FeedMessage.Unreadable e) {
        LOG.warn("A reader of a feed is cut off after message {}", position, e);
        leave();
      } catch (IOException | RuntimeException e) {
        // The web server notices, too, and ends the request.
        LOG.debug("A reader of a feed is gone", e);
        leave();
        return;
      }
    }
    // Who heard nothing more would take it for silence. It gets what was written before.
    complete();
  }

  private void write(Chunks chunks, long now) throws IOException {
    int turns = TURN_CHUNKS;
    while (takesMore(now)) {
      Window.Chunk chunk = null;
      if (begun && turns > 0) {
        turns--;
        chunk = chunks.after(position, prefix);
        position = chunk.upTo();
      }
      if (!begun) {
        begun = true;
        // With the place: a client that loses its connection before the first message needs it.
        put("retry: 1000\n" + beat());
      } else if (chunk != null && chunk.bytes().length > 0) {
        put(chunk.bytes());
      } else if (now >= nextBeat) {
        nextBeat = now + times.beat().toNanos();
        put(beat());
      } else if (unflushed) {
        unflushed = false;
        out.flush();
      } else {
        return;
      }
    }
  }

  /** Whatever it does not take now, the web server tells when it does. */
  private boolean takesMore(long now) {
    // First, because the answer may be overtaken by that call.
    blockedSince = now;
    writable = false;
    if (out.isReady()) {
      writable = true;
      return true;
    }
    return false;
  }

  private String beat() {
    return ": position " + position + "\n\n";
  }

  private void put(String text) throws IOException {
    put(text.getBytes(StandardCharsets.UTF_8));
  }

  private void put(byte[] bytes) throws IOException {
    out.write(bytes);
    unflushed = true;
  }

  /** Cuts off who has taken nothing for too long. */
  boolean cutWhenStuck(long now) {
    synchronized (lock) {
      if (writable || gone || now - blockedSince < times.patience().toNanos()) {
        return false;
      }
      leave();
    }
    hangUp.run();
    return true;
  }

  /** Ends it so that its client connects again. */
  void end() {
    boolean clean;
    synchronized (lock) {
      if (gone) {
        return;
      }
      clean = writable;
      leave();
    }
    if (clean) {
      complete();
    } else {
      hangUp.run();
    }
  }

  private void complete() {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      LOG.debug("A reader's request has ended already", e);
    }
  }

  private void leave() {
    gone = true;
    if (!ended) {
      ended = true;
      left.run();
    }
    wakeWorker();
  }

  private void wakeWorker() {
    Worker mine = worker;
    if (mine != null) {
      mine.wake();
    }
  }

  @Override
  public void onWritePossible() {
    writable = true;
    wakeWorker();
  }

  /** Of the connection. */
  @Override
  public void onError(Throwable e) {
    LOG.debug("A reader's connection broke", e);
    synchronized (lock) {
      leave();
    }
  }

  /** Of the request. */
  @Override
  public void onError(AsyncEvent event) {
    synchronized (lock) {
      leave();
    }
    complete();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    synchronized (lock) {
      leave();
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    onError(event);
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // Nobody starts it again.
  }
}

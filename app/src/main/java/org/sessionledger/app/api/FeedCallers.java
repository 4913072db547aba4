package org.sessionledger.app.api;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.Tokens;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hangs up on readers of the live feeds whose token is no good any more, or who signed out. */
final class FeedCallers {

  private static final Logger LOG = LoggerFactory.getLogger(FeedCallers.class);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  private static final String SIGNED_IN = FeedCallers.class.getName();

  /**
   * A reader.
   *
   * @param session null: he showed his token
   */
  private record Reader(Caller caller, Runnable hangUp, @Nullable SignedIn session) {}

  /** Is in a session of the console from which somebody reads, and knows when it ends. */
  private final class SignedIn implements HttpSessionBindingListener {

    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
      for (Reader reader : readers.values()) {
        if (reader.session() == this) {
          reader.hangUp().run();
        }
      }
    }
  }

  private final Tokens tokens;
  private final Map<AsyncContext, Reader> readers = new ConcurrentHashMap<>();
  private @Nullable ScheduledExecutorService thread;

  FeedCallers(Tokens tokens) {
    this.tokens = tokens;
    tokens.onRevocation(id -> look());
  }

  synchronized void start() {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread daemon = new Thread(task, "session-ledger-feed-callers");
              daemon.setDaemon(true);
              return daemon;
            });
    long every = LOOK_EVERY.toMillis();
    // It never fails: look() keeps what goes wrong to itself.
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
  }

  synchronized void stop() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }

  /** Before the reader's first byte: whoever is revoked from now on is seen. */
  void joins(Caller caller, AsyncContext async, Runnable hangUp, @Nullable HttpSession session) {
    if (!caller.isKnown()) {
      return;
    }
    SignedIn signedIn = session == null ? null : signedIn(session);
    readers.put(async, new Reader(caller, hangUp, signedIn));
    if (session != null && !isSignedIn(session)) {
      hangUp.run(); // It ended meanwhile.
    }
    async.addListener(new Leaving(async));
  }

  private synchronized @Nullable SignedIn signedIn(HttpSession session) {
    try {
      if (session.getAttribute(SIGNED_IN) instanceof SignedIn known) {
        return known;
      }
      SignedIn signedIn = new SignedIn();
      session.setAttribute(SIGNED_IN, signedIn);
      return signedIn;
    } catch (IllegalStateException e) {
      return null; // It has ended.
    }
  }

  private static boolean isSignedIn(HttpSession session) {
    try {
      return session.getAttribute(SIGNED_IN) != null;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void look() {
    Map<Caller, Boolean> good = new HashMap<>();
    for (Reader reader : readers.values()) {
      try {
        if (!good.computeIfAbsent(reader.caller(), tokens::isGood)) {
          reader.hangUp().run();
        }
      } catch (RuntimeException e) {
        // The database is away; it is asked again.
        LOG.debug("nobody knows whether a token is still good", e);
      }
    }
  }

  private final class Leaving implements AsyncListener {

    private final AsyncContext async;

    Leaving(AsyncContext async) {
      this.async = async;
    }

    @Override
    public void onComplete(AsyncEvent event) {
      readers.remove(async);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      readers.remove(async);
    }

    @Override
    public void onError(AsyncEvent event) {
      readers.remove(async);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // It began before.
    }
  }
}

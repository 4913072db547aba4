package org.sessionledger.core.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open handles of this process: told of rotations, and kept alive. It holds on to none: a
 * handle that the program lost sight of is not kept alive, so that its lease runs out.
 */
final class Handles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Handles.class);

  /** Sessions that are not worth a look for those without a handle left. */
  private static final int FEW = 1_024;

  private final Map<SessionKey, Set<RunHandle>> open = new ConcurrentHashMap<>();
  private final @Nullable ScheduledExecutorService timer;

  /** So many sessions are due a look: twice as many as the last one left. */
  private volatile int due = FEW;

  Handles(@Nullable Duration keepAlive) {
    timer = keepAlive == null ? null : timer(keepAlive);
  }

  private ScheduledExecutorService timer(Duration keepAlive) {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "session-ledger-keep-alive");
              thread.setDaemon(true);
              return thread;
            });
    // Looked at twice as often, so that no silence lasts longer than one and a half times as long.
    long each = Math.max(1, keepAlive.toMillis() / 2);
    var unused =
        executor.scheduleWithFixedDelay(
            () -> keepAlive(keepAlive), each, each, TimeUnit.MILLISECONDS);
    return executor;
  }

  void add(RunHandle handle) {
    open.compute(
        handle.sessionKey(),
        (key, handles) -> {
          Set<RunHandle> all =
              handles == null ? Collections.newSetFromMap(new WeakHashMap<>()) : handles;
          all.add(handle);
          return all;
        });
    if (open.size() > due) {
      forget();
    }
  }

  /** Of a handle that the program lost sight of, nobody tells; its session would stay for ever. */
  private synchronized void forget() {
    if (open.size() > due) {
      open.keySet().forEach(this::of);
      due = Math.max(FEW, 2 * open.size());
    }
  }

  /** Sessions that are remembered. */
  int sessions() {
    return open.size();
  }

  void remove(RunHandle handle) {
    open.computeIfPresent(
        handle.sessionKey(),
        (key, handles) -> {
          handles.remove(handle);
          return handles.isEmpty() ? null : handles;
        });
  }

  private List<RunHandle> of(SessionKey key) {
    List<RunHandle> found = new ArrayList<>();
    open.computeIfPresent(
        key,
        (same, handles) -> {
          found.addAll(handles);
          return handles.isEmpty() ? null : handles;
        });
    return found;
  }

  /** Called before the sender of a command hears of its decision. */
  void decided(Incoming incoming, Decision decision) {
    if (open.isEmpty()
        || decision.verdict() != Verdict.ACCEPTED
        || !(incoming instanceof Arrival arrival)
        || !rotates(arrival.command())) {
      return;
    }
    SessionKey key = arrival.command().sessionKey();
    if (key != null) {
      of(key).forEach(handle -> handle.rotated(arrival.command(), decision));
    }
  }

  private static boolean rotates(SessionCommand command) {
    return command instanceof SessionCommand.ResetSession
        || command instanceof SessionCommand.CompactSession
        || command instanceof SessionCommand.RestoreSession
        || command instanceof SessionCommand.MigrateSession
        || command instanceof SessionCommand.CloseSession;
  }

  private void keepAlive(Duration silence) {
    long since = System.nanoTime() - silence.toNanos();
    for (SessionKey key : open.keySet()) {
      for (RunHandle handle : of(key)) {
        if (handle.isSilentSince(since)) {
          keepAlive(handle);
        }
      }
    }
  }

  private static void keepAlive(RunHandle handle) {
    try {
      var unused =
          handle
              .keepAliveLater()
              .whenComplete(
                  (decision, failure) -> {
                    if (failure != null) {
                      LOG.warn("The lease of {} was not renewed", handle, failure);
                    }
                  });
    } catch (RuntimeException e) {
      // The next look tries again; meanwhile the lease goes on running out.
      LOG.warn("The lease of {} was not renewed", handle, e);
    }
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}

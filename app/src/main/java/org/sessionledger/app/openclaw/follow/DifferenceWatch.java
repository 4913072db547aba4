package org.sessionledger.app.openclaw.follow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Claim;
import org.sessionledger.app.openclaw.Decider;
import org.sessionledger.app.openclaw.FrameIntake;
import org.sessionledger.app.openclaw.Replay.Difference;
import org.sessionledger.core.identity.SessionKey;

/**
 * Holds what the gateway shows against the ledger, once a session has said nothing for a while. A
 * thread of its own asks: a view that lags would hold up the frames.
 */
final class DifferenceWatch implements AutoCloseable {

  /** Sessions that are watched, and differences that are remembered. */
  private static final int SESSIONS_MAX = 50_000;

  /** Questions that are under way. */
  private static final int ASKED_MAX = 256;

  private record Answer(
      SessionKey key, Optional<Difference> difference, @Nullable RuntimeException failure) {}

  private final Decider decider;
  private final FollowListener listener;
  private final long settleNanos;
  private final Map<SessionKey, Long> due = new LinkedHashMap<>();
  private final Map<SessionKey, Difference> told = new LinkedHashMap<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final ExecutorService asking =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "openclaw-differences");
            thread.setDaemon(true);
            return thread;
          });
  private int asked;
  private boolean failed;

  DifferenceWatch(Decider decider, FollowListener listener, Duration settle) {
    this.decider = decider;
    this.listener = listener;
    this.settleNanos = settle.toNanos();
  }

  /** The differences that there are, as far as they were found. */
  List<Difference> differences() {
    return new ArrayList<>(told.values());
  }

  /** Takes note of what was touched, asks what is due, tells what was answered. */
  void tend(FrameIntake intake) {
    touched(intake);
    long now = System.nanoTime();
    Iterator<Map.Entry<SessionKey, Long>> eldest = due.entrySet().iterator();
    while (asked < ASKED_MAX && eldest.hasNext()) {
      Map.Entry<SessionKey, Long> next = eldest.next();
      if (next.getValue() - now > 0) {
        break;
      }
      eldest.remove();
      intake.claim(next.getKey()).ifPresent(this::ask);
    }
    tell();
  }

  private void touched(FrameIntake intake) {
    long at = System.nanoTime() + settleNanos;
    for (SessionKey key : intake.takeTouched()) {
      due.remove(key); // It goes to the end: the map is in the order in which they are due.
      if (due.size() < SESSIONS_MAX) {
        due.put(key, at);
      }
    }
  }

  /** How long until something has to be done; {@code most} when nothing has. */
  long waitNanos(long most) {
    if (asked > 0) {
      return Math.min(most, TimeUnit.MILLISECONDS.toNanos(50));
    }
    return due.isEmpty()
        ? most
        : Math.min(most, Math.max(0, due.values().iterator().next() - System.nanoTime()));
  }

  private void ask(Claim claim) {
    asked++;
    asking.execute(() -> answers.add(answer(claim)));
  }

  private Answer answer(Claim claim) {
    try {
      return new Answer(claim.key(), claim.against(decider), null);
    } catch (RuntimeException e) {
      return new Answer(claim.key(), Optional.empty(), e);
    }
  }

  private void tell() {
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      asked--;
      if (!due.containsKey(answer.key())) { // Otherwise more was heard since.
        tell(answer);
      }
    }
  }

  private void tell(Answer answer) {
    if (answer.failure() != null) {
      if (!failed) {
        listener.trouble(
            "A session could not be compared with the ledger: " + answer.failure().getMessage());
      }
      failed = true;
      return;
    }
    failed = false;
    Difference now = answer.difference().orElse(null);
    Difference before = told.get(answer.key());
    if (now == null) {
      if (told.remove(answer.key()) != null) {
        listener.agrees(answer.key());
      }
    } else if (!now.equals(before)) {
      if (before != null || told.size() < SESSIONS_MAX) {
        told.put(answer.key(), now);
      }
      listener.differs(now);
    }
  }

  /** Compares what was touched and not compared yet, as it is now. */
  void finish(FrameIntake intake, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    touched(intake);
    asking.shutdown();
    asking.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    tell();
    List<SessionKey> left = new ArrayList<>(due.keySet());
    due.clear();
    for (SessionKey key : left) {
      if (System.nanoTime() - end > 0) {
        listener.trouble("Not every session was compared with the ledger at the end.");
        return;
      }
      intake.claim(key).map(this::answer).ifPresent(this::tell);
    }
  }

  @Override
  public void close() {
    asking.shutdownNow();
  }
}

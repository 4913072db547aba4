package org.sessionledger.projections.kit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.axonframework.queryhandling.QueryUpdateEmitter;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.store.LedgerReader.SessionChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells subscribers on this node what is new, when the table that answers first has it: whoever
 * subscribes and then asks misses nothing in between. On a thread of its own, so that a slow
 * subscriber slows neither the ledger nor the views.
 */
final class Updates implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Updates.class);

  private static final int PAGE = 256;

  /** How often to look how far the views are while nobody subscribes. */
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How long to wait for a view before looking whether to end. */
  private static final Duration WAIT = Duration.ofMillis(250);

  private static final long END_MILLIS = 2_000;

  private final Ledger ledger;
  private final Views views;
  private final List<LiveView> live;
  private final Thread thread = new Thread(this::run, "session-ledger-updates");
  private final Runnable wakeUp;

  /** Up to where each view's subscribers know everything. */
  private final Map<String, Long> told = new LinkedHashMap<>();

  private long toldDecisions;
  private long lookedAt;
  private @Nullable QueryUpdateEmitter emitter;
  private volatile boolean closing;

  Updates(Ledger ledger, Views views, List<LiveView> live) {
    this.ledger = ledger;
    this.views = views;
    this.live = live;
    this.wakeUp = () -> LockSupport.unpark(thread);
  }

  void start(QueryUpdateEmitter of) {
    emitter = of;
    ledger.commits().listen(wakeUp);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    boolean failed = false;
    lookHowFar();
    while (!closing) {
      try {
        if (!step()) {
          LockSupport.parkNanos(this, IDLE_NANOS);
        }
        failed = false;
      } catch (RuntimeException e) {
        if (!failed && !closing) {
          LOG.warn("Subscribers cannot be told of updates; trying again", e);
          failed = true;
        }
        LockSupport.parkNanos(IDLE_NANOS);
      }
    }
  }

  private void lookHowFar() {
    live.forEach(view -> told.put(view.name(), views.position(view.name())));
    toldDecisions = ledger.commits().decisionSeq();
    lookedAt = System.nanoTime();
  }

  /** False when there is nothing to do now. */
  private boolean step() {
    QueryUpdateEmitter to = emitter;
    if (to == null) {
      return false;
    }
    if (to.activeSubscriptions().isEmpty()) {
      rest(to);
      return false;
    }
    boolean more = false;
    for (LiveView view : live) {
      more |= tell(view, to);
    }
    return tellOfRefusals(to) || more;
  }

  /** Who subscribes after this look finds all of it in the first answer. */
  private void rest(QueryUpdateEmitter to) {
    if (System.nanoTime() - lookedAt >= IDLE_NANOS) {
      Map<String, Long> before = new LinkedHashMap<>(told);
      long decisionsBefore = toldDecisions;
      lookHowFar();
      if (!to.activeSubscriptions().isEmpty()) {
        // Somebody came meanwhile, and may have asked before the look.
        told.putAll(before);
        toldDecisions = decisionsBefore;
      }
    }
  }

  private boolean tell(LiveView view, QueryUpdateEmitter to) {
    long from = told.getOrDefault(view.name(), 0L);
    if (ledger.commits().position() <= from) {
      return false;
    }
    if (!views.awaitAfter(view.name(), from, WAIT)) {
      return true;
    }
    long upTo = Math.min(views.position(view.name()), ledger.commits().position());
    for (SessionChange change : ledger.reader().changesAfter(from, upTo, PAGE)) {
      view.tell(to, change);
      told.put(view.name(), change.position());
    }
    return true;
  }

  private boolean tellOfRefusals(QueryUpdateEmitter to) {
    long upTo = ledger.commits().decisionSeq();
    if (upTo <= toldDecisions) {
      return false;
    }
    List<LoggedDecision> lines = ledger.reader().refusalsAfter(toldDecisions, upTo, PAGE);
    for (LoggedDecision line : lines) {
      to.emit(FindDecisions.class, query -> query.wants(line), line);
      toldDecisions = line.seq();
    }
    if (lines.size() < PAGE) {
      toldDecisions = upTo;
    }
    return true;
  }

  @Override
  public void close() {
    closing = true;
    ledger.commits().forget(wakeUp);
    wakeUp.run();
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package org.sessionledger.projections.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.OpenRun;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.Views;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interrupts runs that nothing runs any more, by commands like anybody's: those whose lease ran
 * out, and, in a data folder, those of earlier processes of the same component, which cannot live
 * while this one has the folder. It presumes; a run's own end, coming later, corrects it.
 *
 * <p>It alone reads the clock: the command that it sends names the renewal that it saw last, so
 * that a newer one wins. Of several nodes, the one that keeps the status view watches.
 */
public final class RunWatchdog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunWatchdog.class);

  private static final String COMPONENT = "watchdog";

  /** Sessions that are looked at together. */
  private static final int PAGE = 200;

  /** Looks in the time of one lease: no run is open for longer than a tenth of it too long. */
  private static final int LOOKS = 10;

  private static final long LOOK_MAX_MILLIS = 60_000;

  /** The view does not run yet, or on another node. */
  private static final long NOT_YET_MILLIS = 1_000;

  /** A database that is away must not keep a program from ending. */
  private static final long END_MILLIS = 5_000;

  private final Ledger ledger;
  private final SessionStatusView sessions;
  private final Views views;
  private final Duration lease;
  private final Source source;
  private final Thread thread = new Thread(this::run, "session-ledger-watchdog");
  private final CountDownLatch closing = new CountDownLatch(1);

  private RunWatchdog(Ledger ledger, Views views, Duration lease) {
    if (lease.isZero() || lease.isNegative()) {
      throw new IllegalArgumentException("the lease is " + lease + ", it must be above zero");
    }
    this.ledger = ledger;
    this.views = views;
    this.sessions = views.view(SessionStatusView.class);
    this.lease = lease;
    this.source = new Source(COMPONENT, ledger.options().source().instance(), null);
  }

  /**
   * Begins to watch; {@link #close} ends it.
   *
   * @param lease how long an open run may say nothing
   * @throws IllegalArgumentException when the views have no status view, or the lease is not above
   *     zero
   */
  public static RunWatchdog start(Ledger ledger, Views views, Duration lease) {
    RunWatchdog watchdog = of(ledger, views, lease);
    watchdog.thread.setDaemon(true);
    watchdog.thread.start();
    return watchdog;
  }

  /** One that looks when it is told to. */
  static RunWatchdog of(Ledger ledger, Views views, Duration lease) {
    return new RunWatchdog(ledger, views, lease);
  }

  private void run() {
    boolean looked;
    do {
      looked = false;
      try {
        if (views.runsHere(sessions.name())) {
          look();
          looked = true;
        }
      } catch (LedgerUnavailable e) {
        LOG.info("The watchdog stops: {}", e.getMessage());
        return;
      } catch (RuntimeException e) {
        LOG.warn("The watchdog could not look; it tries again", e);
      }
    } while (!isClosing(looked));
  }

  private boolean isClosing(boolean looked) {
    try {
      long most = looked ? LOOK_MAX_MILLIS : NOT_YET_MILLIS;
      long pause = Math.max(1, Math.min(most, lease.toMillis() / LOOKS));
      return closing.await(pause, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      LOG.warn("The watchdog is interrupted by nobody's right; it goes on");
      return false;
    }
  }

  /**
   * Looks once at every session that has open runs.
   *
   * @return how many runs it interrupted
   */
  int look() {
    Instant expired = ledger.options().clock().instant().minus(lease);
    int interrupted = 0;
    String cursor = null;
    do {
      Page<SessionStatus> page =
          sessions.find(new FindSessions(Status.RUNNING, null, PAGE, cursor));
      List<Arrival> commands = new ArrayList<>();
      for (SessionStatus session : page.items()) {
        commands.addAll(lost(session.sessionKey(), expired));
      }
      for (Decision decision : ledger.decideAll(commands)) {
        interrupted += decision.verdict() == Verdict.ACCEPTED ? 1 : 0;
      }
      cursor = page.nextCursor();
    } while (cursor != null);
    if (interrupted > 0) {
      LOG.info("The watchdog interrupted {} runs", interrupted);
    }
    return interrupted;
  }

  private List<Arrival> lost(SessionKey key, Instant expired) {
    List<Arrival> commands = new ArrayList<>();
    for (OpenRun run : ledger.reader().openRuns(key)) {
      String why = isOfTheDead(key, run) ? "its process is gone" : expired(key, run, expired);
      if (why != null) {
        commands.add(
            Arrival.of(
                Ledger.newCommandId(),
                new SessionCommand.InterruptRuns(
                    key, null, run.runId(), run.attempt(), run.renewedVersion()),
                new Provenance(source, null, why, null, null)));
      }
    }
    return commands;
  }

  private @Nullable String expired(SessionKey key, OpenRun run, Instant expired) {
    Optional<Instant> renewed =
        ledger.reader().event(key, run.renewedVersion()).map(RecordedEvent::recordedAt);
    return renewed.isPresent() && renewed.get().isBefore(expired)
        ? "its lease of " + lease.toSeconds() + " s ran out: its last sign is of " + renewed.get()
        : null;
  }

  /**
   * Another process of the same component, which started a run before this one opened the data
   * folder, cannot live beside it. What came since came through this process, whoever sent it.
   */
  private boolean isOfTheDead(SessionKey key, OpenRun run) {
    Source own = ledger.options().source();
    return ledger.isAlone()
        && run.instance() != null
        && !run.instance().equals(own.instance())
        && own.component() != null
        && ledger
            .reader()
            .event(key, run.startedVersion())
            .filter(started -> started.position() <= ledger.openedAt())
            .map(event -> event.provenance().source().component())
            .filter(own.component()::equals)
            .isPresent();
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

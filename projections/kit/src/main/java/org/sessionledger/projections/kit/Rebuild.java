package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.store.LedgerReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds one view beside the live one: fills a new table from all events, compares the two, and
 * puts the new one in the place of the live one, which serves and stays up to date all the while.
 *
 * <p>The view's token says how far the live table is. Who holds its row in a transaction keeps the
 * live table where it is; that is done for moments only: to see both tables at one position, and to
 * switch.
 */
final class Rebuild implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);

  /** The new table is that close to the live one before the live one is made to wait. */
  private static final long NEAR = 500;

  /** Sessions that are compared while the live one waits. */
  private static final int FEW = 500;

  /** How often it gets nearer before it takes what there is: commands may come faster. */
  private static final int ROUNDS_MAX = 8;

  private static final long TELL_MILLIS = 300;

  /** It was cancelled, or another node took it for dead. */
  private static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Ended(String message) {
      super(message);
    }
  }

  /** Differences that are listed may be so long together, and one more: they go into one row. */
  private static final long LISTED_CHARACTERS_MAX = 400_000;

  private final DataSource dataSource;
  private final LedgerReader reader;
  private final RebuildRows rows;
  private final View view;
  private final String owner;
  private final Parking parking;

  private final Consumer<RebuildReport> listener;
  private volatile RebuildReport report;
  private long fillingNanos;

  /** The first time it tells at once. */
  private long told = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(TELL_MILLIS);

  private volatile boolean closing;
  private final CountDownLatch ended = new CountDownLatch(1);

  private final SortedSet<Long> different = new TreeSet<>();
  private final List<Difference> differences = new ArrayList<>();

  /** Of them, as JSON. */
  private long characters;

  /**
   * @param report as it began
   * @param listener hears now and then how it goes
   */
  Rebuild(
      DataSource dataSource,
      LedgerReader reader,
      RebuildRows rows,
      View view,
      String owner,
      RebuildReport report,
      Consumer<RebuildReport> listener) {
    this.dataSource = dataSource;
    this.reader = reader;
    this.rows = rows;
    this.view = view;
    this.owner = owner;
    this.parking = new Parking(view);
    this.report = report;
    this.listener = listener;
  }

  /** How it goes, or went. */
  RebuildReport report() {
    return report;
  }

  static RebuildReport begun(String view, RebuildReport.Mode mode, Instant at) {
    return new RebuildReport(
        view,
        RebuildReport.State.RUNNING,
        mode,
        RebuildReport.Phase.FILLING,
        0,
        0,
        0,
        null,
        0,
        List.of(),
        List.of(),
        false,
        null,
        at,
        null);
  }

  static RebuildReport failed(RebuildReport last, String error, Instant at) {
    return new RebuildReport(
        last.name(),
        RebuildReport.State.FAILED,
        last.mode(),
        last.phase(),
        last.events(),
        last.total(),
        last.eventsPerSecond(),
        null,
        last.mismatches(),
        last.differences(),
        last.parked(),
        false,
        error,
        last.startedAt(),
        at);
  }

  /**
   * Ends it as soon as it can.
   *
   * @return false when it has not ended within the time
   */
  boolean end(long millis) throws InterruptedException {
    closing = true;
    return ended.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Nothing of it is left to do. */
  void ended() {
    ended.countDown();
  }

  @Override
  public void run() {
    try (Connection work = dataSource.getConnection()) {
      work.setAutoCommit(false);
      try {
        String table = ViewTables.make(dataSource, view);
        rebuild(work, table, view.fold(table).filling());
      } finally {
        work.rollback();
        work.setAutoCommit(true);
      }
    } catch (Ended e) {
      end(failed(report, String.valueOf(e.getMessage()), Instant.now()));
    } catch (SQLException | RuntimeException | Error e) {
      LOG.error("The rebuild of view {} failed; the live one serves as before", view.name(), e);
      end(failed(report, e.toString(), Instant.now()));
    }
  }

  private void rebuild(Connection work, String table, Filling<?, ?> filling) throws SQLException {
    Pages pages = new Pages(reader, view.readsCommands());
    try (pages) {
      catchUp(work, pages, filling);
      compare(work, pages, table, filling, null);
      if (report.mode() == RebuildReport.Mode.CHECK || isRefused()) {
        end(over(filling, false));
        return;
      }
      Set<Long> touched = new HashSet<>();
      for (int round = 0; round < ROUNDS_MAX; round++) {
        catchUp(work, pages, filling);
        touched = filling.touched();
        if (touched.size() <= FEW) {
          break;
        }
        compare(work, pages, table, filling, touched);
        touched = new HashSet<>();
      }
      switchTo(work, pages, table, filling, touched);
    }
  }

  /** Fills the new table until it is near the live one. */
  private void catchUp(Connection work, Pages pages, Filling<?, ?> filling) throws SQLException {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      long live = ViewTables.at(work, view.name()).position();
      fillTo(work, pages, filling, live);
      if (ViewTables.at(work, view.name()).position() - live < NEAR) {
        return;
      }
    }
  }

  private void fillTo(Connection work, Pages pages, Filling<?, ?> filling, long last)
      throws SQLException {
    long began = System.nanoTime();
    long before = fillingNanos;
    long reached = report.events();
    while (reached < last) {
      var page = pages.next(reached + 1, last);
      filling.take(work, page);
      work.commit();
      reached += page.size();
      fillingNanos = before + System.nanoTime() - began;
      tell(progress(RebuildReport.Phase.FILLING, reached, last));
    }
  }

  /**
   * Compares the two tables as they are at one position: the live one waits until both can be seen
   * so, and not until they are compared.
   *
   * @param sessions null: all
   */
  private void compare(
      Connection work,
      Pages pages,
      String table,
      Filling<?, ?> filling,
      @Nullable Set<Long> sessions)
      throws SQLException {
    // So that only what came since is left to write while the live one waits.
    filling.write(work);
    work.commit();
    Sql.snapshot(
        dataSource,
        snapshot -> {
          ViewTables.At live =
              Sql.transaction(
                  dataSource,
                  still -> {
                    ViewTables.At at = ViewTables.lock(still, view.name());
                    fillTo(work, pages, filling, at.position());
                    filling.write(work);
                    work.commit();
                    // Its first question decides what it sees from then on.
                    return ViewTables.at(snapshot, view.name());
                  });
          tell(progress(RebuildReport.Phase.COMPARING, report.events(), report.total()));
          Comparison comparison = new Comparison(snapshot, live.table(), table);
          Set<Long> since = filling.touched();
          if (sessions == null) {
            note(snapshot, comparison, comparison.all(this::beat), filling);
          } else {
            since.addAll(sessions);
            note(snapshot, comparison, comparison.of(since), filling);
          }
          return live;
        });
  }

  /**
   * A session that the live view has parked differs by right: that stops no switch. Whoever only
   * asks whether the view is what its events say is told.
   */
  private void note(
      Connection connection, Comparison comparison, SortedSet<Long> found, Filling<?, ?> filling)
      throws SQLException {
    Set<Long> parkedLive = new HashSet<>();
    for (Parking.Parked each : parking.after(connection, 0, Integer.MAX_VALUE)) {
      parkedLive.add(each.sessionNo());
    }
    SortedSet<Long> all = new TreeSet<>(found);
    filling.parked().forEach(each -> all.add(each.sessionNo()));
    if (report.mode() != RebuildReport.Mode.CHECK) {
      parkedLive.removeAll(filling.unfit());
      all.removeAll(parkedLive);
    }
    for (long session : all) {
      if (different.add(session)
          && differences.size() < RebuildReport.LISTED_MAX
          && characters < LISTED_CHARACTERS_MAX) {
        List<Difference.DifferentRow> differing = comparison.rows(session);
        Difference difference =
            new Difference(
                reader.sessionKey(session).orElse(null),
                Comparison.shown(differing),
                differing.size());
        differences.add(difference);
        characters += Json.write(difference).length();
      }
    }
  }

  private boolean isRefused() {
    return report.mode() == RebuildReport.Mode.SWITCH && !different.isEmpty();
  }

  /** The last few events, the last few sessions, and the switch, while the live one waits. */
  private void switchTo(
      Connection work, Pages pages, String table, Filling<?, ?> filling, Set<Long> touched)
      throws SQLException {
    RebuildReport done =
        Sql.transaction(
            dataSource,
            still -> {
              ViewTables.At live = ViewTables.lock(still, view.name());
              fillTo(work, pages, filling, live.position());
              filling.write(work);
              work.commit();
              tell(progress(RebuildReport.Phase.SWITCHING, report.events(), report.total()));
              Set<Long> last = filling.touched();
              last.addAll(touched);
              Comparison comparison = new Comparison(still, live.table(), table);
              note(still, comparison, comparison.of(last), filling);
              RebuildReport over = over(filling, !isRefused());
              if (over.switched()) {
                ViewTables.serve(still, view.name(), table, live.table());
                parking.replace(still, filling.parked());
              }
              if (!rows.end(still, view.name(), owner, over)) {
                throw new Ended("it was cancelled, or another node took it for dead");
              }
              return over;
            });
    report = done;
    LOG.info("The rebuild of view {} is over: {}", view.name(), done);
  }

  private RebuildReport over(Filling<?, ?> filling, boolean switched) {
    boolean refused = isRefused();
    String error =
        refused
            ? different.size()
                + " sessions differ from what their events say; the live table still serves. If the"
                + " new one is right, as after a bug of the view was mended, rebuild and accept it"
            : null;
    return new RebuildReport(
        view.name(),
        refused ? RebuildReport.State.FAILED : RebuildReport.State.DONE,
        report.mode(),
        report.phase(),
        report.events(),
        report.total(),
        report.eventsPerSecond(),
        null,
        different.size(),
        List.copyOf(differences),
        parkedSessions(filling),
        switched,
        error,
        report.startedAt(),
        Instant.now());
  }

  private List<ParkedSession> parkedSessions(Filling<?, ?> filling) {
    List<ParkedSession> parked = new ArrayList<>();
    for (Parking.Parked each : filling.parked()) {
      if (parked.size() < RebuildReport.LISTED_MAX) {
        reader
            .sessionKey(each.sessionNo())
            .ifPresent(key -> parked.add(new ParkedSession(key, each.version(), each.error())));
      }
    }
    return parked;
  }

  private RebuildReport progress(RebuildReport.Phase phase, long events, long total) {
    long rate = fillingNanos == 0 ? 0 : events * TimeUnit.SECONDS.toNanos(1) / fillingNanos;
    report =
        new RebuildReport(
            view.name(),
            RebuildReport.State.RUNNING,
            report.mode(),
            phase,
            events,
            total,
            rate,
            phase != RebuildReport.Phase.FILLING || rate == 0
                ? null
                : (Long) ((total - events) / rate),
            different.size(),
            List.copyOf(differences),
            List.of(),
            false,
            null,
            report.startedAt(),
            null);
    return report;
  }

  private void beat() {
    tell(report);
  }

  /** Not each time: it is a write. */
  private void tell(RebuildReport now) {
    if (closing) {
      throw new Ended("this node was stopped; start it again");
    }
    if (System.nanoTime() - told < TimeUnit.MILLISECONDS.toNanos(TELL_MILLIS)) {
      return;
    }
    told = System.nanoTime();
    listener.accept(now);
    if (!rows.goesOn(view.name(), owner, now)) {
      throw new Ended("it was cancelled");
    }
  }

  private void end(RebuildReport over) {
    report = over;
    try {
      Sql.transaction(dataSource, connection -> rows.end(connection, view.name(), owner, over));
    } catch (RuntimeException e) {
      // The claim runs out, and whoever looks after that says that it failed.
      LOG.warn("Cannot note that the rebuild of view {} is over", view.name(), e);
    }
  }
}

package org.sessionledger.projections.kit;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.store.LedgerReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds views from all events, while they serve. One at a time, whatever the view and the node:
 * each takes from the database what commands and queries could use.
 */
public final class Rebuilds {

  private static final Logger LOG = LoggerFactory.getLogger(Rebuilds.class);

  private static final long END_MILLIS = 10_000;

  private final DataSource dataSource;
  private final LedgerReader reader;
  private final Map<String, View> views;
  private final RebuildRows rows;
  private @Nullable Rebuild current;

  Rebuilds(DataSource dataSource, LedgerReader reader, Map<String, View> views) {
    this.dataSource = dataSource;
    this.reader = reader;
    this.views = views;
    this.rows = new RebuildRows(dataSource);
  }

  /**
   * Begins to rebuild a view, on this node.
   *
   * @return as it begins; {@link #report} tells how it goes on
   * @throws IllegalArgumentException when there is no such view
   * @throws RebuildUnderWay when one is under way
   */
  public synchronized RebuildReport start(String view, RebuildReport.Mode mode) {
    Rebuild rebuild = begin(view, mode, told -> {});
    Thread running = new Thread(() -> run(rebuild), "session-ledger-rebuilds-" + view);
    running.setDaemon(true);
    running.start();
    return rebuild.report();
  }

  /**
   * Compares a view with what its events say, on this thread, and changes nothing.
   *
   * @param told how it goes, now and then
   * @return how it went
   * @throws IllegalArgumentException when there is no such view
   * @throws RebuildUnderWay when a rebuild is under way
   */
  public RebuildReport check(String view, Consumer<RebuildReport> told) {
    Rebuild rebuild;
    synchronized (this) {
      rebuild = begin(view, RebuildReport.Mode.CHECK, told);
    }
    run(rebuild);
    return rebuild.report();
  }

  private Rebuild begin(String view, RebuildReport.Mode mode, Consumer<RebuildReport> told) {
    View known = known(view);
    sweep();
    RebuildReport begun = Rebuild.begun(view, mode, Instant.now());
    String owner = UUID.randomUUID().toString();
    rows.begin(view, owner, begun);
    Rebuild rebuild = new Rebuild(dataSource, reader, rows, known, owner, begun, told);
    current = rebuild;
    return rebuild;
  }

  private void run(Rebuild rebuild) {
    rebuild.run();
    try {
      sweep();
    } catch (RuntimeException e) {
      LOG.warn("Cannot drop tables that no view needs; it is tried again", e);
    } finally {
      rebuild.ended();
    }
  }

  /**
   * How the newest rebuild of a view goes, or went, on whatever node; empty when there was none.
   *
   * @throws IllegalArgumentException when there is no such view
   */
  public Optional<RebuildReport> report(String view) {
    known(view);
    return rows.find(view);
  }

  /**
   * Ends a rebuild, on whatever node, in a moment; the live table serves as before.
   *
   * @return false when none of the view is under way
   * @throws IllegalArgumentException when there is no such view
   */
  public boolean cancel(String view) {
    known(view);
    return rows.cancel(view);
  }

  private View known(String view) {
    View known = views.get(view);
    if (known == null) {
      throw new IllegalArgumentException(
          "no view is called '" + view + "', there are " + views.keySet());
    }
    return known;
  }

  void allAreOfTheDead() {
    rows.allAreOfTheDead();
  }

  /** Ends what nobody does any more, and drops the tables that nobody needs. */
  void sweep() {
    rows.endThoseOfTheDead();
    for (String table : Sql.query(dataSource, ViewTables::spare)) {
      try {
        ViewTables.drop(dataSource, table);
      } catch (ViewFailure e) {
        LOG.warn("Cannot drop {}, which no view needs; it is tried again", table, e);
      }
    }
  }

  /** Ends the one that this node does. */
  void close() {
    Rebuild rebuild;
    synchronized (this) {
      rebuild = current;
    }
    if (rebuild == null) {
      return;
    }
    try {
      if (!rebuild.end(END_MILLIS)) {
        LOG.warn("A rebuild does not end within {} s", TimeUnit.MILLISECONDS.toSeconds(END_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

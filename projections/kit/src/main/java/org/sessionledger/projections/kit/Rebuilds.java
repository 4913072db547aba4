package org.sessionledger.projections.kit;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
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
  private @Nullable Thread thread;

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
    View known = known(view);
    sweep();
    RebuildReport begun = Rebuild.begun(view, mode, Instant.now());
    String owner = UUID.randomUUID().toString();
    rows.begin(view, owner, begun);
    Rebuild rebuild = new Rebuild(dataSource, reader, rows, known, owner, begun);
    Thread running = new Thread(() -> run(rebuild), "session-ledger-rebuilds-" + view);
    running.setDaemon(true);
    current = rebuild;
    thread = running;
    running.start();
    return begun;
  }

  private void run(Rebuild rebuild) {
    rebuild.run();
    try {
      sweep();
    } catch (RuntimeException e) {
      LOG.warn("Cannot drop tables that no view needs; it is tried again", e);
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
    Sql.query(dataSource, ViewTables::spare).forEach(table -> ViewTables.drop(dataSource, table));
  }

  /** Ends the one that this node does. */
  void close() {
    Rebuild rebuild;
    Thread running;
    synchronized (this) {
      rebuild = current;
      running = thread;
    }
    if (rebuild == null || running == null) {
      return;
    }
    rebuild.close();
    try {
      running.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (running.isAlive()) {
      LOG.warn("A rebuild does not end within {} s", TimeUnit.MILLISECONDS.toSeconds(END_MILLIS));
    }
  }
}

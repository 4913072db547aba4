package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which views this node is to run, where several nodes share a database. Each says that it is
 * there, and each deals the views out in the same way to all who are: one to each in turn. Should
 * two nodes see it differently for a moment, only one of them can claim a view ({@link Tokens}).
 */
final class Sharing implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sharing.class);

  /** How often a node says that it is there, and looks who else is. */
  private static final long INTERVAL_MILLIS = 250;

  /** As long as a claim: whoever is dead loses both at once. */
  private static final String ALIVE_UNTIL = "CURRENT_TIMESTAMP + INTERVAL '2' SECOND";

  /** A view that whoever is to run it leaves alone for so long is anybody's. */
  private static final String ABANDONED = "CURRENT_TIMESTAMP - INTERVAL '3' SECOND";

  /** A database that is away must not keep a node from ending. */
  private static final long END_MILLIS = 2_000;

  /** A node that could run a view. */
  record Candidate(String view, String node) {}

  private final DataSource dataSource;
  private final String node;
  private final Set<String> views;
  private final Thread thread = new Thread(this::run, "session-ledger-shares-views");
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Until it has looked, whatever it can claim; Axon wants to hear so when it is set up. */
  private volatile Set<String> mine;

  private boolean failed;

  /**
   * @param node a name that no other node has, and that no node had before
   * @param views those that it could run
   */
  Sharing(DataSource dataSource, String node, Collection<String> views) {
    this.dataSource = dataSource;
    this.node = node;
    this.views = Set.copyOf(views);
    this.mine = this.views;
  }

  /** Says that this node is there, from now on. */
  void start() {
    look();
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!isClosing()) {
      look();
    }
    try {
      Sql.query(dataSource, this::leave);
    } catch (RuntimeException e) {
      LOG.warn("Cannot say that this node is gone; the others will see", e);
    }
  }

  /** Waits until it is time to look, or to end. */
  private boolean isClosing() {
    try {
      return closing.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      LOG.warn("The sharing of views is interrupted by nobody's right; it goes on");
      return false;
    }
  }

  /** True when this node is to run a view. */
  boolean isMine(String view) {
    return mine.contains(view);
  }

  private void look() {
    try {
      mine = Sql.query(dataSource, this::mineNow);
      failed = false;
    } catch (RuntimeException e) {
      if (!failed) {
        LOG.warn("Cannot say that this node is there to run views; trying again", e);
        failed = true;
      }
    }
  }

  private Set<String> mineNow(Connection connection) throws SQLException {
    int known =
        Sql.update(
            connection,
            "UPDATE view_nodes SET alive_until = " + ALIVE_UNTIL + " WHERE node = ?",
            node);
    if (known < views.size()) {
      join(connection);
    }
    List<Candidate> candidates =
        Sql.list(
            connection,
            row -> new Candidate(row.getString("processor_name"), row.getString("node")),
            "SELECT processor_name, node FROM view_nodes WHERE alive_until > CURRENT_TIMESTAMP");
    List<String> abandoned =
        Sql.list(
            connection,
            row -> row.getString("processor_name"),
            "SELECT processor_name FROM view_tokens WHERE claimed_until < " + ABANDONED);
    Set<String> now = shareOf(node, candidates);
    abandoned.stream().filter(views::contains).forEach(now::add);
    return now;
  }

  private void join(Connection connection) throws SQLException {
    leave(connection);
    Sql.update(
        connection,
        "DELETE FROM view_nodes WHERE alive_until < CURRENT_TIMESTAMP - INTERVAL '1' HOUR");
    List<Object[]> rows = new ArrayList<>();
    views.forEach(view -> rows.add(new Object[] {view, node}));
    Sql.batch(
        connection,
        "INSERT INTO view_nodes (processor_name, node, alive_until) VALUES (?, ?, "
            + ALIVE_UNTIL
            + ")",
        rows);
  }

  private int leave(Connection connection) throws SQLException {
    return Sql.update(connection, "DELETE FROM view_nodes WHERE node = ?", node);
  }

  /**
   * The n-th view goes to the n-th of the nodes that could run it, beginning anew after the last.
   */
  static Set<String> shareOf(String node, List<Candidate> candidates) {
    SortedMap<String, List<String>> nodesOfViews = new TreeMap<>();
    for (Candidate each : candidates) {
      nodesOfViews.computeIfAbsent(each.view(), view -> new ArrayList<>()).add(each.node());
    }
    Set<String> share = new HashSet<>();
    int place = 0;
    for (String view : nodesOfViews.keySet()) {
      List<String> nodes = nodesOfViews.get(view).stream().sorted().toList();
      if (nodes.get(place % nodes.size()).equals(node)) {
        share.add(view);
      }
      place++;
    }
    return share;
  }

  /** Says that this node is gone, so that nobody waits for it. */
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

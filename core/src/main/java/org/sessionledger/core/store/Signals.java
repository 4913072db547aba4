package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * The wake-up between the nodes of one PostgreSQL: what one commits, the others' {@link Commits}
 * reach at once. A notification only tells when to look; the head tells how far the ledger is. It
 * is sent when its group is committed already, on a connection of its own, so that no commit waits
 * for it.
 *
 * <p>On H2 there are no other nodes, and nothing runs.
 */
public final class Signals implements AutoCloseable {

  /** How often to look without having been told: a notification may be lost. */
  private static final int LOOK_MILLIS = 500;

  private static final int RETRY_MILLIS = 500;

  /** At least so long between two notifications: the groups in between share one. */
  private static final int PAUSE_MILLIS = 10;

  /** A database that is away must not keep a node from ending. */
  private static final long END_MILLIS = 2_000;

  private final DataSource dataSource;
  private final Commits commits;
  private final int lookMillis;
  private final List<Thread> threads;
  private final Runnable wakeUp;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** What every node was told of, by whichever node: it need not be told again. */
  private volatile Mark told = Mark.NONE;

  public Signals(DataSource dataSource, Commits commits) {
    this(dataSource, commits, LOOK_MILLIS);
  }

  Signals(DataSource dataSource, Commits commits, int lookMillis) {
    this.dataSource = dataSource;
    this.commits = commits;
    this.lookMillis = lookMillis;
    this.threads = isPostgres(dataSource) ? List.of(new Hearing(), new Telling()) : List.of();
    this.wakeUp = () -> threads.forEach(LockSupport::unpark);
  }

  /** Hears and tells from now on, when the database is a PostgreSQL. */
  public void start() {
    everybodyKnows(committed());
    commits.listen(wakeUp);
    threads.forEach(Thread::start);
  }

  private static boolean isPostgres(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      return Dialect.of(connection) == Dialect.POSTGRESQL;
    } catch (SQLException e) {
      throw StoreFailure.unreachable(e);
    }
  }

  private synchronized void everybodyKnows(Mark mark) {
    told = told.max(mark);
  }

  private Mark committed() {
    return new Mark(commits.position(), commits.decisionSeq());
  }

  private void reached(Mark mark) {
    commits.reached(mark.position(), mark.decisionSeq());
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void pause(int millis) {
    try {
      closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Store.LOG.warn("A thread of the ledger is interrupted by nobody's right; it goes on");
    }
  }

  /** Works on a connection, and on a new one when that breaks. */
  private abstract class Connected extends Thread {

    private final String does;
    private boolean failed;

    Connected(String does) {
      super("session-ledger-" + does);
      this.does = does;
      setDaemon(true);
    }

    abstract void work(SignalChannel channel) throws SQLException;

    /** To be called when the connection has done what it is for. */
    final void works() {
      if (failed) {
        Store.LOG.info("The thread that {} of commits on other nodes works again", does);
        failed = false;
      }
    }

    @Override
    public void run() {
      while (!isClosing()) {
        try (Connection connection = dataSource.getConnection();
            SignalChannel channel = new SignalChannel(connection)) {
          work(channel);
        } catch (SQLException | RuntimeException e) {
          if (!failed && !isClosing()) {
            Store.LOG.warn("The thread that {} of commits on other nodes must try again", does, e);
            failed = true;
          }
          pause(RETRY_MILLIS);
        }
      }
    }
  }

  private final class Hearing extends Connected {

    Hearing() {
      super("hears");
    }

    @Override
    void work(SignalChannel channel) throws SQLException {
      channel.listen();
      // What was committed before is told by nobody.
      reached(channel.mark());
      while (!isClosing()) {
        hear(channel, channel.await(lookMillis));
        works();
      }
    }

    /** No further than was told, though the head may be: that much is about to be told, too. */
    private void hear(SignalChannel channel, Optional<Mark> news) throws SQLException {
      if (news.isEmpty()) {
        reached(channel.mark());
        return;
      }
      Mark newest = news.get();
      if (newest.isBeyond(committed())) {
        Mark head = channel.mark();
        if (newest.isBeyond(head)) {
          // A false one: others may have looked a moment ago, and found less.
          reached(newest.min(head));
          return;
        }
      }
      everybodyKnows(newest);
      reached(newest);
    }
  }

  private final class Telling extends Connected {

    Telling() {
      super("tells");
    }

    @Override
    void work(SignalChannel channel) throws SQLException {
      while (!isClosing()) {
        Mark now = committed();
        Mark known = told;
        if (now.isBeyond(known)) {
          channel.tell(
              now.position(), now.decisionSeq() > known.decisionSeq() ? now.decisionSeq() : 0);
          everybodyKnows(now);
          works();
          pause(PAUSE_MILLIS);
        } else {
          LockSupport.park(this);
        }
      }
      // The last word, which also wakes this node's own hearing: it ends then.
      channel.tell(commits.position(), commits.decisionSeq());
    }
  }

  /** Tells of what was committed last, and gives the connections back. */
  @Override
  public void close() {
    commits.forget(wakeUp);
    closing.countDown();
    wakeUp.run();
    try {
      for (Thread thread : threads) {
        thread.join(END_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Uuid7;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes groups of drafts, each in one transaction: events, command ids, refusals and counts
 * together. Drafts are decided without a lock; a group is begun under the head's lock, where it is
 * found whether others changed what it was decided on ({@link #begin}), written ({@link #commit}),
 * and made durable ({@link #force}).
 *
 * <p>Each of these is for one thread at a time, and they may go on side by side: one group is
 * decided while the one before is written and the one before that is made durable.
 */
public final class Store implements AutoCloseable {

  static final Logger LOG = LoggerFactory.getLogger("org.sessionledger.store");

  /** How long a broken commit's outcome is asked for before its callers hear that it is unknown. */
  private static final long RESOLVE_SECONDS = 60;

  private static final long RESOLVE_PAUSE_MILLIS = 100;

  /**
   * What others wrote since this writer looked last.
   *
   * @param everything true: what this writer knows cannot be trusted at all
   * @param sessions those that were changed
   * @param commands the ids of those that were accepted, as far as anybody here asked for them
   */
  public record Elsewhere(boolean everything, Set<SessionKey> sessions, Set<CommandId> commands) {}

  /**
   * A group that is committed, and durable after {@link #force}.
   *
   * @param number of this writer's groups, strictly rising
   * @param position the newest position after it
   * @param decisionSeq the newest line of the decision log after it
   * @param decisions in the order of the drafts
   */
  public record Committed(long number, long position, long decisionSeq, List<Decision> decisions) {}

  /** When others wrote more than this, asking for everything anew costs less than reading it. */
  private static final int EVENTS_ELSEWHERE_MAX = 10_000;

  /** Groups that were committed and are gone: numbers after the one, up to the other. */
  private record Lost(long after, long upTo) {

    boolean has(long number) {
      return number > after && number <= upTo;
    }
  }

  /** What makes a commit durable; null where it is by itself. */
  private final @Nullable String forcing;

  private final Clock clock;
  private final KeptConnection reading;
  private final KeptConnection writing;
  private final KeptConnection durability;
  private final Known known = new Known();
  private final StoredHistory history;
  private final String writer = Uuid7.next();

  /** The newest head that was seen. */
  private volatile Head seen;

  private long groups;

  /** The newest of them that is committed. */
  private long committed;

  /** Few: each time that the database came back with less. */
  private final List<Lost> lost = new CopyOnWriteArrayList<>();

  /** Why what was committed could not be made durable the last time that it could not. */
  private volatile @Nullable Exception forcingFailed;

  /** The head while a group is begun. */
  private @Nullable Head locked;

  /**
   * @param powerSafe for H2, which does not do it by itself: what was committed is forced to the
   *     disk, and survives the machine's end, too
   */
  public Store(DataSource dataSource, Clock clock, boolean powerSafe) {
    this.clock = clock;
    this.reading = new KeptConnection(dataSource, true);
    this.writing = new KeptConnection(dataSource, false);
    this.durability = new KeptConnection(dataSource, true);
    this.history = new StoredHistory(reading);
    try {
      seen = Head.peek(reading.open());
      known.headIs(seen, hashAt(reading.open(), seen.position));
      forcing =
          switch (Dialect.of(reading.open())) {
            case H2 -> powerSafe ? "CHECKPOINT SYNC" : "CHECKPOINT";
            case POSTGRESQL -> null;
          };
    } catch (SQLException e) {
      reading.close();
      throw new StoreFailure("cannot read the ledger's head", e);
    }
  }

  /** True when other processes may write into the same database. */
  public boolean isShared() {
    return forcing == null;
  }

  /** What must be known for ever, with what is decided and not written yet laid over it. */
  public StoredHistory history() {
    return history;
  }

  /** The newest position that this writer knows of. */
  public long position() {
    return seen.position;
  }

  /** The newest line of the decision log that this writer knows of. */
  public long decisionSeq() {
    return seen.decisionSeq;
  }

  /** For whoever decides. */
  Connection reading() {
    return reading.open();
  }

  /**
   * Locks the head, waiting for other nodes.
   *
   * @param lookup null when the group is decided by now; otherwise what it has to know is asked for
   *     with the head held
   * @return true when nobody wrote since this writer looked last. False when another node wrote, or
   *     the database lost something: then {@link #catchUp} tells what, and what was decided on it
   *     has to be decided again.
   */
  public boolean begin(@Nullable Lookup lookup) {
    try {
      locked = Head.lock(writing.open(), lookup);
      Head head = known.head();
      return head != null && head.isSameAs(locked);
    } catch (SQLException e) {
      throw new StoreFailure("cannot lock the ledger's head", e);
    }
  }

  /**
   * What others wrote since this writer looked last; null when nobody did. While a group is begun,
   * nobody can write any more; otherwise nothing may be under way.
   *
   * @param asked the ids of the commands that are under way
   */
  public @Nullable Elsewhere catchUp(Set<CommandId> asked) {
    try {
      Head begun = locked;
      Connection connection = begun == null ? reading.open() : writing.open();
      Head head = begun == null ? Head.peek(connection) : begun;
      Head before = known.head();
      if (before != null && before.isSameAs(head)) {
        return null;
      }
      return before == null
              || head.commits <= before.commits
              || head.position - before.position > EVENTS_ELSEWHERE_MAX
          ? everything(head, connection)
          : since(before, head, connection, asked);
    } catch (SQLException e) {
      throw new StoreFailure("cannot read what others wrote", e);
    }
  }

  /** What others changed after a head that was known. */
  private Elsewhere since(Head before, Head head, Connection connection, Set<CommandId> asked)
      throws SQLException {
    Map<Long, String> hashes = new HashMap<>();
    Set<SessionKey> sessions = new HashSet<>();
    Set<CommandId> commands = new HashSet<>();
    Query.all(
        connection,
        List.of(
            Query.of(
                "SELECT position, hash FROM ledger_events WHERE position = ? OR position = ?",
                row -> hashes.put(row.getLong("position"), row.getString("hash")),
                before.position,
                head.position),
            Query.of(
                """
                SELECT s.session_key, e.command_id FROM ledger_events e
                JOIN ledger_sessions s ON s.session_no = e.session_no
                WHERE e.position > ? AND e.position <= ?
                """,
                row -> {
                  sessions.add(new SessionKey(row.getString("session_key")));
                  String id = row.getString("command_id");
                  if (id != null) {
                    commands.add(new CommandId(id));
                  }
                },
                before.position,
                head.position),
            KnownCommands.overEverySession(asked, commands::add)));
    if (!Objects.equals(hashes.get(before.position), known.hash())) {
      // The database was replaced by one whose history does not go on from there.
      return everything(head, connection);
    }
    commands.retainAll(asked);
    known.changedElsewhere(sessions);
    found(head, hashes.get(head.position));
    return new Elsewhere(false, sessions, commands);
  }

  /**
   * Nothing that was known counts any more. A database that lost commits of this writer, such as
   * what it had not forced to its file, has an older group of it.
   */
  private Elsewhere everything(Head head, Connection connection) throws SQLException {
    known.forget();
    long kept = lastGroup(connection);
    if (kept < committed) {
      lost.add(new Lost(kept, committed));
      committed = kept;
    }
    found(head, hashAt(connection, head.position));
    return new Elsewhere(true, Set.of(), Set.of());
  }

  /** Goes on from a head that another one left. */
  private void found(Head head, @Nullable String hash) {
    known.headIs(head, hash);
    seen = head;
  }

  private static @Nullable String hashAt(Connection connection, long position) throws SQLException {
    return Sql.one(
            connection,
            row -> row.getString("hash"),
            "SELECT hash FROM ledger_events WHERE position = ?",
            position)
        .orElse(null);
  }

  /**
   * Writes a group on the head that {@link #begin} locked, and commits it.
   *
   * @throws StoreFailure when nothing was written
   */
  public Committed commit(List<Draft> drafts) {
    Head head = locked;
    if (head == null) {
      throw new IllegalStateException("begin() comes before commit()");
    }
    Connection connection = writing.open();
    long number = ++groups;
    Group group;
    List<Decision> decisions;
    try {
      group = Group.after(head, known, connection, clock, drafts);
      decisions = group.add(drafts);
      group.write(connection, writer, number);
    } catch (SQLException | RuntimeException | AssertionError e) {
      // With assertions on, PostgreSQL's driver asserts that no connection breaks during a batch.
      undo();
      throw e instanceof RuntimeException own
          ? own
          : new StoreFailure("cannot write a group of " + drafts.size(), e);
    }
    finish(connection, number);
    locked = null;
    committed = number;
    group.written();
    seen = group.head();
    return new Committed(number, seen.position, seen.decisionSeq, decisions);
  }

  /** Gives up a group that was begun, all that is under way, and what is known without asking. */
  public void rollback() {
    undo();
    history.reconnect();
    known.forget();
  }

  private void undo() {
    locked = null;
    writing.close();
  }

  /**
   * A connection that breaks while it commits leaves open whether it did; the writer's row tells.
   */
  private void finish(Connection connection, long number) {
    try {
      connection.commit();
    } catch (SQLException e) {
      undo();
      if (!wasCommitted(number)) {
        throw new StoreFailure("the commit failed", e);
      }
      LOG.warn("The connection broke during a commit that was carried out", e);
    }
  }

  /** Asks until the database answers: a group that was kept must not be called failed. */
  private boolean wasCommitted(long number) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RESOLVE_SECONDS);
    while (true) {
      try {
        return lastGroupUnderLock() == number;
      } catch (SQLException | StoreFailure e) {
        undo();
        pause(deadline, e);
      }
    }
  }

  private static void pause(long deadline, Exception e) {
    if (System.nanoTime() > deadline) {
      throw StoreFailure.unknownOutcome(e);
    }
    LOG.warn("The database cannot tell yet whether the last group is kept", e);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RESOLVE_PAUSE_MILLIS));
  }

  private long lastGroupUnderLock() throws SQLException {
    Connection connection = writing.open();
    // A server may still be at the commit that its client gave up; it holds the head until then.
    Head.lock(connection, null);
    long last = lastGroup(connection);
    connection.rollback();
    return last;
  }

  private long lastGroup(Connection connection) throws SQLException {
    return Sql.one(
            connection,
            row -> row.getLong("commits"),
            "SELECT commits FROM ledger_writers WHERE writer = ?",
            writer)
        .orElse(0L);
  }

  /**
   * Makes durable what was committed up to now. PostgreSQL's commits are; H2 is told to write its
   * file, once for all groups that wait.
   *
   * @param upTo the newest group that waits
   * @return the newest group that is in the database: this one or a newer one, unless the database
   *     failed meanwhile and came back with less than it had
   * @throws StoreFailure when nobody can tell
   */
  public long force(long upTo) {
    if (forcing == null) {
      return upTo;
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RESOLVE_SECONDS);
    while (true) {
      try {
        return forced(forcing, upTo);
      } catch (SQLException | StoreFailure e) {
        durability.close();
        forcingFailed = e;
        pause(deadline, e);
      }
    }
  }

  /**
   * Looks first, on the same connection: what a database that was opened again does not have, its
   * file never will.
   */
  private long forced(String sql, long upTo) throws SQLException {
    Connection connection = durability.open();
    long last = lastGroup(connection);
    if (last >= upTo) {
      KeptConnection.execute(connection, sql);
    }
    return last;
  }

  /**
   * What to tell those who wait for a group that the database came back without; null when it is
   * there.
   *
   * @param kept what {@link #force} returned
   */
  public @Nullable StoreFailure loss(long number, long kept) {
    return number > kept || lost.stream().anyMatch(each -> each.has(number))
        ? StoreFailure.lost(forcingFailed)
        : null;
  }

  /** What a decision would be, without a trace. */
  public Decision dryRun(Draft draft) {
    try {
      Head head = Objects.requireNonNull(known.head(), "the head is not known");
      return Group.after(head, known, reading.open(), clock, List.of(draft)).dryRun(draft);
    } catch (SQLException e) {
      throw new StoreFailure("cannot decide a dry run", e);
    }
  }

  @Override
  public void close() {
    writing.close();
    reading.close();
    durability.close();
  }
}

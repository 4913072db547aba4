package org.sessionledger.app.replay;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerOptions;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.SessionIds;

/** An empty ledger in memory whose clock and session ids are those of a record. */
final class Scratch implements AutoCloseable {

  private final Deque<SessionId> ids = new ArrayDeque<>();
  private final SessionIds otherIds = SessionIds.uuids();
  private final RecordedClock clock = new RecordedClock();
  private final HikariDataSource pool;
  private final Ledger ledger;

  Scratch() {
    HikariConfig config = new HikariConfig();
    config.setPoolName("session-ledger-scratch");
    config.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";QUERY_CACHE_SIZE=64");
    config.setMinimumIdle(1);
    pool = new HikariDataSource(config);
    try {
      ledger = Ledger.open(pool, LedgerOptions.defaults().with(clock).with(this::nextId));
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  Ledger ledger() {
    return ledger;
  }

  /**
   * Decides one command.
   *
   * @param made the session ids that the ledger made for it when it was recorded
   */
  Decision decide(Incoming incoming, Instant at, Iterable<SessionId> made) {
    clock.now = at;
    ids.clear();
    made.forEach(ids::add);
    return ledger.submit(incoming).join();
  }

  private SessionId nextId() {
    SessionId recorded = ids.poll();
    return recorded == null ? otherIds.next() : recorded;
  }

  @Override
  public void close() {
    try (pool;
        ledger) {
      return;
    }
  }

  /** Stands still between two records. */
  private static final class RecordedClock extends Clock {

    private volatile Instant now = Instant.EPOCH;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}

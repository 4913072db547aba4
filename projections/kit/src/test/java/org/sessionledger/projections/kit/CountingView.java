package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongPredicate;
import javax.sql.DataSource;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.RecordedEvent;

/** The smallest view: how many events each session has. It can be made to fail. */
public final class CountingView implements View {

  /** Asks how many events all sessions have. */
  public record CountEvents() {}

  record Count(Long key, long version, long events) implements Row<Long> {
    @Override
    public long generation() {
      return 1;
    }
  }

  private final String name;
  private final Serving<CountTable> serving;
  volatile boolean broken;
  volatile boolean brokenBadly;

  /** The versions of those events that it cannot take. */
  volatile LongPredicate poison = version -> false;

  /** The versions that the database will not store. */
  volatile LongPredicate unfit = version -> false;

  /** The versions of those events that it counts twice. */
  volatile LongPredicate doubled = version -> false;

  /** It goes on when this is open. */
  volatile CountDownLatch hold = new CountDownLatch(0);

  final CountDownLatch failedOnce = new CountDownLatch(1);

  public CountingView(Ledger ledger) {
    this(ledger, "counting");
  }

  CountingView(Ledger ledger, String name) {
    this(ledger.dataSource(), name);
  }

  CountingView(DataSource dataSource) {
    this(dataSource, "counting");
  }

  private CountingView(DataSource dataSource, String name) {
    this.name = name;
    this.serving = new Serving<>(dataSource, name, CountTable::new);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String migrations() {
    return "db/view/counting";
  }

  @QueryHandler
  public Long count(CountEvents query) {
    return serving.ask(CountTable::total);
  }

  /** Asks the table by hand. */
  <A> A ask(Serving.Question<String, A> question) {
    return serving.ask((table, connection) -> question.ask(table.table, connection));
  }

  @Override
  public RowFold<?, ?> fold(String table) {
    return new RowFold<>(new Counter(), new CountTable(table));
  }

  private final class Counter implements Projection<Long, Count> {
    @Override
    public List<Long> keys(RecordedEvent event) {
      event.event();
      return List.of(event.sessionNo());
    }

    @Override
    public Count after(Long key, Count before, RecordedEvent event) {
      await(hold);
      if (poison.test(event.version())) {
        throw new IllegalArgumentException("poison: " + event);
      }
      long counted = doubled.test(event.version()) ? 2 : 1;
      return new Count(key, event.version(), before == null ? counted : before.events() + counted);
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final class CountTable implements Table<Long, Count> {

    private final String table;

    CountTable(String table) {
      this.table = table;
    }

    Long total(Connection connection) throws SQLException {
      return Sql.one(
              connection,
              row -> row.getLong("total"),
              "SELECT COALESCE(SUM(events), 0) AS total FROM " + table)
          .orElseThrow();
    }

    @Override
    public List<Count> load(Connection connection, List<Long> keys) throws SQLException {
      return Sql.listIn(
          connection,
          row ->
              new Count(row.getLong("session_no"), row.getLong("version"), row.getLong("events")),
          "SELECT session_no, version, events FROM " + table + " WHERE (session_no)",
          keys.stream().map(key -> new Object[] {key}).toList());
    }

    @Override
    public void insert(Connection connection, List<Count> rows) throws SQLException {
      refuse(connection, rows);
      Sql.insert(
          connection,
          table,
          "session_no, version, events",
          rows.stream().map(row -> new Object[] {row.key(), row.version(), row.events()}).toList());
    }

    /** Called after all rows of the batch were inserted. */
    @Override
    public void update(Connection connection, List<Count> rows) throws SQLException {
      refuse(connection, rows);
      Sql.batch(
          connection,
          "UPDATE " + table + " SET version = ?, events = ? WHERE session_no = ?",
          rows.stream().map(row -> new Object[] {row.version(), row.events(), row.key()}).toList());
      if (broken) {
        failedOnce.countDown();
        throw new SQLTransientException("broken on purpose");
      }
      if (brokenBadly) {
        failedOnce.countDown();
        throw new AssertionError("broken on purpose");
      }
    }

    private void refuse(Connection connection, List<Count> rows) throws SQLException {
      if (rows.stream().anyMatch(row -> unfit.test(row.version()))) {
        Sql.update(connection, "UPDATE " + table + " SET events = CAST('unfit' AS BIGINT)");
      }
    }
  }
}

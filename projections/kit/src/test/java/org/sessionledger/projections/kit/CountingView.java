package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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

  private final Ledger ledger;
  private final String name;
  volatile boolean broken;
  volatile boolean brokenBadly;
  final CountDownLatch failedOnce = new CountDownLatch(1);

  public CountingView(Ledger ledger) {
    this(ledger, "counting");
  }

  CountingView(Ledger ledger, String name) {
    this.ledger = ledger;
    this.name = name;
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
    return Sql.query(
        ledger.dataSource(),
        connection ->
            Sql.one(
                    connection,
                    row -> row.getLong("total"),
                    "SELECT COALESCE(SUM(events), 0) AS total FROM " + table())
                .orElseThrow());
  }

  @Override
  public Fold fold(String table) {
    Fold fold = new RowFold<>(new Counter(), new CountTable(table));
    return (connection, events) -> {
      long refused = fold.apply(connection, events);
      if (broken) {
        failedOnce.countDown();
        throw new IllegalStateException("broken on purpose");
      }
      if (brokenBadly) {
        failedOnce.countDown();
        throw new AssertionError("broken on purpose");
      }
      return refused;
    };
  }

  private static final class Counter implements Projection<Long, Count> {
    @Override
    public List<Long> keys(RecordedEvent event) {
      return List.of(event.sessionNo());
    }

    @Override
    public Count after(Long key, Count before, RecordedEvent event) {
      return new Count(key, event.version(), before == null ? 1 : before.events() + 1);
    }
  }

  private record CountTable(String table) implements Table<Long, Count> {
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
      Sql.batch(
          connection,
          "INSERT INTO " + table + " (session_no, version, events) VALUES (?, ?, ?)",
          rows.stream().map(row -> new Object[] {row.key(), row.version(), row.events()}).toList());
    }

    @Override
    public void update(Connection connection, List<Count> rows) throws SQLException {
      Sql.batch(
          connection,
          "UPDATE " + table + " SET version = ?, events = ? WHERE session_no = ?",
          rows.stream().map(row -> new Object[] {row.version(), row.events(), row.key()}).toList());
    }
  }
}

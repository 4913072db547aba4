package org.sessionledger.examples;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent.RunFailed;
import org.sessionledger.projections.kit.Projection;
import org.sessionledger.projections.kit.Row;
import org.sessionledger.projections.kit.RowFold;
import org.sessionledger.projections.kit.Serving;
import org.sessionledger.projections.kit.Sql;
import org.sessionledger.projections.kit.Table;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.ViewProvider;

// example: own-view
/** How often runs failed, by the kind of the error. */
public final class FailuresView implements View {

  /** Made by name: META-INF/services/org.sessionledger.projections.kit.ViewProvider. */
  public static final class Provider implements ViewProvider {
    @Override
    public View of(Ledger ledger) {
      return new FailuresView(ledger);
    }
  }

  /** Asks for the failures of all sessions; answered by {@link Counts}. */
  public record CountFailures() {}

  public record Counts(Map<String, Long> byKind) {}

  private record Key(long sessionNo, String kind) {}

  private record Failures(Key key, long version, long generation, long count) implements Row<Key> {}

  private final Serving<FailuresTable> serving;

  FailuresView(Ledger ledger) {
    this.serving = new Serving<>(ledger.dataSource(), name(), FailuresTable::new);
  }

  @Override
  public String name() {
    return "failures";
  }

  @Override
  public RowFold<?, ?> fold(String table) {
    return new RowFold<>(new Fold(), new FailuresTable(table));
  }

  @QueryHandler
  public Counts count(CountFailures query) {
    return serving.ask(FailuresTable::byKind);
  }

  /** How events become rows: no SQL, no clock. */
  private static final class Fold implements Projection<Key, Failures> {

    @Override
    public List<Key> keys(RecordedEvent event) {
      return event.event() instanceof RunFailed failed
          ? List.of(new Key(event.sessionNo(), String.valueOf(failed.errorKind())))
          : List.of();
    }

    @Override
    public Failures after(Key key, Failures before, RecordedEvent event) {
      long count = before == null ? 1 : before.count() + 1;
      return new Failures(key, event.version(), event.event().generation().number(), count);
    }
  }

  /** How rows are stored. */
  private record FailuresTable(String name) implements Table<Key, Failures> {

    Counts byKind(Connection connection) throws SQLException {
      Map<String, Long> kinds = new TreeMap<>();
      Sql.list(
              connection,
              row -> Map.entry(row.getString("kind"), row.getLong("total")),
              "SELECT kind, SUM(failures) AS total FROM " + name + " GROUP BY kind")
          .forEach(kind -> kinds.put(kind.getKey(), kind.getValue()));
      return new Counts(kinds);
    }

    @Override
    public List<Failures> load(Connection connection, List<Key> keys) throws SQLException {
      return Sql.listIn(
          connection,
          row ->
              new Failures(
                  new Key(row.getLong("session_no"), row.getString("kind")),
                  row.getLong("version"),
                  row.getLong("generation"),
                  row.getLong("failures")),
          "SELECT * FROM " + name + " WHERE (session_no, kind)",
          keys.stream().map(key -> new Object[] {key.sessionNo(), key.kind()}).toList());
    }

    @Override
    public void insert(Connection connection, List<Failures> rows) throws SQLException {
      Sql.insert(
          connection,
          name,
          "version, generation, failures, session_no, kind",
          rows.stream().map(FailuresTable::values).toList());
    }

    @Override
    public void update(Connection connection, List<Failures> rows) throws SQLException {
      Sql.batch(
          connection,
          "UPDATE "
              + name
              + " SET version = ?, generation = ?, failures = ? WHERE session_no = ? AND kind = ?",
          rows.stream().map(FailuresTable::values).toList());
    }

    private static Object[] values(Failures row) {
      return new Object[] {
        row.version(), row.generation(), row.count(), row.key().sessionNo(), row.key().kind()
      };
    }
  }
}
// end

package org.sessionledger.projections.kit;

import java.util.List;
import javax.sql.DataSource;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.store.LedgerReader;

/** A view's tables without its processor. */
public final class Tables {

  private Tables() {}

  /** Another one than the one that serves. */
  public static void make(DataSource dataSource, View view, String table) {
    Migrations.of(dataSource, view, table);
  }

  /** The one that serves; made when it is not there. */
  public static String of(DataSource dataSource, View view) {
    Migrations.ofKit(dataSource);
    Tokens tokens = new Tokens(dataSource, new ViewTransactions(dataSource), "test");
    tokens.prepare(view.name(), new GlobalSequenceTrackingToken(0));
    String table = serving(dataSource, view.name());
    Migrations.of(dataSource, view, table);
    return table;
  }

  /** Fills the serving table by the direct path up to the ledger's end, before anybody runs it. */
  public static void catchUp(DataSource dataSource, LedgerReader reader, View view) {
    String table = of(dataSource, view);
    long last = reader.position();
    Filling<?, ?> filling = view.fold(table).filling();
    try (Pages pages = new Pages(reader, view.readsCommands())) {
      long reached = 0;
      while (reached < last) {
        List<RecordedEvent> page = pages.next(reached + 1, last);
        Sql.transaction(
            dataSource,
            connection -> {
              filling.take(connection, page);
              return 0;
            });
        reached += page.size();
      }
    }
    Sql.transaction(
        dataSource,
        connection -> {
          filling.write(connection);
          return Sql.update(
              connection,
              "UPDATE view_tokens SET position = ? WHERE processor_name = ?",
              last,
              view.name());
        });
  }

  static String serving(DataSource dataSource, String view) {
    return Sql.query(dataSource, connection -> ViewTables.at(connection, view)).table();
  }

  /** Folds events in one transaction; returns how often a row refused to go back. */
  public static long fold(DataSource dataSource, RowFold<?, ?> fold, List<RecordedEvent> events) {
    return Sql.transaction(dataSource, connection -> fold.apply(connection, events));
  }

  /** Fills a table as a rebuild does, in steps of a few events. */
  public static void fill(
      DataSource dataSource, RowFold<?, ?> fold, List<RecordedEvent> events, int step) {
    fill(dataSource, fold.filling(), events, step);
  }

  /**
   * @param room for so many rows in memory
   */
  static void fill(
      DataSource dataSource, RowFold<?, ?> fold, List<RecordedEvent> events, int step, int room) {
    fill(dataSource, fold.filling(room), events, step);
  }

  private static void fill(
      DataSource dataSource, Filling<?, ?> filling, List<RecordedEvent> events, int step) {
    for (int from = 0; from < events.size(); from += step) {
      List<RecordedEvent> some = events.subList(from, Math.min(events.size(), from + step));
      Sql.transaction(
          dataSource,
          connection -> {
            filling.take(connection, some);
            return 0;
          });
    }
    Sql.transaction(
        dataSource,
        connection -> {
          filling.write(connection);
          return 0;
        });
  }
}

package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Asks the table that serves a view's questions. Which one it is, is looked up for each question: a
 * rebuild, perhaps on another node, puts another one in its place at any time.
 *
 * @param <T> what knows how to ask a table
 */
public final class Serving<T> {

  /** A question to a table. */
  @FunctionalInterface
  public interface Question<T, A> {
    A ask(T table, Connection connection) throws SQLException;
  }

  private final DataSource dataSource;
  private final String view;
  private final Function<String, T> tables;

  /**
   * @param view the view's name
   * @param tables makes of a table's name what knows how to ask it
   */
  public Serving(DataSource dataSource, String view, Function<String, T> tables) {
    this.dataSource = dataSource;
    this.view = view;
    this.tables = tables;
  }

  /**
   * Asks on a connection of its own.
   *
   * @throws ViewFailure when the database cannot answer
   */
  public <A> A ask(Question<T, A> question) {
    return Sql.query(
        dataSource,
        connection -> {
          String table = ViewTables.at(connection, view).table();
          while (true) {
            try {
              return question.ask(tables.apply(table), connection);
            } catch (SQLException e) {
              // It may have been replaced and dropped in between.
              String now = connection.isValid(1) ? ViewTables.at(connection, view).table() : table;
              if (now.equals(table)) {
                throw e;
              }
              table = now;
            }
          }
        });
  }
}

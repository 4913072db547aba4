package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A view's table: reads and writes rows, and knows no rule. One dialect for H2 and PostgreSQL.
 *
 * @param <K> what names a row
 * @param <R> the row
 */
public interface Table<K, R extends Row<K>> {

  /** The rows that exist, in any order. */
  List<R> load(Connection connection, List<K> keys) throws SQLException;

  /** Adds rows that do not exist. */
  void insert(Connection connection, List<R> rows) throws SQLException;

  /** Changes rows that exist. */
  void update(Connection connection, List<R> rows) throws SQLException;
}

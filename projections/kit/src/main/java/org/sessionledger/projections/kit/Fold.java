package org.sessionledger.projections.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.sessionledger.core.session.RecordedEvent;

/** Takes events into a table. */
@FunctionalInterface
public interface Fold {

  /**
   * Takes events in, in their order, as part of the connection's transaction. Events that the table
   * has already change nothing.
   *
   * @return how many rows refused to go back to an older version or generation
   */
  long apply(Connection connection, List<RecordedEvent> events) throws SQLException;
}

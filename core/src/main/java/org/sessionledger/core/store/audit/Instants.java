package org.sessionledger.core.store.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Times of rows. Those of one group are the same: a text is made once for all of them. */
final class Instants {

  private Instant last = Instant.EPOCH;
  private String text = last.toString();

  Instant read(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  String text(Instant at) {
    if (!at.equals(last)) {
      last = at;
      text = at.toString();
    }
    return text;
  }
}

package org.sessionledger.projections.status;

import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.projections.kit.Row;

/** A session's one row. */
record StatusRow(long sessionNo, SessionStatus session) implements Row<Long> {

  @Override
  public Long key() {
    return sessionNo;
  }

  @Override
  public long version() {
    return session.version();
  }

  @Override
  public long generation() {
    return session.generation();
  }
}

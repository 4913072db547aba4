package org.sessionledger.projections.status;

import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.projections.kit.Fold;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.View;

/** What each session is doing now: one row a key. */
public final class SessionStatusView implements View {

  public SessionStatusView(Ledger ledger) {}

  @Override
  public String name() {
    return "status";
  }

  @Override
  public Fold fold(String table) {
    throw new UnsupportedOperationException();
  }

  /** One session; empty when its key was never opened. */
  @QueryHandler
  public Optional<SessionStatus> find(FindSessionStatus query) {
    throw new UnsupportedOperationException();
  }

  /** Sessions, newest change first. */
  @QueryHandler
  public Page<SessionStatus> find(FindSessions query) {
    throw new UnsupportedOperationException();
  }
}

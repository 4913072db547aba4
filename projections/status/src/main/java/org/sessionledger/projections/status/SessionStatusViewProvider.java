package org.sessionledger.projections.status;

import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.ViewProvider;

/** Makes the view for whoever takes all views on the class path. */
public final class SessionStatusViewProvider implements ViewProvider {

  @Override
  public View of(Ledger ledger) {
    return new SessionStatusView(ledger);
  }
}

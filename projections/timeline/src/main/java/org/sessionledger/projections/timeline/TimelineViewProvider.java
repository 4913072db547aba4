package org.sessionledger.projections.timeline;

import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.ViewProvider;

/** Makes the view for whoever takes all views on the class path. */
public final class TimelineViewProvider implements ViewProvider {

  @Override
  public View of(Ledger ledger) {
    return new TimelineView(ledger);
  }
}

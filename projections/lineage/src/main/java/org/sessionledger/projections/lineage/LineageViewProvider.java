package org.sessionledger.projections.lineage;

import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.ViewProvider;

/** Makes the view for whoever takes all views on the class path. */
public final class LineageViewProvider implements ViewProvider {

  @Override
  public View of(Ledger ledger) {
    return new LineageView(ledger);
  }
}

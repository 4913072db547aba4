package org.sessionledger.projections.lineage;

import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.Fold;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.View;

/** The generations of each session: what began and ended each, by whom and why. */
public final class LineageView implements View {

  public LineageView(Ledger ledger) {}

  @Override
  public String name() {
    return "lineage";
  }

  @Override
  public Fold fold(String table) {
    throw new UnsupportedOperationException();
  }

  /** A session's generations, first to last; empty when its key was never opened. */
  @QueryHandler
  public Optional<Page<SessionGeneration>> find(FindGenerations query) {
    throw new UnsupportedOperationException();
  }
}

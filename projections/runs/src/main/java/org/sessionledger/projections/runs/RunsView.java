package org.sessionledger.projections.runs;

import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.Fold;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.View;

/** Every attempt of every run: who owned it, how it ended, what it reported too late. */
public final class RunsView implements View {

  public RunsView(Ledger ledger) {}

  @Override
  public String name() {
    return "runs";
  }

  @Override
  public Fold fold(String table) {
    throw new UnsupportedOperationException();
  }

  /** A session's run attempts, oldest first; empty when its key was never opened. */
  @QueryHandler
  public Optional<Page<Run>> find(FindRuns query) {
    throw new UnsupportedOperationException();
  }
}

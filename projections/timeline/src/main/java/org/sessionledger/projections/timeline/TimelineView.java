package org.sessionledger.projections.timeline;

import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.Fold;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.View;

/** Events and refusals of a session in the order in which they were decided. */
public final class TimelineView implements View {

  public TimelineView(Ledger ledger) {}

  @Override
  public String name() {
    return "timeline";
  }

  @Override
  public Fold fold(String table) {
    throw new UnsupportedOperationException();
  }

  /** What was decided about a session, oldest first; empty when its key was never opened. */
  @QueryHandler
  public Optional<Page<TimelineItem>> find(FindTimeline query) {
    throw new UnsupportedOperationException();
  }

  /** The audit of a rotation; empty when there was none that ended the generation. */
  @QueryHandler
  public Optional<RotationAudit> find(FindRotationAudit query) {
    throw new UnsupportedOperationException();
  }
}

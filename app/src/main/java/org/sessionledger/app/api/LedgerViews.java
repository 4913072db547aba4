package org.sessionledger.app.api;

import java.util.List;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.lineage.LineageView;
import org.sessionledger.projections.runs.RunsView;
import org.sessionledger.projections.status.SessionStatusView;
import org.sessionledger.projections.timeline.TimelineView;

/** The views that the API answers from. */
public record LedgerViews(
    SessionStatusView status, RunsView runs, LineageView lineage, TimelineView timeline) {

  public static LedgerViews of(Ledger ledger) {
    return new LedgerViews(
        new SessionStatusView(ledger),
        new RunsView(ledger),
        new LineageView(ledger),
        new TimelineView(ledger));
  }

  public List<View> all() {
    return List.of(status, runs, lineage, timeline);
  }
}

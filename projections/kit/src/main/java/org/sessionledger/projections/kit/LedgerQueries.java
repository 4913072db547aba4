package org.sessionledger.projections.kit;

import java.util.List;
import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.store.LedgerReader.DecisionQuery;

/** The questions that no view answers, for Axon's query bus. */
public final class LedgerQueries {

  private final Ledger ledger;
  private final Views views;

  public LedgerQueries(Ledger ledger, Views views) {
    this.ledger = ledger;
    this.views = views;
  }

  @QueryHandler
  public Page<LoggedDecision> find(FindDecisions query) {
    Long before = Cursor.parse(query.cursor(), Long.MAX_VALUE).get(0);
    return Page.of(
        ledger
            .reader()
            .decisions(
                new DecisionQuery(
                    query.verdict(),
                    query.reason(),
                    query.sessionKey(),
                    before,
                    query.limit() + 1)),
        query.limit(),
        line -> line,
        line -> Cursor.of(line.seq()));
  }

  @QueryHandler
  public Optional<LoggedDecision> find(FindDecision query) {
    return ledger.reader().decision(query.decisionId());
  }

  @QueryHandler
  public Optional<SessionStatus> find(FindSessionThen query) {
    if (query.version() != null) {
      return ledger.reader().event(query.sessionKey(), query.version()).map(RecordedEvent::session);
    }
    return query.at() == null
        ? Optional.empty()
        : ledger.reader().sessionAt(query.sessionKey(), query.at());
  }

  @QueryHandler
  public Stats find(FindStats query) {
    return ledger.reader().stats();
  }

  @QueryHandler
  public List<ViewState> find(FindViews query) {
    return views.states();
  }
}

package org.sessionledger.projections.timeline;

import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.axonframework.queryhandling.QueryHandler;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.Cursor;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.RowFold;
import org.sessionledger.projections.kit.Serving;
import org.sessionledger.projections.kit.View;

/** Events and refusals of a session in the order in which they were decided. */
public final class TimelineView implements View {

  private final LedgerReader reader;
  private final Serving<TimelineTable> serving;

  public TimelineView(Ledger ledger) {
    this(ledger.dataSource(), ledger.reader());
  }

  TimelineView(DataSource dataSource, LedgerReader reader) {
    this.serving = new Serving<>(dataSource, name(), TimelineTable::new);
    this.reader = reader;
  }

  @Override
  public String name() {
    return "timeline";
  }

  @Override
  public RowFold<?, ?> fold(String name) {
    return new RowFold<>(new TimelineProjection(), new TimelineTable(name));
  }

  /** What was decided about a session, oldest first; empty when its key was never opened. */
  @QueryHandler
  public Optional<Page<TimelineItem>> find(FindTimeline query) {
    List<Long> place = Cursor.parse(query.cursor(), 0L, 0L);
    return reader
        .event(query.sessionKey(), 1)
        .map(opened -> page(query, opened.sessionNo(), place.get(0), place.get(1)));
  }

  /** Events are read before refusals, so that no refusal before a shown event can be missing. */
  private Page<TimelineItem> page(FindTimeline query, long sessionNo, long version, long seq) {
    int oneMore = query.limit() + 1;
    List<TimelineEvent> events =
        serving.ask((table, connection) -> table.list(connection, sessionNo, version, oneMore));
    List<LoggedDecision> refusals = reader.refusalsOf(query.sessionKey(), seq, oneMore);
    return new Merge(events, refusals, query.limit(), version, seq).page();
  }

  /** The audit of a rotation; empty when there was none that ended the generation. */
  @QueryHandler
  public Optional<RotationAudit> find(FindRotationAudit query) {
    return reader
        .event(query.sessionKey(), 1)
        .flatMap(
            opened ->
                serving.ask(
                    (table, connection) ->
                        table.rotation(connection, opened.sessionNo(), query.generation())))
        .flatMap(version -> reader.event(query.sessionKey(), version))
        .map(rotation -> new Audit(serving, reader).of(rotation));
  }
}

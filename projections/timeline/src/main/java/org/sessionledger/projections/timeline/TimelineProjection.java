package org.sessionledger.projections.timeline;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.Source;
import org.sessionledger.projections.kit.Projection;

/** One row an event. */
final class TimelineProjection implements Projection<TimelineRow.Key, TimelineRow> {

  @Override
  public List<TimelineRow.Key> keys(RecordedEvent event) {
    return List.of(new TimelineRow.Key(event.sessionNo(), event.version()));
  }

  /** Rows are only ever added. */
  @Override
  public boolean begins(TimelineRow.Key key, RecordedEvent event) {
    return true;
  }

  @Override
  public TimelineRow after(TimelineRow.Key key, @Nullable TimelineRow before, RecordedEvent event) {
    SessionEvent e = event.event();
    return new TimelineRow(
        key,
        e.generation().number(),
        e instanceof SessionEvent.EndsGeneration end ? (Long) end.ended().number() : null,
        e instanceof SessionEvent.OfRun of ? new RunAttempt(of.runId(), of.attempt()) : null,
        item(event));
  }

  private static TimelineEvent item(RecordedEvent recorded) {
    SessionEvent event = recorded.event();
    SessionEvent.OfRun run = event instanceof SessionEvent.OfRun e ? e : null;
    Provenance provenance = recorded.provenance();
    return new TimelineEvent(
        "event",
        event.type(),
        recorded.version(),
        recorded.position(),
        event.generation().number(),
        event.generation().sessionId(),
        run == null ? null : run.runId(),
        run == null ? null : (Long) run.attempt(),
        Details.of(event),
        recorded.commandId(),
        recorded.commandType(),
        provenance.source().equals(Source.UNKNOWN) ? null : provenance.source(),
        provenance.actor(),
        provenance.reason(),
        provenance.occurredAt(),
        recorded.recordedAt(),
        provenance.traceparent());
  }
}

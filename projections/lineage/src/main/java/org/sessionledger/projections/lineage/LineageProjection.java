package org.sessionledger.projections.lineage;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionEvent.EndsGeneration;
import org.sessionledger.core.session.SessionEvent.SessionCompacted;
import org.sessionledger.core.session.SessionEvent.SessionForked;
import org.sessionledger.core.session.SessionEvent.SessionMigrated;
import org.sessionledger.core.session.SessionEvent.SessionOpened;
import org.sessionledger.core.session.SessionEvent.SessionReopened;
import org.sessionledger.core.session.SessionEvent.SessionRestored;
import org.sessionledger.projections.kit.Cause;
import org.sessionledger.projections.kit.GenerationName;
import org.sessionledger.projections.kit.Projection;

/** Picks the events that move generations. */
final class LineageProjection implements Projection<LineageRow.Key, LineageRow> {

  @Override
  public List<LineageRow.Key> keys(RecordedEvent event) {
    SessionEvent e = event.event();
    boolean moves =
        e instanceof SessionOpened
            || e instanceof EndsGeneration
            || e instanceof SessionReopened
            || e instanceof SessionForked;
    return moves ? List.of(new LineageRow.Key(event.sessionNo(), event.version())) : List.of();
  }

  /** Rows are only ever added. */
  @Override
  public boolean begins(LineageRow.Key key, RecordedEvent event) {
    return true;
  }

  @Override
  public LineageRow after(LineageRow.Key key, @Nullable LineageRow before, RecordedEvent event) {
    SessionEvent e = event.event();
    Long begins = begins(e) ? (Long) e.generation().number() : null;
    return new LineageRow(
        key,
        e.generation().number(),
        begins,
        e instanceof EndsGeneration end ? (Long) end.ended().number() : null,
        e instanceof SessionForked fork ? (Long) fork.from().number() : null,
        fact(event, begins != null));
  }

  private static boolean begins(SessionEvent event) {
    if (event instanceof EndsGeneration e) {
      return e.generation().number() > e.ended().number();
    }
    return event instanceof SessionOpened || event instanceof SessionReopened;
  }

  private static LineageRow.Fact fact(RecordedEvent event, boolean begins) {
    SessionEvent e = event.event();
    SessionKey newKey = null;
    Generation named = begins ? e.generation() : null;
    if (e instanceof SessionForked fork) {
      newKey = fork.newSessionKey();
      named = fork.newGeneration();
    } else if (e instanceof SessionMigrated migrated) {
      newKey = migrated.newSessionKey();
    }
    return new LineageRow.Fact(
        Cause.of(event),
        named == null ? null : named.sessionId(),
        newKey,
        e instanceof SessionCompacted compacted ? ids(compacted.carriedRuns()) : List.of(),
        e instanceof EndsGeneration end ? ids(end.supersededRuns()) : List.of(),
        e instanceof SessionOpened opened ? origin(opened.origin()) : null,
        e instanceof SessionRestored restored ? GenerationName.of(restored.continues()) : null);
  }

  private static SessionGeneration.@Nullable Origin origin(SessionEvent.@Nullable Origin origin) {
    return origin == null
        ? null
        : new SessionGeneration.Origin(
            origin.kind(), origin.sessionKey(), origin.generation(), origin.sessionId());
  }

  private static List<RunId> ids(List<RunAttempt> runs) {
    return runs.stream().map(RunAttempt::runId).toList();
  }
}

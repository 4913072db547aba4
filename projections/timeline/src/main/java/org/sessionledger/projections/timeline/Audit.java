package org.sessionledger.projections.timeline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent.EndsGeneration;
import org.sessionledger.core.session.SessionEvent.SessionCompacted;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.projections.kit.Cause;
import org.sessionledger.projections.kit.Serving;

/** Works out what one rotation did, and what came of the generation that it ended. */
final class Audit {

  private final Serving<TimelineTable> serving;
  private final LedgerReader reader;

  Audit(Serving<TimelineTable> serving, LedgerReader reader) {
    this.serving = serving;
    this.reader = reader;
  }

  RotationAudit of(RecordedEvent rotation) {
    if (!(rotation.event() instanceof EndsGeneration event)) {
      throw new IllegalStateException("ended no generation: " + rotation.event().type());
    }
    List<RunAttempt> carried =
        event instanceof SessionCompacted compacted ? compacted.carriedRuns() : List.of();
    List<RunAttempt> inFlight = new ArrayList<>(carried);
    inFlight.addAll(event.supersededRuns());

    Set<RunAttempt> owned =
        new HashSet<>(
            serving.ask(
                (table, connection) ->
                    table.runsOf(
                        connection,
                        rotation.sessionNo(),
                        event.ended().number(),
                        rotation.version())));
    owned.addAll(event.supersededRuns());
    carried.forEach(owned::remove);
    List<TimelineTable.Counted> since =
        serving.ask(
            (table, connection) ->
                table.countAfter(connection, rotation.sessionNo(), rotation.version()));
    long changes =
        since.stream()
            .filter(
                counted ->
                    counted.generation() == event.ended().number()
                        || (counted.run() != null && owned.contains(counted.run())))
            .mapToLong(TimelineTable.Counted::events)
            .sum();
    LateArrivals late =
        new LateArrivals(event.ended(), event.generation(), rotation.version(), owned, since);
    return new RotationAudit(
        event.sessionKey(),
        Cause.of(rotation),
        side(before(rotation), inFlight),
        side(rotation.session(), carried),
        ids(carried),
        ids(event.supersededRuns()),
        late.find(reader, event.sessionKey()),
        changes,
        changes == 0);
  }

  private SessionStatus before(RecordedEvent rotation) {
    return reader
        .event(rotation.event().sessionKey(), rotation.version() - 1)
        .orElseThrow(() -> new IllegalStateException("a rotation is never a session's first event"))
        .session();
  }

  private static RotationAudit.Side side(SessionStatus session, List<RunAttempt> open) {
    return new RotationAudit.Side(
        session.generation(), session.sessionId(), session.status(), ids(open), session.version());
  }

  private static List<RunId> ids(List<RunAttempt> runs) {
    return runs.stream().map(RunAttempt::runId).toList();
  }
}

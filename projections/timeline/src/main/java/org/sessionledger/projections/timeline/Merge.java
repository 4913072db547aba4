package org.sessionledger.projections.timeline;

import java.util.ArrayList;
import java.util.List;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.projections.kit.Cursor;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.RefusedCommand;

/**
 * Events and refusals as one list in the order in which they were decided: a refusal stands after
 * the event whose version the session had when it was decided.
 */
final class Merge {

  private final List<TimelineEvent> events;
  private final List<LoggedDecision> refusals;
  private final int limit;
  private long version;
  private long seq;
  private int nextEvent;
  private int nextRefusal;

  /**
   * @param events after the place, one more than the limit where there are more
   * @param refusals after the place, likewise
   * @param version the place: the version of the last event before it
   * @param seq the place: the last refusal before it
   */
  Merge(
      List<TimelineEvent> events,
      List<LoggedDecision> refusals,
      int limit,
      long version,
      long seq) {
    this.events = events;
    this.refusals = refusals;
    this.limit = limit;
    this.version = version;
    this.seq = seq;
  }

  Page<TimelineItem> page() {
    List<TimelineItem> items = new ArrayList<>();
    while (items.size() < limit) {
      if (refusalIsNext()) {
        LoggedDecision line = refusals.get(nextRefusal++);
        seq = line.seq();
        items.add(TimelineRefusal.of(RefusedCommand.of(line)));
      } else if (nextEvent < events.size()) {
        TimelineEvent event = events.get(nextEvent++);
        version = event.version();
        items.add(event);
      } else {
        break;
      }
    }
    boolean more = refusalIsNext() || nextEvent < events.size();
    return new Page<>(items, more ? Cursor.of(version, seq) : null);
  }

  /** A refusal waits until the view has the event that it stands after. */
  private boolean refusalIsNext() {
    return nextRefusal < refusals.size() && refusals.get(nextRefusal).afterVersion() <= version;
  }
}

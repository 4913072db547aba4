package org.sessionledger.projections.timeline;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.projections.kit.Row;

/**
 * One accepted event.
 *
 * @param ends the number of the generation that it ended; null when it ended none
 * @param run the attempt that it is about; null when it is about none
 */
record TimelineRow(
    Key key, long generation, @Nullable Long ends, @Nullable RunAttempt run, TimelineEvent item)
    implements Row<TimelineRow.Key> {

  record Key(long sessionNo, long version) {}

  @Override
  public long version() {
    return key.version();
  }
}

package org.sessionledger.projections.status;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.projections.kit.Projection;

/** Core knows how events make a status; the view keeps the newest. */
final class SessionStatusProjection implements Projection<Long, StatusRow> {

  @Override
  public List<Long> keys(RecordedEvent event) {
    return List.of(event.sessionNo());
  }

  @Override
  public boolean begins(Long key, RecordedEvent event) {
    return event.version() == 1;
  }

  @Override
  public StatusRow after(Long key, @Nullable StatusRow before, RecordedEvent event) {
    long seen = before == null ? 0 : before.version();
    if (event.version() != seen + 1) {
      throw new IllegalStateException(
          "version "
              + event.version()
              + " of session "
              + event.event().sessionKey()
              + " follows version "
              + seen);
    }
    return new StatusRow(
        key,
        SessionStatus.after(
            before == null ? null : before.session(),
            event.event(),
            event.version(),
            event.position(),
            event.recordedAt()));
  }
}

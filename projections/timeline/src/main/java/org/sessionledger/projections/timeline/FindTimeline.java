package org.sessionledger.projections.timeline;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.projections.kit.Page;

/**
 * Asks for what was decided about a session, oldest first; answered by an optional {@link Page} of
 * {@link TimelineItem}.
 *
 * @param cursor null: from the first
 */
public record FindTimeline(SessionKey sessionKey, int limit, @Nullable String cursor) {

  public FindTimeline {
    Page.requireLimit(limit);
  }
}

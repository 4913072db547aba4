package org.sessionledger.projections.status;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Page;

/**
 * Asks for sessions, newest change first; answered by a {@link Page} of {@code SessionStatus}. A
 * session that changes while somebody turns pages moves to the front, before the first page.
 *
 * @param status null: any
 * @param prefix what the session key begins with, to the letter; null: anything
 * @param cursor null: from the first
 */
public record FindSessions(
    @Nullable Status status, @Nullable String prefix, int limit, @Nullable String cursor) {

  public FindSessions {
    Page.requireLimit(limit);
  }
}

package org.sessionledger.projections.lineage;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.projections.kit.Page;

/**
 * Asks for the generations of a session, first to last; answered by an optional {@link Page} of
 * {@link SessionGeneration}.
 *
 * @param cursor null: from the first
 */
public record FindGenerations(SessionKey sessionKey, int limit, @Nullable String cursor) {

  public FindGenerations {
    Page.requireLimit(limit);
  }
}

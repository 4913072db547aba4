package org.sessionledger.projections.runs;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.projections.kit.Page;

/**
 * Asks for the run attempts of a session, oldest first; answered by an optional {@link Page} of
 * {@link Run}.
 *
 * @param generation only those that this generation owns or owned; null: all
 * @param cursor null: from the first
 */
public record FindRuns(
    SessionKey sessionKey, @Nullable Long generation, int limit, @Nullable String cursor) {

  public FindRuns {
    Page.requireLimit(limit);
  }
}

package org.sessionledger.projections.kit;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Verdict;

/**
 * Asks for lines of the decision log, newest first; answered by a {@link Page} of {@code
 * LoggedDecision}. A subscription is told of each new refusal, oldest first; repeats are counted on
 * their line and are no updates.
 *
 * @param verdict rejected or duplicate; nobody is told of duplicates
 * @param reason null: any
 * @param sessionKey null: any
 * @param cursor null: from the newest
 */
public record FindDecisions(
    Verdict verdict,
    @Nullable Reason reason,
    @Nullable SessionKey sessionKey,
    int limit,
    @Nullable String cursor) {

  public FindDecisions {
    Page.requireLimit(limit);
  }

  boolean wants(LoggedDecision line) {
    return line.verdict() == verdict
        && (reason == null || (line.refusal() != null && line.refusal().reason() == reason))
        && (sessionKey == null || sessionKey.equals(line.sessionKey()));
  }
}

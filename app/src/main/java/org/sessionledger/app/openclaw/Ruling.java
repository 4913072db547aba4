package org.sessionledger.app.openclaw;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Verdict;

/**
 * What a replay needs of a decision.
 *
 * @param reason the code of a refusal
 * @param decisionId where a refusal stands in the decision log
 * @param sessionId the current one after the decision; null when there is no session
 * @param generation 0 when there is no session
 * @param version 0 when there is no session
 */
public record Ruling(
    Verdict verdict,
    @Nullable String reason,
    @Nullable String decisionId,
    @Nullable SessionId sessionId,
    long generation,
    long version) {

  public static Ruling of(Decision decision) {
    Refusal refusal = decision.refusal();
    Standing session = decision.session();
    return new Ruling(
        decision.verdict(),
        refusal == null ? null : refusal.reason().code(),
        refusal == null ? null : refusal.decisionId(),
        session == null ? null : session.generation().sessionId(),
        session == null ? 0 : session.generation().number(),
        session == null ? 0 : session.version());
  }
}

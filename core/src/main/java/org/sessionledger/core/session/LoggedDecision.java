package org.sessionledger.core.session;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;

/**
 * One line of the decision log: a refusal, or a duplicate, with its repeats counted.
 *
 * @param seq the line's place in the log, in the order in which the first ones were decided
 * @param sessionKey null when none could be read
 * @param runId as presented; null when none was
 * @param attempt as presented; null when none was
 * @param refusal null for a duplicate
 * @param current what was current when the first was decided; null when there was no session
 * @param afterVersion the session's version when the first was decided, 0 before it was opened
 * @param afterPosition the ledger's position when the first was decided
 * @param count arrivals that this line stands for
 * @param firstCommand the first of them as canonical JSON, with its provenance
 * @param lastCommand the last of them
 * @param first the first one's provenance
 */
public record LoggedDecision(
    long seq,
    String decisionId,
    Verdict verdict,
    @Nullable String commandType,
    @Nullable SessionKey sessionKey,
    @Nullable String runId,
    @Nullable Long attempt,
    @Nullable Refusal refusal,
    @Nullable Standing current,
    long afterVersion,
    long afterPosition,
    Instant firstAt,
    Instant lastAt,
    long count,
    JsonNode firstCommand,
    JsonNode lastCommand,
    Provenance first) {}

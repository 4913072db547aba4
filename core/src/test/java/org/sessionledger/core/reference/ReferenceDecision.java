package org.sessionledger.core.reference;

/**
 * The verdict on one arrived command.
 *
 * <p>The values after {@code sessionKey} are the session's as this decision left it; for a repeat
 * of an accepted command id they are the first decision's; for a rejection they are what is current
 * ({@code null} when the key names no session). {@code field} is set for {@code invalid} only, and
 * only where the specification leaves no doubt which field it is. {@code sessions} and {@code runs}
 * are set for {@code InterruptRuns} without a session key only.
 */
public record ReferenceDecision(
    String verdict,
    String reason,
    String field,
    String sessionKey,
    String sessionId,
    Long generation,
    Long version,
    String status,
    Integer activeRuns,
    Integer sessions,
    Integer runs) {

  ReferenceDecision asDuplicate() {
    return new ReferenceDecision(
        "duplicate",
        null,
        null,
        sessionKey,
        sessionId,
        generation,
        version,
        status,
        activeRuns,
        sessions,
        runs);
  }
}

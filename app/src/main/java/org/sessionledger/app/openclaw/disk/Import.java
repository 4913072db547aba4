package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Replay;

/**
 * What came of an import, as {@code openclaw import --json} prints it.
 *
 * @param arrivals commands that the records were translated to; accepted + duplicates + rejected
 * @param wouldRefuse recorded changes of state that the ledger would not have taken
 * @param sessions the sessions of the store, as the ledger has them now
 * @param differences where a row of the store disagrees with the ledger
 * @param torn files and rows whose names disagree with their records
 * @param unreadable what was skipped, each as {@code file:record: problem}
 * @param unreadableRecords how many were skipped
 * @param sessionsRead sessions that the store has
 * @param sessionsKnown those of them that the ledger had before
 * @param runsTooLate runs that the ledger does not have, of generations that have ended there
 * @param unnamedTranscripts transcripts that no session names
 */
@JsonPropertyOrder({
  "arrivals",
  "accepted",
  "duplicates",
  "rejected",
  "rejectedByReason",
  "wouldRefuse",
  "sessions",
  "differences",
  "torn",
  "unreadable",
  "unreadableRecords",
  "sessionsRead",
  "sessionsKnown",
  "runsTooLate",
  "unnamedTranscripts"
})
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Import(
    long arrivals,
    long accepted,
    long duplicates,
    long rejected,
    Map<String, Long> rejectedByReason,
    List<WouldRefuse> wouldRefuse,
    List<Replay.LedgerSession> sessions,
    List<Replay.Difference> differences,
    List<String> torn,
    List<String> unreadable,
    long unreadableRecords,
    long sessionsRead,
    long sessionsKnown,
    long runsTooLate,
    long unnamedTranscripts) {

  /**
   * A change that the gateway made, and that the ledger would have refused.
   *
   * @param runId the run that it is of; null where the store does not tell
   * @param reason the code of the refusal; {@code accepted} or {@code duplicate} where the ledger
   *     would have taken it
   * @param where the record that shows it
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record WouldRefuse(
      String sessionKey, @Nullable String runId, String what, String reason, String where) {}
}

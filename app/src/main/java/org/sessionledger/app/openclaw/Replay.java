package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a replay, as {@code openclaw replay --json} prints it.
 *
 * @param arrivals commands that the frames were translated to; accepted + duplicates + rejected
 * @param sessions the sessions of the recordings, as the ledger has them now
 * @param differences where the last row that the gateway showed disagrees with the ledger
 * @param frames frames that were read
 * @param unreadable the first lines that were skipped, each as {@code file:line: problem}
 * @param unreadableLines how many were skipped
 */
@JsonPropertyOrder({
  "arrivals",
  "accepted",
  "duplicates",
  "rejected",
  "rejectedByReason",
  "sessions",
  "differences"
})
public record Replay(
    long arrivals,
    long accepted,
    long duplicates,
    long rejected,
    @JsonInclude(JsonInclude.Include.ALWAYS) Map<String, Long> rejectedByReason,
    List<LedgerSession> sessions,
    List<Difference> differences,
    @JsonIgnore long frames,
    @JsonIgnore List<String> unreadable,
    @JsonIgnore long unreadableLines) {

  /** A session as the ledger has it. */
  public record LedgerSession(
      String sessionKey, String sessionId, long generation, String status, int activeRuns) {}

  /**
   * @param runId the run whose refused report explains it; null when none does
   * @param decisionId that refusal
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Difference(
      String sessionKey,
      @Nullable String runId,
      Shown shown,
      Held ledger,
      @Nullable String decisionId) {}

  /**
   * What the gateway shows.
   *
   * @param status its own word, or null
   * @param hasActiveRun told only where that is the disagreement
   */
  public record Shown(
      @JsonInclude(JsonInclude.Include.ALWAYS) String sessionId,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String status,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean hasActiveRun) {}

  /**
   * What the ledger holds.
   *
   * @param activeRuns told only where that is the disagreement
   */
  public record Held(
      String sessionId,
      String status,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer activeRuns) {}
}

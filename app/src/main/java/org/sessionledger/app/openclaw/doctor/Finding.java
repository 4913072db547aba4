package org.sessionledger.app.openclaw.doctor;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Replay;

/**
 * A session of which the gateway shows something else than the ledger has.
 *
 * @param evidence what proves it, or explains it; empty where nothing does
 */
@JsonPropertyOrder({"kind", "sessionKey", "shown", "ledger", "evidence", "mend"})
public record Finding(
    Kind kind,
    String sessionKey,
    Shown shown,
    Held ledger,
    List<Evidence> evidence,
    Mend mend,
    @JsonIgnore Replay.Difference difference) {

  /** What is wrong. The codes are a contract. */
  public enum Kind {
    /** The gateway's row is of a life that a reset ended, or shows what a run of one reported. */
    RESET_NOT_REACHED("reset-not-reached", "reset that was not reached", "resets not reached"),
    /** The row has the session id from before a compaction. */
    COMPACTION_NOT_REACHED(
        "compaction-not-reached", "compaction that was not reached", "compactions not reached"),
    /** Shown as running, and every run of it has ended. */
    RUNNING_NOTHING_RUNS(
        "running-nothing-runs", "shown running and nothing runs", "shown running and nothing runs"),
    /** The ledger has open runs that the gateway does not run. */
    OPEN_NOT_RUNNING(
        "open-not-running", "run open and not running", "with open runs that do not run"),
    /** A session id that the ledger never heard of. */
    UNKNOWN_SESSION_ID(
        "unknown-session-id", "unknown session id", "session ids that the ledger never heard of"),
    /** Closed in the ledger, and still there. */
    CLOSED_STILL_THERE("closed-still-there", "closed and still there", "closed and still there"),
    /** Another status, and nothing that explains it. */
    STATUS_DIFFERS("status-differs", "other status", "other statuses");

    private final String code;
    private final String one;
    private final String many;

    Kind(String code, String one, String many) {
      this.code = code;
      this.one = one;
      this.many = many;
    }

    @JsonValue
    public String code() {
      return code;
    }

    /** In words, after a number. */
    public String words(long count) {
      return count == 1 ? one : many;
    }
  }

  /**
   * What the gateway shows.
   *
   * @param status its own word, or null
   * @param hasActiveRun null where the row does not say
   * @param activeRunIds those that run, where the row names them
   * @param lastRunId the run that the status is of, where the row says
   * @param where the record; null for what came over a socket
   */
  public record Shown(
      @Nullable String sessionId,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String status,
      @Nullable Boolean hasActiveRun,
      List<String> activeRunIds,
      @Nullable String lastRunId,
      @Nullable String where) {}

  /** What the ledger has. */
  public record Held(
      String sessionId, long generation, String status, int activeRuns, long version) {}
}

package org.sessionledger.app.openclaw.doctor;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** Something in the ledger, or in the gateway's records, that a finding rests on. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Evidence.RefusedReport.class, name = "refused-report"),
  @JsonSubTypes.Type(value = Evidence.EndedGeneration.class, name = "ended-generation"),
  @JsonSubTypes.Type(value = Evidence.LedgerRun.class, name = "run"),
  @JsonSubTypes.Type(value = Evidence.RecordedChange.class, name = "recorded-change")
})
public sealed interface Evidence {

  /** The event that ended a generation. */
  record Cause(String type, long version, @Nullable String actor, @Nullable String reason) {}

  /**
   * A report that the ledger refused, and that the gateway may have taken.
   *
   * @param generation the ended one that it is of; null where the refusal names none
   * @param afterVersion the session's version when it was refused
   * @param detail the refusal in one sentence
   */
  record RefusedReport(
      String decisionId,
      String reason,
      String commandType,
      @Nullable String runId,
      @Nullable Long attempt,
      @Nullable Long generation,
      long afterVersion,
      long count,
      @Nullable Cause supersededBy,
      String detail)
      implements Evidence {}

  /** The generation that a retired session id was the name of. */
  record EndedGeneration(long generation, String sessionId, @Nullable Cause endedBy)
      implements Evidence {}

  /** A run as the ledger has it. */
  record LedgerRun(String runId, long attempt, long generation, String status)
      implements Evidence {}

  /**
   * A change in the gateway's records.
   *
   * @param reason why the ledger would not take it
   */
  record RecordedChange(String where, String what, String reason) implements Evidence {}
}

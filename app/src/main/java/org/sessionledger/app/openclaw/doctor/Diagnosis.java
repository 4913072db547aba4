package org.sessionledger.app.openclaw.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found, as {@code openclaw doctor --json} prints it.
 *
 * @param source {@code gateway} or {@code store}
 * @param version the gateway's; null where it does not say
 * @param complete false when the gateway's listing did not come to an end
 * @param sessions that the gateway shows; agree + differ + moving + unknownToLedger + withoutId
 * @param moving sessions that changed while they were looked at, and cannot be judged
 * @param unknownToLedger sessions that the ledger never heard of; no difference
 * @param withoutId rows of sessions that never began
 * @param notListed open sessions of the ledger that the gateway does not show; no difference
 * @param torn files and rows whose names disagree with their records
 * @param unreadable rows and records that were skipped
 * @param differByKind of the findings that are told
 * @param findings the first of the sessions that differ
 * @param findingsLeftOut how many more there are
 */
@JsonPropertyOrder({
  "source",
  "version",
  "complete",
  "sessions",
  "agree",
  "differ",
  "moving",
  "unknownToLedger",
  "withoutId",
  "notListed",
  "torn",
  "unreadable",
  "differByKind",
  "findings",
  "findingsLeftOut",
  "notes",
  "notesLeftOut"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Diagnosis(
    String source,
    @Nullable String version,
    boolean complete,
    long sessions,
    long agree,
    long differ,
    long moving,
    long unknownToLedger,
    long withoutId,
    long notListed,
    long torn,
    long unreadable,
    Map<String, Long> differByKind,
    List<Finding> findings,
    long findingsLeftOut,
    List<Note> notes,
    long notesLeftOut) {

  /** Something to know that is no difference. */
  public record Note(
      String kind,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String sessionKey,
      String text) {}
}

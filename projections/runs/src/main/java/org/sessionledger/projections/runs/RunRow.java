package org.sessionledger.projections.runs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Cause;
import org.sessionledger.projections.kit.Row;

/**
 * One attempt of a run, as its row holds it.
 *
 * @param startedVersion the session's version of its start: the order of the list
 * @param firstGeneration the number of the generation that it started in
 * @param generation the number of the generation that owns it now, or did last
 */
record RunRow(
    RunKey key,
    long version,
    long startedVersion,
    long firstGeneration,
    long generation,
    Status status,
    Details details)
    implements Row<RunKey> {

  /** What nobody filters or sorts by. */
  record Details(
      Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable Cause endedBy,
      @Nullable String errorKind,
      @Nullable String errorMessage,
      @Nullable Long errorMessageLength,
      @Nullable Source source,
      @Nullable String instance,
      @Nullable RunId resumesRunId,
      boolean inferred,
      @Nullable Long tokens,
      @Nullable String note,
      @Nullable Instant progressedAt) {

    Details ended(Cause by) {
      return ended(by, null, null, null);
    }

    Details ended(
        Cause by, @Nullable String kind, @Nullable String message, @Nullable Long length) {
      return new Details(
          startedAt,
          by.at(),
          by,
          kind,
          message,
          length,
          source,
          instance,
          resumesRunId,
          inferred,
          tokens,
          note,
          progressedAt);
    }

    Details progressed(@Nullable Long newTokens, @Nullable String newNote, Instant at) {
      return new Details(
          startedAt,
          endedAt,
          endedBy,
          errorKind,
          errorMessage,
          errorMessageLength,
          source,
          instance,
          resumesRunId,
          inferred,
          newTokens == null ? tokens : newTokens,
          newNote == null ? note : newNote,
          at);
    }
  }

  RunRow now(long newVersion, Status newStatus, Details newDetails) {
    return new RunRow(
        key, newVersion, startedVersion, firstGeneration, generation, newStatus, newDetails);
  }

  RunRow carried(long newVersion, long into) {
    return new RunRow(key, newVersion, startedVersion, firstGeneration, into, status, details);
  }
}

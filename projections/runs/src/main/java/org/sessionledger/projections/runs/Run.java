package org.sessionledger.projections.runs;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Cause;
import org.sessionledger.projections.kit.RefusedCommand;

/**
 * One attempt of a run.
 *
 * @param generation the number of the generation that owns it now, or did last
 * @param generations all that owned it, in their order
 * @param status {@code running}, {@code done}, {@code failed}, {@code aborted}, {@code interrupted}
 *     or {@code superseded}
 * @param endedBy the event that ended it, by whom and why
 * @param errorMessageLength set when the message was cut: its length as it came
 * @param source who reported the start
 * @param instance the process that runs it, as its start said
 * @param inferred an adapter saw only a later sign of the start
 * @param tokens the last count that it reported
 * @param note the last note that it reported
 * @param refusedReports what it reported and was refused, from the decision log
 */
public record Run(
    RunId runId,
    long attempt,
    long generation,
    List<Long> generations,
    Status status,
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
    @Nullable Instant progressedAt,
    List<RefusedCommand> refusedReports) {}

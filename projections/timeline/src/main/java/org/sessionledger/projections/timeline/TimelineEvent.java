package org.sessionledger.projections.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.session.Source;

/**
 * An accepted event.
 *
 * @param generation the number of the generation that is current after it
 * @param details what else the event says; long texts and lists are cut, the runs view has them
 * @param reason why the command was sent, in its sender's words
 */
public record TimelineEvent(
    String kind,
    String type,
    long version,
    long position,
    long generation,
    SessionId sessionId,
    @Nullable RunId runId,
    @Nullable Long attempt,
    JsonNode details,
    CommandId commandId,
    String commandType,
    @Nullable Source source,
    @Nullable String actor,
    @Nullable String reason,
    @Nullable Instant occurredAt,
    Instant recordedAt,
    @Nullable String traceparent)
    implements TimelineItem {}

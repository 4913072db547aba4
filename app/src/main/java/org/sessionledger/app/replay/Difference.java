package org.sessionledger.app.replay;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One arrival that is decided otherwise than it was.
 *
 * @param step its place among the session's arrivals, from 1
 * @param at when it was decided first
 * @param decisionId of the recorded refusal or duplicate; null when it was accepted
 * @param recorded what was decided: the verdict, and where it says something else now, the reason,
 *     the session and the events
 * @param now what is decided
 */
public record Difference(
    long step,
    Instant at,
    String commandId,
    @Nullable String commandType,
    @Nullable String runId,
    @Nullable String decisionId,
    JsonNode recorded,
    JsonNode now) {}

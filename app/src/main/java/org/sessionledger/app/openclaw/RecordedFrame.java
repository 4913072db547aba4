package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A line of a recording.
 *
 * @param at when the client had it, in milliseconds
 */
public record RecordedFrame(Place place, @Nullable Long at, JsonNode frame) {}

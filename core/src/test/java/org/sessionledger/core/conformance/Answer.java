package org.sessionledger.core.conformance;

import org.jspecify.annotations.Nullable;

/**
 * What a runtime answered to one order or report.
 *
 * @param taken false when it was refused
 * @param sessionId the session id that the sender was told to use from now on; null when it was
 *     told none
 */
public record Answer(boolean taken, @Nullable String sessionId) {

  public static Answer taken(@Nullable String sessionId) {
    return new Answer(true, sessionId);
  }

  public static Answer refused(@Nullable String sessionId) {
    return new Answer(false, sessionId);
  }
}

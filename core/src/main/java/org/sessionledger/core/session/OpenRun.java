package org.sessionledger.core.session;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;

/**
 * A run that is open in its session's current generation.
 *
 * @param instance the process that runs it, as its last start said
 * @param startedVersion the version of the event that started it
 * @param renewedVersion the version of the event that renewed its lease last
 */
public record OpenRun(
    RunId runId,
    long attempt,
    @Nullable String instance,
    long startedVersion,
    long renewedVersion) {

  RunAttempt asAttempt() {
    return new RunAttempt(runId, attempt);
  }
}

package org.sessionledger.app.api;

import org.sessionledger.core.session.Reason;

/** Which HTTP status a refusal has: the one place that knows. */
final class ReasonStatus {

  private ReasonStatus() {}

  static int of(Reason reason) {
    return switch (reason) {
      case INVALID -> 400;
      case UNKNOWN_SESSION -> 404;
      case SESSION_CLOSED, SESSION_MIGRATED -> 410;
      case EXPECTED_GENERATION -> 412;
      case COMMAND_ID_REUSED -> 422;
      case ALREADY_OPEN,
          STALE_GENERATION,
          UNKNOWN_GENERATION,
          GENERATION_MISMATCH,
          UNKNOWN_RUN,
          RUN_ENDED,
          RUN_SUPERSEDED,
          RUN_ACTIVE,
          ATTEMPT_SUPERSEDED,
          SESSION_ID_REUSED,
          COMPACTION_SUPERSEDED,
          TOO_MANY_RUNS ->
          409;
    };
  }
}

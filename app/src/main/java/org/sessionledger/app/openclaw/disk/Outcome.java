package org.sessionledger.app.openclaw.disk;

import org.jspecify.annotations.Nullable;

/** How a run ended. */
enum Outcome {
  COMPLETED,
  FAILED,
  ABORTED;

  /** A trajectory's own word; null for one that is not known. */
  static @Nullable Outcome ofTrajectory(@Nullable String status) {
    if (status == null) {
      return null;
    }
    return switch (status) {
      case "success" -> COMPLETED;
      case "error", "cleanup" -> FAILED;
      case "interrupted" -> ABORTED;
      default -> null;
    };
  }

  /** The audit's word. */
  static @Nullable Outcome ofAudit(@Nullable String status) {
    if (status == null) {
      return null;
    }
    return switch (status) {
      case "succeeded" -> COMPLETED;
      case "failed", "blocked" -> FAILED;
      case "cancelled", "timed_out" -> ABORTED;
      default -> null;
    };
  }

  /** A row's word. */
  static @Nullable Outcome ofRow(@Nullable String status) {
    if (status == null) {
      return null;
    }
    return switch (status) {
      case "done" -> COMPLETED;
      case "failed" -> FAILED;
      case "killed", "timeout" -> ABORTED;
      default -> null;
    };
  }
}

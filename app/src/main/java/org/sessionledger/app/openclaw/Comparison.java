package org.sessionledger.app.openclaw;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Replay.Difference;
import org.sessionledger.app.openclaw.Replay.Held;
import org.sessionledger.app.openclaw.Replay.LedgerSession;
import org.sessionledger.app.openclaw.Replay.Shown;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;

/** The last row that the gateway showed of a session, beside the session as the ledger has it. */
public final class Comparison {

  /** A refused projection: the likeliest cause of a row that is wrong. */
  public record Explanation(@Nullable RunId runId, @Nullable String decisionId) {}

  private Comparison() {}

  /**
   * @param ledgerId the ledger's name of the session id that the row shows
   */
  public static Optional<Difference> difference(
      Row row, SessionId ledgerId, LedgerSession held, @Nullable Explanation explanation) {
    SessionId shownId = row.sessionId();
    if (shownId == null) {
      return Optional.empty();
    }
    boolean sameId = ledgerId.value().equals(held.sessionId());
    boolean sameStatus = agree(row.status(), held.status());
    Boolean active = row.hasActiveRun();
    boolean sameActivity = active == null || active == held.activeRuns() > 0;
    if (sameId && sameStatus && sameActivity) {
      return Optional.empty();
    }
    RunId runId = explanation == null ? null : explanation.runId();
    return Optional.of(
        new Difference(
            held.sessionKey(),
            runId == null ? null : runId.value(),
            new Shown(shownId.value(), row.status(), sameActivity ? null : active),
            new Held(held.sessionId(), held.status(), sameActivity ? null : held.activeRuns()),
            explanation == null ? null : explanation.decisionId()));
  }

  private static boolean agree(@Nullable String shown, String held) {
    String expected =
        shown == null
            ? "idle"
            : shown.equals("killed") || shown.equals("timeout") ? "aborted" : shown;
    // The gateway has no word for a run that its own death cut short.
    return expected.equals(held) || (expected.equals("failed") && held.equals("interrupted"));
  }
}

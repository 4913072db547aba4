package org.sessionledger.app.openclaw;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Comparison.Explanation;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/** What the gateway says of a session at one moment, to be held against the ledger. */
public final class Claim {

  private final SessionKey key;
  private final long minVersion;
  private final @Nullable Row row;
  private final @Nullable SessionId ledgerId;
  private final @Nullable Explanation explanation;

  Claim(SessionTrack track, long minVersion, @Nullable Explanation explanation) {
    this.key = track.key;
    this.minVersion = minVersion;
    this.row = track.lastRow;
    SessionId shown = row == null ? null : row.sessionId();
    this.ledgerId = shown == null ? null : track.inLedger(shown);
    this.explanation = explanation;
  }

  public SessionKey key() {
    return key;
  }

  /** The difference to what the ledger has; empty when they agree, or when nothing was shown. */
  public Optional<Replay.Difference> against(Decider decider) {
    return decider.session(key, minVersion).flatMap(this::against);
  }

  Optional<Replay.Difference> against(Replay.LedgerSession held) {
    return row == null || ledgerId == null
        ? Optional.empty()
        : Comparison.difference(row, ledgerId, held, explanation);
  }
}

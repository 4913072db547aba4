package org.sessionledger.core.store.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Standing;
import org.sessionledger.core.session.Verdict;

/** What happened to a session, step by step, as a bundle tells it. */
public sealed interface BundleItem {

  /** The canonical command. */
  ObjectNode command();

  /** When it was decided, on the ledger's clock. */
  Instant at();

  /**
   * An accepted event.
   *
   * @param session as the event left it
   */
  record Happened(
      long position,
      long version,
      SessionEvent event,
      ObjectNode command,
      SessionStatus session,
      Instant at)
      implements BundleItem {}

  /**
   * A refusal, or a duplicate; of those that were coalesced the first and the last.
   *
   * @param reason its code; null for a duplicate
   * @param current what was current then; null when there was no session, and for a last one
   * @param count arrivals that the line stands for; 0 for a last one
   * @param last true for the last one of several
   */
  record Refused(
      String decisionId,
      Verdict verdict,
      @Nullable String reason,
      ObjectNode command,
      @Nullable Standing current,
      long count,
      boolean last,
      Instant at)
      implements BundleItem {}
}

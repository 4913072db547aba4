package org.sessionledger.spring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Stats;
import org.sessionledger.projections.kit.ViewState;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** Shows the totals, how far each view is, and which sessions a view leaves alone. */
@Endpoint(id = "sessionledger")
final class SessionLedgerEndpoint {

  private final Ledger ledger;
  private final LedgerLook look;

  SessionLedgerEndpoint(Ledger ledger, LedgerLook look) {
    this.ledger = ledger;
    this.look = look;
  }

  @ReadOperation
  Report report() {
    try {
      LedgerLook.Seen seen = look.now();
      return new Report(null, ledger.waiting(), seen.totals(), seen.views());
    } catch (RuntimeException e) {
      return new Report(e.getMessage(), ledger.waiting(), null, List.of());
    }
  }

  /**
   * @param problem why nothing more is known
   * @param waiting commands that wait to be decided
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Report(
      @Nullable String problem, int waiting, @Nullable Stats totals, List<ViewState> views) {}
}

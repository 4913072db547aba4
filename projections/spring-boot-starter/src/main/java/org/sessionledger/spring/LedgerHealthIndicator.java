package org.sessionledger.spring;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.ViewState;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/**
 * Down when the database is away or the ledger is closed; out of service when commands are decided
 * and a view does not go on. A session that a view leaves alone is told and makes nobody ill.
 */
final class LedgerHealthIndicator extends AbstractHealthIndicator {

  private final Ledger ledger;
  private final LedgerLook look;

  LedgerHealthIndicator(Ledger ledger, LedgerLook look) {
    super("The health of the session ledger cannot be told");
    this.ledger = ledger;
    this.look = look;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    tell(look.now(), ledger.waiting(), builder);
  }

  static void tell(LedgerLook.Seen seen, int waiting, Health.Builder builder) {
    Map<String, Object> views = new LinkedHashMap<>();
    long parked = 0;
    boolean allGoOn = true;
    for (ViewState view : seen.views()) {
      views.put(view.name(), told(view));
      parked += view.parked();
      allGoOn &= view.state() == ViewState.State.RUNNING;
    }
    (allGoOn ? builder.up() : builder.outOfService())
        .withDetail("position", seen.totals().position())
        .withDetail("waiting", waiting)
        .withDetail("parkedSessions", parked)
        .withDetail("views", views);
  }

  private static Map<String, Object> told(ViewState view) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("state", view.state().name().toLowerCase(Locale.ROOT));
    told.put("lag", view.lag());
    told.put("parked", view.parked());
    if (view.error() != null) {
      told.put("error", view.error());
    }
    return told;
  }
}

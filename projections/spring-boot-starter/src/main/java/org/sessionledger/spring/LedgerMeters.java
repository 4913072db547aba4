package org.sessionledger.spring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.ViewState;

/** The queue, and how far each view is behind. */
final class LedgerMeters implements MeterBinder {

  private final Ledger ledger;
  private final LedgerLook look;
  private final List<String> views;

  /**
   * @param views their names
   */
  LedgerMeters(Ledger ledger, LedgerLook look, List<String> views) {
    this.ledger = ledger;
    this.look = look;
    this.views = views;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("session.ledger.queue", ledger, Ledger::waiting)
        .description("Commands that wait to be decided")
        .register(registry);
    for (String view : views) {
      Gauge.builder("session.ledger.view.lag", () -> lag(view))
          .description("Events that the view does not have yet; not a number when nobody can tell")
          .tag("view", view)
          .register(registry);
    }
  }

  private double lag(String view) {
    try {
      return look.lately().views().stream()
          .filter(state -> state.name().equals(view))
          .mapToDouble(ViewState::lag)
          .findFirst()
          .orElse(Double.NaN);
    } catch (RuntimeException e) {
      return Double.NaN;
    }
  }
}

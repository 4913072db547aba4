package org.sessionledger.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.api.LedgerViews;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.projections.kit.RowFold;
import org.sessionledger.projections.kit.Tables;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.Views;

/** What the views have is what the events say. */
final class RebuiltViews {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private RebuiltViews() {}

  /** Starts the views, and waits until they have everything. */
  static void assertSame(Ledger ledger) {
    LedgerViews views = LedgerViews.of(ledger);
    try (Views live = Views.open(ledger, views.all())) {
      assertSame(ledger, views, live);
    }
  }

  /** Waits until a server's views have everything. */
  static void assertSame(LedgerServer server) {
    assertSame(server.bean(Ledger.class), server.bean(LedgerViews.class), server.bean(Views.class));
  }

  /** Waits until the views have everything; then no event is missing, doubled or out of order. */
  static void assertSame(Ledger ledger, LedgerViews views, Views live) {
    assertThat(live.awaitAll(PATIENCE)).as("%s", live.states()).isTrue();
    assertThat(live.states()).allMatch(each -> each.refused() == 0);
    for (View view : views.all()) {
      assertRebuiltTheSame(ledger, view);
    }
  }

  private static void assertRebuiltTheSame(Ledger ledger, View view) {
    DataSource dataSource = ledger.dataSource();
    String live = Tables.of(dataSource, view);
    String rebuilt = "view_" + view.name() + "_rebuilt";
    Tables.make(dataSource, view, rebuilt);
    RowFold<?, ?> fold = view.fold(rebuilt);
    LedgerAudit.pages(ledger.reader(), page -> Tables.fold(dataSource, fold, page));
    assertThat(count(dataSource, "SELECT * FROM " + rebuilt)).as(live).isPositive();
    assertThat(count(dataSource, "SELECT * FROM " + live))
        .as(live)
        .isEqualTo(count(dataSource, "SELECT * FROM " + rebuilt));
    assertThat(count(dataSource, "SELECT * FROM " + live + " EXCEPT SELECT * FROM " + rebuilt))
        .as("rows of %s that are not what the events say", live)
        .isZero();
  }

  private static long count(DataSource dataSource, String rows) {
    AtomicLong count = new AtomicLong();
    LedgerAudit.each(
        dataSource,
        "SELECT COUNT(*) AS n FROM (" + rows + ") counted",
        row -> count.set(row.getLong("n")));
    return count.get();
  }
}

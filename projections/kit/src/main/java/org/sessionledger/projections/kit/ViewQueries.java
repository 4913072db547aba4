package org.sessionledger.projections.kit;

import org.axonframework.queryhandling.QueryGateway;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.QueryProvider;

/** {@link Ledger#queries()} with all views on the class path. Public because it is made by name. */
public final class ViewQueries implements QueryProvider {

  @Override
  public OpenQueries open(Ledger ledger) {
    Views views = Views.open(ledger);
    return new OpenQueries() {

      @Override
      public QueryGateway gateway() {
        return views.queries();
      }

      @Override
      public void close() {
        views.close();
      }
    };
  }
}

package org.sessionledger.core.ledger;

import java.util.ServiceLoader;
import org.axonframework.queryhandling.QueryGateway;
import org.jspecify.annotations.Nullable;

/** Opens the views on the class path when somebody asks the first question. */
final class Questions implements AutoCloseable {

  private final Ledger ledger;
  private QueryProvider.@Nullable OpenQueries opened;
  private boolean closed;

  Questions(Ledger ledger) {
    this.ledger = ledger;
  }

  synchronized QueryGateway gateway() {
    if (closed) {
      throw new LedgerUnavailable("The ledger is closed.", null);
    }
    if (opened == null) {
      opened =
          ServiceLoader.load(QueryProvider.class, Ledger.class.getClassLoader())
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "No views are on the class path: add session-ledger-status, or another"
                              + " module with views."))
              .open(ledger);
    }
    return opened.gateway();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (opened != null) {
      opened.close();
    }
  }
}

package org.sessionledger.core.ledger;

import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.axonframework.queryhandling.QueryGateway;
import org.jspecify.annotations.Nullable;

/**
 * Opens the views on the class path when somebody asks the first question, unless the program says
 * whom to ask.
 */
final class Questions implements AutoCloseable {

  private final Ledger ledger;
  private @Nullable Supplier<QueryGateway> others;
  private QueryProvider.@Nullable OpenQueries opened;
  private boolean closed;

  Questions(Ledger ledger) {
    this.ledger = ledger;
  }

  synchronized void askOthers(Supplier<QueryGateway> gateway) {
    if (opened != null) {
      throw new IllegalStateException(
          "The views on the class path are open already; say whom to ask before the first question.");
    }
    others = gateway;
  }

  QueryGateway gateway() {
    Supplier<QueryGateway> known;
    synchronized (this) {
      if (closed) {
        throw new LedgerUnavailable("The ledger is closed.", null);
      }
      known = others == null ? open()::gateway : others;
    }
    // Outside of the lock: others may have to be made first.
    return known.get();
  }

  private QueryProvider.OpenQueries open() {
    QueryProvider.OpenQueries open = opened;
    if (open == null) {
      open =
          ServiceLoader.load(QueryProvider.class, Ledger.class.getClassLoader())
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "No views are on the class path: add session-ledger-status, or another"
                              + " module with views."))
              .open(ledger);
      opened = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (opened != null) {
      opened.close();
    }
  }
}

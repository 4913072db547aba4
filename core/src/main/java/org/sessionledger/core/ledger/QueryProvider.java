package org.sessionledger.core.ledger;

import org.axonframework.queryhandling.QueryGateway;

/**
 * Answers questions about a ledger; found on the class path by {@link java.util.ServiceLoader}. The
 * modules with views bring one.
 */
public interface QueryProvider {

  /** Begins to answer questions about a ledger. */
  OpenQueries open(Ledger ledger);

  /** Where questions are asked, until it is closed. */
  interface OpenQueries extends AutoCloseable {

    QueryGateway gateway();

    @Override
    void close();
  }
}

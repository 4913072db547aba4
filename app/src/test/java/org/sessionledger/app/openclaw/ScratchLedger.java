package org.sessionledger.app.openclaw;

import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;
import org.sessionledger.core.ledger.Ledger;

/** A real ledger in a database in memory. */
final class ScratchLedger implements AutoCloseable {

  private final JdbcConnectionPool database =
      JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa", "");
  private final Ledger ledger = Ledger.open(database);

  Decider decider() {
    return new LedgerDecider(ledger);
  }

  @Override
  public void close() {
    ledger.close();
    database.dispose();
  }
}

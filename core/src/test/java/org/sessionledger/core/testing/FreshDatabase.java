package org.sessionledger.core.testing;

import javax.sql.DataSource;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerOptions;

/** One empty database, a test's own. Close the ledgers on it first. */
public interface FreshDatabase extends AutoCloseable {

  /** Opens the ledger as a program would; close it and open it again to find everything there. */
  Ledger open();

  /** Opens the ledger as the test wants it. */
  default Ledger open(LedgerOptions options) {
    return Ledger.open(dataSource(), options);
  }

  /** Connections of their own, beside those of any ledger; on H2 it keeps the file open. */
  DataSource dataSource();

  /** Where another process finds it: a folder, or a JDBC URL. */
  String place();

  /** Waits until processes that were killed have no connection left. */
  void awaitTheDead();

  @Override
  void close();
}

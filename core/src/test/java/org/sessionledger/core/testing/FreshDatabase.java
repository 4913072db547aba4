package org.sessionledger.core.testing;

import java.time.Clock;
import javax.sql.DataSource;
import org.sessionledger.core.ledger.Ledger;

/** One empty database, a test's own. Close the ledgers on it first. */
public interface FreshDatabase extends AutoCloseable {

  /** Opens the ledger as a program would; close it and open it again to find everything there. */
  Ledger open();

  /** Opens the ledger with a clock of the test's. */
  default Ledger open(Clock clock) {
    return Ledger.open(dataSource(), clock);
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

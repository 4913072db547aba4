package org.sessionledger.core.conformance;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The ledger keeps every clause of the kit that it publishes. */
class LedgerConformanceTest extends SessionFenceConformance {

  private static LedgerRuntime ledger;

  @BeforeAll
  static void open(@TempDir Path folder) {
    ledger = new LedgerRuntime(folder.resolve("ledger-data"));
  }

  @AfterAll
  static void close() {
    ledger.close();
  }

  /** Its own clock is the real one: no decision reads it. */
  @Override
  protected RuntimeAdapter runtime(Clock clock) {
    return ledger;
  }

  @Override
  protected void close(RuntimeAdapter runtime) {
    // The next clause has another session in the same store.
  }
}

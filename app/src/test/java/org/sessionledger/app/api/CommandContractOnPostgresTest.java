package org.sessionledger.app.api;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;

/** The same contract on a real PostgreSQL. */
class CommandContractOnPostgresTest extends CommandContractTest {

  private EmbeddedPostgres postgres;

  @Override
  LedgerStorage storage(Path folder) {
    try {
      postgres = EmbeddedPostgres.start();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return new LedgerStorage.Database(
        postgres.getJdbcUrl("postgres", "postgres"), "postgres", null);
  }

  @AfterAll
  void stopPostgres() throws IOException {
    postgres.close();
  }
}

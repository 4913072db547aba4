package org.sessionledger.spring;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.sessionledger.core.ledger.Ledger;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Applications that have the starter. */
final class Boot {

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private Boot() {}

  static ApplicationContextRunner starter() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                SessionLedgerAutoConfiguration.class,
                SessionLedgerActuatorAutoConfiguration.class));
  }

  static ApplicationContextRunner starter(Path folder) {
    return starter().withPropertyValues("session-ledger.folder=" + folder);
  }

  /** An application to which the views do not matter: it starts sooner. */
  static ApplicationContextRunner bare(Path folder) {
    return starter(folder).withPropertyValues("session-ledger.views.enabled=false");
  }

  /** An application's database, empty; it ends with its connections. */
  static JdbcConnectionPool memory() {
    return JdbcConnectionPool.create(
        "jdbc:h2:mem:boot-" + NUMBERS.incrementAndGet() + ";DB_CLOSE_DELAY=-1", "sa", "");
  }

  /** How many events a ledger has that is in a database or a folder, opened by hand. */
  static long events(DataSource dataSource) {
    try (Ledger ledger = Ledger.open(dataSource)) {
      return ledger.reader().position();
    }
  }

  static long events(Path folder) {
    try (Ledger ledger = Ledger.open(folder)) {
      return ledger.reader().position();
    }
  }
}

package org.sessionledger.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.open;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.OnBothDatabases;

class AutoCommittingTest {

  @TempDir Path folder;

  @OnBothDatabases
  void a_pool_that_leaves_commits_to_its_users_has_a_ledger_like_any_other(Databases on)
      throws Exception {
    try (FreshDatabase database = on.fresh(folder)) {
      HikariConfig config = new HikariConfig();
      config.setDataSource(database.dataSource());
      config.setAutoCommit(false);
      try (HikariDataSource pool = new HikariDataSource(config)) {
        assertThat(AutoCommitting.of(database.dataSource())).isSameAs(database.dataSource());
        assertThat(AutoCommitting.of(pool).unwrap(HikariDataSource.class)).isSameAs(pool);
        try (Ledger ledger = Ledger.open(pool)) {
          assertThat(open("k", "s-1").to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
          try (var lent = ledger.dataSource().getConnection()) {
            assertThat(lent.getAutoCommit()).isTrue();
          }
        }
        try (var lent = pool.getConnection()) {
          assertThat(lent.getAutoCommit()).as("as it was").isFalse();
        }
      }
      try (Ledger ledger = database.open()) {
        assertThat(LedgerAudit.verify(ledger).accepted()).isEqualTo(1);
      }
    }
  }
}

package org.sessionledger.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.complete;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.order;
import static org.sessionledger.core.testing.Order.start;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;

/** A store that an older version made says the same after it was updated. */
class UpgradeTest {

  private static final Instant AT = Instant.parse("2026-05-31T09:00:00Z");

  @TempDir Path folder;

  @Test
  void a_store_of_the_first_tables_on_h2() throws SQLException {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:" + folder.resolve("old"));
    try (Connection held = h2.getConnection()) {
      assertUpdated(h2, held);
    }
  }

  @Test
  void a_store_of_the_first_tables_on_postgresql() throws SQLException {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        Connection held = database.dataSource().getConnection()) {
      assertUpdated(database.dataSource(), held);
    }
  }

  private static void assertUpdated(DataSource dataSource, Connection held) throws SQLException {
    Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:db/ledger")
        .table("ledger_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .target("1")
        .load()
        .migrate();
    tell(held);
    try (Ledger ledger = Ledger.open(dataSource)) {
      // Accepted ids are remembered, of one session and of all.
      Decision again = start("k", "s-1", "r-2").from("gw-1").id("c-4").to(ledger);
      assertThat(again.verdict()).isEqualTo(Verdict.DUPLICATE);
      assertThat(again.session().version()).isEqualTo(4);
      Decision everywhere =
          order("InterruptRuns", null).with("instance", "gw-0").id("c-5").to(ledger);
      assertThat(everywhere.verdict()).isEqualTo(Verdict.DUPLICATE);
      assertThat(everywhere.interrupted()).isEqualTo(new Decision.Interrupted(2, 3));
      assertThat(open("other", "s").id("c-4").to(ledger).refusal().reason())
          .isEqualTo(Reason.COMMAND_ID_REUSED);
      // The run that was over is, the one that was open is, and its process leads to it.
      assertThat(start("k", "s-1", "r-1").to(ledger).refusal().reason())
          .isEqualTo(Reason.RUN_ENDED);
      Decision lost = order("InterruptRuns", null).with("instance", "gw-1").to(ledger);
      assertThat(lost.interrupted()).isEqualTo(new Decision.Interrupted(1, 1));
      assertThat(complete("k", "r-2").to(ledger).session().version()).isEqualTo(6);
      assertThat(ledger.reader().stats().events()).isEqualTo(6);
    }
  }

  /** Opened, a run that ended, a run that is open, and a command over every session. */
  private static void tell(Connection connection) throws SQLException {
    String of = "\"sessionKey\":\"k\",\"generation\":{\"number\":1,\"sessionId\":\"s-1\"}";
    String run = "{" + of + ",\"runId\":\"%s\",\"attempt\":1,";
    String starts = run + "\"instance\":\"gw-1\",\"inferred\":false,\"replacesOpenAttempt\":false}";
    update(connection, "INSERT INTO ledger_sessions VALUES (1, 'k')");
    event(
        connection,
        1,
        "SessionOpened",
        "{" + of + ",\"runPolicy\":\"concurrent\",\"attributes\":{}}",
        "OpenSession",
        "",
        0);
    event(connection, 2, "RunStarted", starts.formatted("r-1"), "StartRun", "r-1", 1);
    event(
        connection,
        3,
        "RunCompleted",
        (run + "\"correctsInterruption\":false}").formatted("r-1"),
        "CompleteRun",
        "r-1",
        0);
    event(connection, 4, "RunStarted", starts.formatted("r-2"), "StartRun", "r-2", 1);
    update(connection, "INSERT INTO ledger_generations VALUES (1, 1, 's-1', 0, NULL)");
    update(connection, "INSERT INTO ledger_runs VALUES (1, 'r-1', 1, 1, 'done', NULL, 2)");
    update(connection, "INSERT INTO ledger_runs VALUES (1, 'r-2', 1, 1, 'running', 'gw-1', 4)");
    String content = Hash.of("InterruptRuns{\"instance\":\"gw-0\"}");
    Sql.update(
        connection, "INSERT INTO ledger_commands VALUES ('c-5', ?, NULL, 2, 3, ?)", content, AT);
    update(
        connection,
        "UPDATE ledger_head SET commits = 5, position = 4, sessions = 1, active_runs = 1,"
            + " accepted = 5");
  }

  private static void event(
      Connection connection,
      long position,
      String type,
      String event,
      String commandType,
      String runId,
      int activeRuns)
      throws SQLException {
    String id = "c-" + position;
    String command =
        "{\"type\":\"%s\",\"commandId\":\"%s\",\"sessionKey\":\"k\",\"sessionId\":\"s-1\"%s}"
            .formatted(commandType, id, runId.isEmpty() ? "" : ",\"runId\":\"" + runId + "\"");
    String session =
        """
        {"sessionKey":"k","sessionId":"s-1","generation":1,"status":"%s","activeRuns":%d,\
        "version":%d,"position":%d,"runs":0,"runPolicy":"concurrent","attributes":{},\
        "openedAt":"%s","changedAt":"%s"}"""
            .formatted(activeRuns > 0 ? "running" : "idle", activeRuns, position, position, AT, AT);
    Sql.update(
        connection,
        "INSERT INTO ledger_events VALUES (?, 1, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
        position,
        position,
        type,
        event,
        id,
        commandType,
        command,
        session,
        AT,
        "0".repeat(64));
    Sql.update(
        connection,
        "INSERT INTO ledger_commands VALUES (?, ?, ?, NULL, NULL, ?)",
        id,
        "0".repeat(64),
        position,
        AT);
  }

  private static void update(Connection connection, String sql) throws SQLException {
    Sql.update(connection, sql);
  }
}

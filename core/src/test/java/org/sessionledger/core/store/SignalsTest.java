package org.sessionledger.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.testing.Order.open;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.ChildJvm;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;

/** A node of which only the wake-up is there, beside a whole one that commits. */
class SignalsTest {

  private static final int PATIENCE_SECONDS = 60;

  /** Longer than any test is willing to wait: what is seen then was told. */
  private static final int NEVER = 3_600_000;

  @TempDir static Path folder;

  private static FreshDatabase database;
  private static Ledger here;
  private static int keys;

  private final Commits commits = new Commits();
  private HikariDataSource there;

  @BeforeAll
  static void a_node() {
    database = Databases.POSTGRESQL.fresh(folder);
    here = database.open();
  }

  @AfterAll
  static void its_end() {
    here.close();
    database.close();
  }

  @BeforeEach
  void another_node() {
    there = pool("public");
  }

  @AfterEach
  void the_others_end() {
    there.close();
  }

  /** Connections of another node, which can be told from those of the first one. */
  private static HikariDataSource pool(String schema) {
    HikariDataSource first = (HikariDataSource) database.dataSource();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(first.getJdbcUrl());
    config.setUsername(first.getUsername());
    config.setPassword(first.getPassword());
    config.addDataSourceProperty("ApplicationName", "there");
    config.addDataSourceProperty("currentSchema", schema);
    config.setMaximumPoolSize(6);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }

  private Signals signals(int lookMillis) {
    Signals signals = new Signals(there, commits, lookMillis);
    signals.start();
    return signals;
  }

  /** One event; its position. */
  private static long commit() {
    assertThat(open("k" + keys++, "s-1").to(here).verdict()).isEqualTo(Verdict.ACCEPTED);
    return here.reader().position();
  }

  private void heard(long position) throws InterruptedException {
    assertThat(commits.awaitAfter(position - 1, PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("position %s, at %s", position, commits.position())
        .isTrue();
  }

  private static void run(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void what_one_node_commits_another_one_is_told_of() throws Exception {
    try (Signals told = signals(NEVER);
        BlockingStream<TrackedEventMessage<?>> events =
            new LedgerEventSource(here.reader(), commits)
                .openStream(new GlobalSequenceTrackingToken(here.reader().position()))) {
      for (int i = 0; i < 10; i++) {
        long position = commit();
        assertThat(events.hasNextAvailable(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(events.nextAvailable().trackingToken().position()).hasValue(position);
      }
    }
  }

  @Test
  void what_was_committed_before_a_node_listens_it_sees_without_being_told() throws Exception {
    long position = commit();
    try (Signals told = signals(NEVER)) {
      heard(position);
    }
  }

  @Test
  void connections_that_are_cut_are_replaced() throws Exception {
    try (Signals told = signals(NEVER)) {
      heard(commit());
      for (int round = 0; round < 2; round++) {
        run(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                + " WHERE application_name = 'there' AND datname = current_database()");
        // The first may be found by looking, when the new connection listens; the second is told.
        heard(commit());
        heard(commit());
      }
    }
  }

  @Test
  void what_nobody_tells_is_looked_for() throws Exception {
    run("CREATE SCHEMA silent");
    run("CREATE TABLE silent.ledger_head AS SELECT * FROM ledger_head");
    there.close();
    there = pool("silent");
    try (Signals told = signals(20)) {
      for (int i = 1; i <= 3; i++) {
        run("UPDATE silent.ledger_head SET position = 1000000 + " + i);
        heard(1000000 + i);
      }
    }
  }

  @Test
  void a_false_notification_is_not_believed() throws Exception {
    try (Signals told = signals(NEVER)) {
      heard(commit());
      String channel = channel();
      run("NOTIFY " + channel + ", 'nonsense'");
      // Again and again, so that one falls between a commit and its own notification.
      for (int i = 0; i < 100; i++) {
        run("NOTIFY " + channel + ", '999999'");
        heard(commit());
      }
      assertThat(commits.position()).isEqualTo(here.reader().position());
    }
  }

  @Test
  void what_was_told_nobody_tells_again() throws Exception {
    try (Signals told = signals(NEVER);
        Connection listener = database.dataSource().getConnection();
        SignalChannel channel = new SignalChannel(listener)) {
      long first = commit();
      heard(first);
      channel.listen();
      for (int i = 0; i < 20; i++) {
        heard(commit());
      }
      run("NOTIFY " + channel() + ", 'end'");
      List<String> heard = new ArrayList<>();
      while (!heard.contains("end")) {
        for (var each : listener.unwrap(PGConnection.class).getNotifications(NEVER)) {
          heard.add(each.getParameter());
        }
      }
      // What a node finds without having been told, as it does when it starts, it does tell.
      heard.remove(Long.toString(first));
      assertThat(heard).doesNotHaveDuplicates();
    }
  }

  @Test
  void ledgers_in_one_database_do_not_disturb_each_other() throws Exception {
    run("CREATE SCHEMA other");
    there.close();
    there = pool("other");
    try (Ledger other = Ledger.open(there);
        Signals told = signals(NEVER)) {
      open("k", "s-1").to(other);
      heard(1);
      commit();
      commit();
      open("k2", "s-1").to(other);
      heard(2);
      open("k3", "s-1").to(other);
      heard(3);
      assertThat(commits.position()).isEqualTo(3);
    }
  }

  @Test
  void connections_are_given_back_and_listen_no_more() throws Exception {
    Signals told = signals(NEVER);
    heard(commit());
    told.close();

    assertThat(there.getHikariPoolMXBean().getActiveConnections()).isZero();
    int idle = there.getHikariPoolMXBean().getIdleConnections();
    assertThat(idle).isPositive();
    List<Connection> taken = new ArrayList<>();
    for (int i = 0; i < idle; i++) {
      Connection connection = there.getConnection();
      taken.add(connection);
      try (Statement statement = connection.createStatement();
          ResultSet channels = statement.executeQuery("SELECT pg_listening_channels()")) {
        assertThat(channels.next()).isFalse();
      }
    }
    for (Connection each : taken) {
      each.close();
    }
  }

  /** What a program does that keeps its ledger in a folder. */
  static final class OnH2 {

    public static void main(String[] arguments) {
      try (Ledger ledger = Ledger.open(Path.of(arguments[0]))) {
        String threads =
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.matches("session-ledger-(hears|tells)"))
                .toList()
                .toString();
        System.out.println("told " + open("k", "s-1").to(ledger).verdict() + " " + threads);
      }
    }
  }

  @Test
  void on_h2_nobody_listens_and_no_driver_of_postgresql_is_needed() {
    String home = folder.resolve("no-driver").toString();
    try (ChildJvm child = ChildJvm.startWithout(PGConnection.class, OnH2.class, home)) {
      String line = child.line();
      while (line != null && !line.startsWith("told")) {
        line = child.line();
      }
      assertThat(line).isEqualTo("told ACCEPTED []");
    }
  }

  private static String channel() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT 'session_ledger_' || 'ledger_head'::regclass::oid")) {
      row.next();
      return row.getString(1);
    }
  }
}

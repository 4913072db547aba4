package org.sessionledger.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.OnBothDatabases;

class AppliedMigrationsTest {

  private static final ClassLoader LOADER = Schema.class.getClassLoader();

  @TempDir Path folder;

  @OnBothDatabases
  void what_flyway_applied_is_found_applied_without_it(Databases on) {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      assertThat(ofTheLedger(ledger.dataSource())).isTrue();
    }
  }

  @OnBothDatabases
  void an_empty_database_is_left_to_flyway(Databases on) throws SQLException {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      run(ledger.dataSource(), "DELETE FROM \"ledger_schema_history\"");
      assertThat(ofTheLedger(ledger.dataSource())).isFalse();
      run(ledger.dataSource(), "DROP TABLE \"ledger_schema_history\"");
      assertThat(ofTheLedger(ledger.dataSource())).isFalse();
    }
  }

  @OnBothDatabases
  void a_migration_that_was_changed_or_failed_is_left_to_flyway(Databases on) throws SQLException {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      for (String change :
          new String[] {
            "\"checksum\" = \"checksum\" + 1",
            "\"checksum\" = NULL",
            "\"success\" = FALSE",
            "\"script\" = 'V1__other.sql'"
          }) {
        String where = " WHERE \"type\" = 'SQL'";
        run(ledger.dataSource(), "CREATE TABLE kept AS SELECT * FROM \"ledger_schema_history\"");
        run(ledger.dataSource(), "UPDATE \"ledger_schema_history\" SET " + change + where);
        assertThat(ofTheLedger(ledger.dataSource())).as(change).isFalse();
        run(ledger.dataSource(), "DELETE FROM \"ledger_schema_history\"");
        run(ledger.dataSource(), "INSERT INTO \"ledger_schema_history\" SELECT * FROM kept");
        run(ledger.dataSource(), "DROP TABLE kept");
        assertThat(ofTheLedger(ledger.dataSource())).isTrue();
      }
    }
  }

  @OnBothDatabases
  void one_migration_more_on_either_side_is_left_to_flyway(Databases on) throws Exception {
    Path jar = folder.resolve("more.jar");
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open();
        URLClassLoader brings =
            new URLClassLoader(
                new URL[] {jarWith(jar, "db/ledger/V999__more.sql").toUri().toURL()}, LOADER)) {
      assertThat(
              AppliedMigrations.areAll(
                  ledger.dataSource(), brings, "db/ledger", "ledger_schema_history"))
          .isFalse();
      run(
          ledger.dataSource(),
          "INSERT INTO \"ledger_schema_history\" (\"installed_rank\", \"version\","
              + " \"description\", \"type\", \"script\", \"checksum\", \"installed_by\","
              + " \"execution_time\", \"success\") VALUES (999, '999', 'more', 'SQL',"
              + " 'V999__more.sql', 1, 'me', 0, TRUE)");
      assertThat(ofTheLedger(ledger.dataSource())).isFalse();
    }
  }

  @OnBothDatabases
  void migrations_in_a_jar_are_found_there(Databases on) throws Exception {
    Path jar = folder.resolve("view.jar");
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open();
        URLClassLoader brings =
            new URLClassLoader(
                new URL[] {jarWith(jar, "db/view/jarred/V1__jarred.sql").toUri().toURL()},
                LOADER)) {
      Class<?> home = classOf(brings);
      DataSource dataSource = ledger.dataSource();
      assertThat(AppliedMigrations.areAll(dataSource, brings, "db/view/jarred", "jarred_history"))
          .isFalse();
      Schema.migrate(dataSource, home, "db/view/jarred", "jarred_history", Map.of());
      assertThat(AppliedMigrations.areAll(dataSource, brings, "db/view/jarred", "jarred_history"))
          .isTrue();
    }
  }

  /** Any class that a loader has of its own. */
  private static Class<?> classOf(ClassLoader loader) {
    return Proxy.newProxyInstance(
            loader, new Class<?>[] {Runnable.class}, (proxy, method, values) -> null)
        .getClass();
  }

  private static boolean ofTheLedger(DataSource dataSource) {
    return AppliedMigrations.areAll(dataSource, LOADER, "db/ledger", "ledger_schema_history");
  }

  private static Path jarWith(Path jar, String script) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (int slash = script.indexOf('/'); slash > 0; slash = script.indexOf('/', slash + 1)) {
        entries.putNextEntry(new JarEntry(script.substring(0, slash + 1)));
      }
      entries.putNextEntry(new JarEntry(script));
      entries.write("CREATE TABLE jarred (id BIGINT);\r\n".getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  private static void run(DataSource dataSource, String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

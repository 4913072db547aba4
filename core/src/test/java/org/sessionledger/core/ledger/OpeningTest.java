package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.testing.Order.open;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.ChildJvm;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.LoadedChild;
import org.sessionledger.core.testing.OnBothDatabases;

/** What cannot be opened says so in one sentence, and what is closed takes nothing. */
class OpeningTest {

  @TempDir Path folder;

  @OnBothDatabases
  void a_closed_ledger_takes_nothing(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      Ledger ledger = database.open();
      open("k", "s-1").to(ledger);
      ledger.close();
      assertThatThrownBy(() -> open("k", "s-1").submitTo(ledger))
          .isInstanceOf(LedgerUnavailable.class)
          .hasMessage("The ledger is closed.");
      ledger.close();
      try (Ledger again = database.open()) {
        assertThat(LedgerAudit.verify(again).arrivals()).isEqualTo(1);
      }
    }
  }

  @OnBothDatabases
  void a_ledger_with_nothing_to_do_closes_at_once(Databases on) {
    try (FreshDatabase database = on.fresh(folder)) {
      List<Long> millis = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Ledger ledger = database.open(LedgerOptions.defaults());
        open("k" + i, "s-1").to(ledger);
        long start = System.nanoTime();
        ledger.close();
        millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      }
      millis.sort(null);
      // The writer looks every 500 ms whether another node wrote; nobody waits for that.
      assertThat(millis.get(2)).as("all: %s", millis).isLessThan(250);
    }
  }

  @Test
  void a_folder_is_one_process_s_alone() {
    Path data = folder.resolve("data");
    try (ChildJvm child = ChildJvm.start(LoadedChild.class, data.toString(), "1")) {
      assertThat(child.line()).isEqualTo("open");
      assertUnavailable(data, "is in use by another process.");
    }
    try (Ledger ledger = Ledger.open(data)) {
      assertThat(open("k", "s-1").to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
    }
  }

  @Test
  void a_folder_that_the_ledger_makes_is_its_owner_s_alone() throws IOException {
    Path data = folder.resolve("data");
    Ledger.open(data).close();
    assertThat(Files.getPosixFilePermissions(data))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-x---"));
    Ledger.open(data).close();
    assertThat(Files.getPosixFilePermissions(data))
        .as("the mode of one that is there is left alone")
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
  }

  @Test
  void a_folder_is_open_once_in_a_program_whatever_its_name() throws IOException {
    Path data = folder.resolve("data");
    Path link = Files.createSymbolicLink(folder.resolve("link"), data);
    Ledger ledger = Ledger.open(data);
    assertUnavailable(link, "is open in this program already; share that ledger");
    ledger.close();
    try (Ledger again = Ledger.open(link)) {
      ledger.close();
      assertUnavailable(data, "is open in this program already");
      assertThat(again.reader().position()).isZero();
    }
    Ledger.open(data).close();
  }

  @Test
  void a_folder_that_cannot_be_is_named() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "I am no folder.");
    assertUnavailable(file, "cannot be made; choose another one.");
    assertUnavailable(file.resolve("below"), "cannot be made; choose another one.");
    assertUnavailable(folder.resolve("a;b"), "H2 cannot take.");
    Path damaged = Files.createDirectories(folder.resolve("damaged"));
    Files.writeString(damaged.resolve("ledger.mv.db"), "no database at all".repeat(1_000));
    assertUnavailable(damaged, "cannot be opened");
  }

  @Test
  void odd_folder_names_are_folders_all_the_same() {
    for (String name : List.of("with space", "ä#%41?x=1&y", "~tilde", "-dash", "a:b", "it's")) {
      Path odd = folder.resolve(name);
      try (Ledger ledger = Ledger.open(odd)) {
        assertThat(open("k", "s-1").to(ledger).verdict()).isEqualTo(Verdict.ACCEPTED);
      }
      assertThat(odd.resolve("ledger.mv.db")).isNotEmptyFile();
    }
  }

  private static void assertUnavailable(Path data, String why) {
    assertThatThrownBy(() -> Ledger.open(data).close())
        .isInstanceOf(LedgerUnavailable.class)
        .satisfies(e -> assertOneSentence(e.getMessage()))
        .hasMessageContaining(why)
        .hasMessageContaining(data.toString());
  }

  private static void assertOneSentence(String message) {
    assertThat(message).doesNotContain("\n").hasSizeLessThan(400);
  }

  @OnBothDatabases
  void a_database_made_by_a_newer_version_is_left_alone(Databases on) throws SQLException {
    try (FreshDatabase database = on.fresh(folder)) {
      database.open().close();
      try (Connection connection = database.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            """
            INSERT INTO "ledger_schema_history" ("installed_rank", "version", "description", "type",
              "script", "checksum", "installed_by", "execution_time", "success")
            VALUES (9, '99', 'of the future', 'SQL', 'V99__future.sql', 1, 'me', 1, TRUE)
            """);
      }
      assertThatThrownBy(() -> database.open().close())
          .isInstanceOf(LedgerUnavailable.class)
          .satisfies(e -> assertOneSentence(e.getMessage()))
          .hasMessageContaining("newer version");
    }
  }

  @Test
  void a_server_that_does_not_answer_is_told_of_in_one_sentence() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:postgresql://127.0.0.1:1/nowhere");
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(500);
    try (HikariDataSource nowhere = new HikariDataSource(config)) {
      assertThatThrownBy(() -> Ledger.open(nowhere).close())
          .isInstanceOf(LedgerUnavailable.class)
          .satisfies(e -> assertOneSentence(e.getMessage()))
          .hasMessageContaining("cannot be reached");
    }
  }
}

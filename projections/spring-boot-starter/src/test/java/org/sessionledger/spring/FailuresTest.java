package org.sessionledger.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** An application that cannot have its ledger says why, and what to do. */
@ExtendWith(OutputCaptureExtension.class)
class FailuresTest {

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(SessionLedgerAutoConfiguration.class)
  static class Application {}

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(SessionLedgerAutoConfiguration.class)
  static class WithDatabaseAway {
    @Bean
    DataSource dataSource() {
      return new AbstractDataSource() {
        @Override
        public java.sql.Connection getConnection() throws SQLException {
          throw new SQLException("nobody listens", "08001");
        }

        @Override
        public java.sql.Connection getConnection(String user, String password) throws SQLException {
          return getConnection();
        }
      };
    }
  }

  @TempDir Path folder;

  private static void fails(Class<?> application, String... properties) {
    assertThatThrownBy(
            () ->
                new SpringApplicationBuilder(application)
                    .web(WebApplicationType.NONE)
                    .properties(properties)
                    .run()
                    .close())
        .hasRootCauseInstanceOf(Exception.class)
        .satisfies(
            e ->
                assertThat(e)
                    .extracting(FailuresTest::unavailable)
                    .isInstanceOf(LedgerUnavailable.class));
  }

  private static Throwable unavailable(Throwable e) {
    Throwable each = e;
    while (each != null && !(each instanceof LedgerUnavailable)) {
      each = each.getCause();
    }
    return each;
  }

  @Test
  void a_folder_that_cannot_be(CapturedOutput output) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "I am no folder.");
    fails(Application.class, "session-ledger.folder=" + file);
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The session ledger cannot be opened. The data folder " + file)
        .contains("set session-ledger.folder to a folder that this one may write to")
        .doesNotContain("\tat ");
  }

  /** H2 knows another process by its lock on the file. */
  @Test
  void a_folder_of_another_process(CapturedOutput output) throws IOException {
    Ledger.open(folder).close();
    try (FileChannel file =
            FileChannel.open(
                folder.resolve("ledger.mv.db"), StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      assertThat(lock.isValid()).isTrue();
      fails(Application.class, "session-ledger.folder=" + folder);
    }
    assertThat(output).contains("is in use by another process.").contains("end the other process");
  }

  @Test
  void a_database_that_is_away(CapturedOutput output) {
    fails(WithDatabaseAway.class);
    assertThat(output)
        .contains("The database cannot be reached")
        .contains("Look whether the database of the application's DataSource");
  }
}

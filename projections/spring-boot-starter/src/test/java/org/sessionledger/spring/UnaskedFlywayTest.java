package org.sessionledger.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Beside an application's own tables, whoever makes them. */
class UnaskedFlywayTest {

  @TempDir Path folder;

  private ApplicationContextRunner application() {
    return Boot.starter()
        .withInitializer(new UnaskedFlyway())
        .withConfiguration(
            AutoConfigurations.of(
                DataSourceAutoConfiguration.class,
                JdbcTemplateAutoConfiguration.class,
                FlywayAutoConfiguration.class))
        .withPropertyValues("spring.datasource.url=" + url());
  }

  private String url() {
    return "jdbc:h2:file:" + folder.resolve("application");
  }

  /** Classes, and a migration in the place where Spring Boot looks for them. */
  private ClassLoader withMigration() throws IOException {
    Path home = Files.createDirectories(folder.resolve("classes/db/migration"));
    Files.writeString(home.resolve("V1__orders.sql"), "CREATE TABLE orders (id INT PRIMARY KEY);");
    return new URLClassLoader(
        new URL[] {url(folder.resolve("classes"))}, getClass().getClassLoader());
  }

  private static URL url(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }

  private void somebodyMakesATable() {
    new JdbcTemplate(new DriverManagerDataSource(url()))
        .execute("CREATE TABLE made_by_hand (id INT PRIMARY KEY)");
  }

  @Test
  void tables_that_somebody_else_made_are_no_reason_to_fail() {
    somebodyMakesATable();
    application()
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean(Flyway.class);
              context.getBean(Ledger.class).session(new SessionKey("k"));
            });
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
  static class PartOfAnApplication {}

  @Test
  void a_test_of_a_part_without_the_ledger_has_no_flyway_either() {
    somebodyMakesATable();
    try (var context =
        new SpringApplicationBuilder(PartOfAnApplication.class)
            .properties("spring.datasource.url=" + url(), "spring.main.banner-mode=off")
            .run()) {
      assertThat(context.getBeanNamesForType(Flyway.class)).isEmpty();
      assertThat(context.getBeanNamesForType(DataSource.class)).hasSize(1);
    }
  }

  /** Made before anything that Spring Boot adds. */
  @Configuration(proxyBeanMethods = false)
  static class WantsTheLedgerFirst {
    @Bean
    String eager(Ledger ledger) {
      return ledger.toString();
    }
  }

  @Test
  void migrations_of_the_application_go_first_and_with_them_the_ledger_s() throws IOException {
    application()
        .withClassLoader(withMigration())
        .withUserConfiguration(WantsTheLedgerFirst.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed().hasSingleBean(Flyway.class);
              assertThat(
                      context
                          .getBean(JdbcTemplate.class)
                          .queryForObject("SELECT COUNT(*) FROM orders", Long.class))
                  .isZero();
              assertThat(context.getBean(Flyway.class).info().applied()).hasSize(1);
              context.getBean(Ledger.class).session(new SessionKey("k"));
            });
  }

  @Test
  void a_property_is_a_sign_of_use() {
    application()
        .withPropertyValues("spring.flyway.enabled=true")
        .run(context -> assertThat(context).hasSingleBean(Flyway.class));
  }

  @Test
  void a_bean_is_a_sign_of_use() {
    application()
        .withBean(FlywayMigrationStrategy.class, () -> Flyway::migrate)
        .run(context -> assertThat(context).hasSingleBean(Flyway.class));
  }

  @Test
  void a_database_that_had_the_ledger_first_needs_a_baseline() throws IOException {
    ClassLoader classes = withMigration();
    application().run(context -> assertThat(context).hasNotFailed());
    application().withClassLoader(classes).run(context -> assertThat(context).hasFailed());
    application()
        .withClassLoader(classes)
        .withPropertyValues(
            "spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=0")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(
                      context
                          .getBean(JdbcTemplate.class)
                          .queryForObject("SELECT COUNT(*) FROM orders", Long.class))
                  .isZero();
              assertThat(context.getBean(DataSource.class)).isNotNull();
            });
  }
}

package org.sessionledger.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Status;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.LedgerAudit;
import org.sessionledger.core.testing.OnBothDatabases;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.spring.sample.AgentService;
import org.sessionledger.spring.sample.SampleApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** An application with tables and migrations of its own, and the ledger beside them. */
class SampleApplicationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** For the applications that do not run Axon; it is on the class path of all of them. */
  private static final String AXON =
      ImportCandidates.load(AutoConfiguration.class, SampleApplicationTest.class.getClassLoader())
          .getCandidates()
          .stream()
          .filter(name -> name.startsWith("org.axonframework."))
          .collect(Collectors.joining(","));

  @TempDir Path folder;

  private static ConfigurableApplicationContext start(
      Databases on, FreshDatabase database, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add("spring.main.banner-mode=off");
    all.add("spring.flyway.locations=classpath:sample/migration");
    if (on == Databases.POSTGRESQL) {
      all.add("spring.datasource.url=" + database.place());
      all.add("spring.datasource.username=postgres");
      all.add("spring.datasource.password=postgres");
    } else {
      all.add("spring.datasource.url=jdbc:h2:file:" + database.place() + "/application");
    }
    return new SpringApplicationBuilder(SampleApplication.class)
        .properties(all.toArray(String[]::new))
        .run();
  }

  @OnBothDatabases
  void the_ledger_lives_beside_the_application_s_tables(Databases on) throws Exception {
    String without = "spring.autoconfigure.exclude=" + AXON;
    try (FreshDatabase database = on.fresh(folder)) {
      try (ConfigurableApplicationContext context = start(on, database, without)) {
        AgentService agents = context.getBean(AgentService.class);
        agents.hire("anna");
        assertThat(agents.answer("anna", "r-1", "How are you?", question -> "Fine."))
            .hasValue("Fine.");
        assertThat(
                agents.answer(
                    "anna",
                    "r-2",
                    "And now?",
                    question -> {
                      agents.forget("anna");
                      return "Late.";
                    }))
            .isEmpty();
        assertThat(agents.answers("anna")).isEqualTo(1);
        assertThat(context.getBean(Views.class).awaitAll(PATIENCE)).isTrue();
        assertThat(
                agents
                    .status("anna")
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .orElseThrow()
                    .generation())
            .isEqualTo(2);
        assertThat(histories(context))
            .contains("flyway_schema_history", "ledger_schema_history", "view_kit_history");
      }
      try (ConfigurableApplicationContext again = start(on, database, without)) {
        assertThat(again.getBean(AgentService.class).answers("anna")).isEqualTo(1);
        LedgerAudit.verify(again.getBean(Ledger.class));
      }
    }
  }

  private static List<String> histories(ConfigurableApplicationContext context) {
    return context
        .getBean(JdbcTemplate.class)
        .queryForList(
            "SELECT LOWER(table_name) FROM information_schema.tables"
                + " WHERE LOWER(table_name) LIKE '%history'",
            String.class);
  }

  /** Pools that do not commit by themselves are common beside an object-relational mapper. */
  @Test
  void it_does_so_in_axon_s_starter_and_in_a_pool_that_does_not_commit() {
    try (FreshDatabase database = Databases.POSTGRESQL.fresh(folder);
        ConfigurableApplicationContext context =
            start(Databases.POSTGRESQL, database, "spring.datasource.hikari.auto-commit=false")) {
      AgentService agents = context.getBean(AgentService.class);
      assertThat(agents.answer("anna", "r-1", "How are you?", question -> "Fine."))
          .hasValue("Fine.");
      assertThat(context.getBean(Views.class).awaitAll(PATIENCE)).isTrue();
      assertThat(
              context
                  .getBean(JdbcTemplate.class)
                  .queryForObject("SELECT COUNT(DISTINCT node) FROM view_nodes", Long.class))
          .as("other nodes see this one")
          .isEqualTo(1);
      assertThat(agents.status("anna").join().orElseThrow().status()).isEqualTo(Status.DONE);
    }
  }
}

package org.sessionledger.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.testing.Order.complete;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.order;
import static org.sessionledger.core.testing.Order.start;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerOptions;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.testing.FaultyDataSource;
import org.sessionledger.projections.kit.ParkedSession;
import org.sessionledger.projections.kit.ViewState;
import org.sessionledger.projections.kit.Views;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.health.HealthContributorAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.health.HealthEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.MetricsAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.actuate.endpoint.jackson.EndpointObjectMapper;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthContributorRegistry;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** How an application with a ledger is watched. */
class SessionLedgerActuatorTest {

  private static final SessionKey KEY = new SessionKey("agent:main");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  /** With actuator and meters. */
  private static ApplicationContextRunner watched(ApplicationContextRunner application) {
    return application
        .withConfiguration(
            AutoConfigurations.of(
                EndpointAutoConfiguration.class,
                WebEndpointAutoConfiguration.class,
                JacksonEndpointAutoConfiguration.class,
                HealthContributorAutoConfiguration.class,
                HealthEndpointAutoConfiguration.class,
                MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class,
                SimpleMetricsExportAutoConfiguration.class))
        .withPropertyValues("management.endpoints.web.exposure.include=health,sessionledger");
  }

  private static Health health(ApplicationContext context) {
    return ((HealthIndicator)
            context.getBean(HealthContributorRegistry.class).getContributor("sessionLedger"))
        .health();
  }

  @Test
  void a_ledger_that_goes_on_is_up_and_the_endpoint_tells_how_far() {
    watched(Boot.starter(folder))
        .run(
            context -> {
              context.getBean(Ledger.class).session(KEY).start(new RunId("r-1"));
              assertThat(context.getBean(Views.class).awaitAll(PATIENCE)).isTrue();
              Health health = health(context);
              assertThat(health.getStatus()).isEqualTo(Status.UP);
              assertThat(health.getDetails())
                  .containsEntry("position", 2L)
                  .containsEntry("waiting", 0)
                  .containsEntry("parkedSessions", 0L);
              assertThat(health.getDetails().get("views").toString())
                  .contains("status={state=running, lag=0, parked=0}");

              ObjectMapper mapper = context.getBean(EndpointObjectMapper.class).get();
              JsonNode report =
                  mapper.valueToTree(context.getBean(SessionLedgerEndpoint.class).report());
              assertThat(report.path("totals").path("accepted").asLong()).isEqualTo(2);
              assertThat(report.path("totals").path("activeRuns").asLong()).isEqualTo(1);
              assertThat(report.path("waiting").asInt(-1)).isZero();
              assertThat(report.has("problem")).isFalse();
              assertThat(report.path("views")).hasSize(4);
              assertThat(report.path("views").get(0).path("state").asText()).isEqualTo("running");
            });
  }

  @Test
  void a_parked_session_is_told_and_makes_nobody_ill() {
    ViewState view =
        new ViewState(
            "runs",
            7,
            0,
            ViewState.State.RUNNING,
            0,
            1,
            List.of(new ParkedSession(KEY, 2, "what is this?")),
            null);
    Stats totals = new Stats(7, 7, 0, 0, Map.of(), 1, 0, 7, 7);
    Health.Builder builder = new Health.Builder();
    LedgerHealthIndicator.tell(new LedgerLook.Seen(totals, List.of(view)), 0, builder);
    Health health = builder.build();
    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails()).containsEntry("parkedSessions", 1L);
  }

  @Test
  void a_view_that_fails_is_out_of_service_and_says_why() {
    ViewState view =
        new ViewState("runs", 7, 3, ViewState.State.FAILED, 0, 0, List.of(), "disk full");
    Stats totals = new Stats(10, 10, 0, 0, Map.of(), 1, 0, 10, 10);
    Health.Builder builder = new Health.Builder();
    LedgerHealthIndicator.tell(new LedgerLook.Seen(totals, List.of(view)), 0, builder);
    assertThat(builder.build().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    assertThat(builder.build().getDetails().toString()).contains("lag=3").contains("disk full");
  }

  @Test
  void a_view_that_does_not_go_on_is_out_of_service() {
    watched(Boot.starter(folder))
        .run(
            context -> {
              context.getBean(Views.class).close();
              assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
              assertThat(health(context).getDetails().get("views").toString())
                  .contains("status={state=stopped");
            });
  }

  @Test
  void a_closed_ledger_is_down_and_its_lag_no_number() {
    watched(Boot.starter(folder))
        .run(
            context -> {
              context.getBean(Ledger.class).close();
              assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
              assertThat(health(context).getDetails().toString()).contains("The ledger is closed.");
              assertThat(
                      context
                          .getBean(MeterRegistry.class)
                          .get("session.ledger.view.lag")
                          .tag("view", "status")
                          .gauge()
                          .value())
                  .isNaN();
            });
  }

  @Test
  void a_database_that_is_away_is_down_and_can_come_back() {
    FaultyDataSource faulty = new FaultyDataSource(Boot.memory());
    watched(Boot.starter().withPropertyValues("session-ledger.views.enabled=false"))
        .withBean(DataSource.class, faulty::dataSource)
        .run(
            context -> {
              faulty.away(true);
              assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
              assertThat(context.getBean(SessionLedgerEndpoint.class).report().problem())
                  .contains("by the test's order");
              faulty.away(false);
              assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            });
  }

  /** Lends no connection while it is held, and does not say so. */
  private static final class Silent extends DelegatingDataSource {

    private volatile CountDownLatch held = new CountDownLatch(0);

    Silent() {
      super(Boot.memory());
    }

    @Override
    public Connection getConnection() throws SQLException {
      try {
        held.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLException(e);
      }
      return super.getConnection();
    }
  }

  @Test
  void a_database_that_does_not_answer_keeps_nobody_waiting() {
    Silent database = new Silent();
    try (Ledger ledger = Ledger.open(database);
        LedgerLook look = new LedgerLook(ledger, null, Duration.ofMillis(50))) {
      ledger.session(KEY);
      assertThat(look.now().totals().position()).isEqualTo(1);
      database.held = new CountDownLatch(1);
      assertThatThrownBy(look::now)
          .isInstanceOf(LedgerUnavailable.class)
          .hasMessage("The database has not answered for 50 ms.");
      long start = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(look::lately).isInstanceOf(LedgerUnavailable.class);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("who comes later does not wait for the same again")
          .isLessThan(Duration.ofSeconds(2));
      database.held.countDown();
    }
  }

  @Test
  void meters_tell_what_was_decided() {
    watched(Boot.starter(folder))
        .run(
            context -> {
              Ledger ledger = context.getBean(Ledger.class);
              MeterRegistry meters = context.getBean(MeterRegistry.class);
              assertThat(age(meters)).isNaN();
              open("k", "s-1").id("c-1").to(ledger);
              open("k", "s-1").id("c-1").to(ledger);
              start("k", "s-1", "r-1").to(ledger);
              complete("k", "r-1").to(ledger);
              complete("k", "r-1").to(ledger);
              start("k", "s-0", "r-2").to(ledger);
              order("Whatever-" + System.nanoTime(), "k").to(ledger);
              order("StartRun", "k").to(ledger);

              assertThat(decisions(meters, "accepted", "none", "OpenSession")).isEqualTo(1);
              assertThat(decisions(meters, "duplicate", "none", "OpenSession")).isEqualTo(1);
              assertThat(decisions(meters, "accepted", "none", "StartRun")).isEqualTo(1);
              assertThat(decisions(meters, "rejected", "unknown-generation", "StartRun"))
                  .isEqualTo(1);
              assertThat(decisions(meters, "rejected", "invalid", "unknown")).isEqualTo(1);
              assertThat(decisions(meters, "rejected", "invalid", "StartRun")).isEqualTo(1);
              assertThat(meters.find("session.ledger.decisions").counters())
                  .as("no other tag")
                  .hasSize(8)
                  .extracting(Counter::count)
                  .containsOnly(1.0);
              assertThat(meters.get("session.ledger.decision.time").timer().count()).isEqualTo(8);
              assertThat(age(meters)).isBetween(0.0, 20.0);
              assertThat(meters.get("session.ledger.queue").gauge().value()).isZero();
              assertThat(context.getBean(Views.class).awaitAll(PATIENCE)).isTrue();
              assertThat(meters.find("session.ledger.view.lag").gauges())
                  .extracting(gauge -> gauge.getId().getTag("view"))
                  .containsExactlyInAnyOrder("status", "runs", "lineage", "timeline");
              assertThat(meters.get("session.ledger.view.lag").tag("view", "runs").gauge().value())
                  .isZero();
            });
  }

  private static double age(MeterRegistry meters) {
    return meters.get("session.ledger.last.decision.age").timeGauge().value();
  }

  private static double decisions(
      MeterRegistry meters, String verdict, String reason, String type) {
    return meters
        .get("session.ledger.decisions")
        .tags("verdict", verdict, "reason", reason, "type", type)
        .counter()
        .count();
  }

  @Test
  void an_endpoint_that_is_not_exposed_is_not_there() {
    watched(Boot.bare(folder))
        .withPropertyValues("management.endpoints.web.exposure.include=health")
        .run(context -> assertThat(context).doesNotHaveBean(SessionLedgerEndpoint.class));
  }

  @Test
  void health_can_be_turned_off() {
    watched(Boot.bare(folder))
        .withPropertyValues("management.health.session-ledger.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(LedgerHealthIndicator.class));
  }

  @Test
  void without_actuator_there_is_a_ledger_and_nothing_to_watch_it() {
    Boot.bare(folder)
        .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
        .withPropertyValues("management.endpoints.web.exposure.include=*")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(Ledger.class)
                    .doesNotHaveBean("sessionLedgerHealthIndicator")
                    .doesNotHaveBean("sessionLedgerEndpoint"));
  }

  @Test
  void without_micrometer_there_is_a_ledger_and_its_health() {
    Boot.bare(folder)
        .withConfiguration(
            AutoConfigurations.of(
                HealthContributorAutoConfiguration.class, HealthEndpointAutoConfiguration.class))
        .withClassLoader(new FilteredClassLoader("io.micrometer"))
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(LedgerHealthIndicator.class)
                    .doesNotHaveBean("sessionLedgerDecisionMeters")
                    .doesNotHaveBean("sessionLedgerMeters"));
  }

  @Test
  void without_a_registry_there_are_no_meters() {
    Boot.bare(folder)
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(DecisionMeters.class)
                    .doesNotHaveBean(LedgerMeters.class));
  }

  @Test
  void without_a_ledger_there_is_nothing_to_watch() {
    watched(Boot.bare(folder))
        .withPropertyValues("session-ledger.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(LedgerLook.class)
                    .doesNotHaveBean(LedgerHealthIndicator.class)
                    .doesNotHaveBean(SessionLedgerEndpoint.class)
                    .doesNotHaveBean(DecisionMeters.class));
  }

  @Test
  void without_views_the_ledger_is_watched_all_the_same() {
    watched(Boot.starter(folder))
        .withPropertyValues("session-ledger.views.enabled=false")
        .run(
            context -> {
              assertThat(health(context).getStatus()).isEqualTo(Status.UP);
              assertThat(context.getBean(SessionLedgerEndpoint.class).report().views()).isEmpty();
              assertThat(
                      context.getBean(MeterRegistry.class).find("session.ledger.view.lag").gauge())
                  .isNull();
            });
  }

  @Test
  void the_application_s_own_health_stays() {
    watched(Boot.bare(folder))
        .withBean(
            "sessionLedgerHealthIndicator",
            HealthIndicator.class,
            () -> () -> Health.unknown().build())
        .run(context -> assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN));
  }

  @Test
  void a_ledger_of_the_application_s_own_is_metered_when_it_takes_the_options() {
    watched(Boot.bare(folder))
        .withUserConfiguration(OwnLedger.class)
        .withBean(MyFolder.class, () -> new MyFolder(folder.resolve("mine")))
        .run(
            context -> {
              context.getBean(Ledger.class).session(KEY);
              assertThat(
                      decisions(
                          context.getBean(MeterRegistry.class), "accepted", "none", "OpenSession"))
                  .isEqualTo(1);
            });
  }

  record MyFolder(Path path) {}

  @Configuration(proxyBeanMethods = false)
  static class OwnLedger {
    @Bean
    Ledger mine(MyFolder folder, LedgerOptions options) {
      return Ledger.open(folder.path(), options);
    }
  }

  @Test
  void tags_are_bounded() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Ledger ledger =
        Ledger.open(folder, LedgerOptions.defaults().and(new DecisionMeters(registry)))) {
      for (int i = 0; i < 50; i++) {
        order("Type" + i, "key-" + i).to(ledger);
      }
    }
    List<Meter.Id> ids =
        registry.find("session.ledger.decisions").counters().stream().map(Meter::getId).toList();
    assertThat(ids)
        .singleElement()
        .satisfies(id -> assertThat(id.getTags()).contains(Tag.of("type", "unknown")));
  }
}

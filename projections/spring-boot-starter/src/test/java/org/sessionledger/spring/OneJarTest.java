package org.sessionledger.spring;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import org.axonframework.spring.config.SpringAxonConfiguration;
import org.axonframework.springboot.autoconfig.AxonAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.testing.ChildJvm;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.status.SessionStatusView;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;
import org.springframework.jdbc.core.JdbcTemplate;

/** An application with the starter and nothing else, in a process of its own. */
class OneJarTest {

  /** What is on the class path of these tests and comes with no application. */
  private static final List<Class<?>> OPTIONAL =
      List.of(
          HealthIndicator.class,
          ConditionalOnEnabledHealthIndicator.class,
          MeterRegistry.class,
          JdbcTemplate.class,
          Jackson2ObjectMapperBuilder.class,
          AxonAutoConfiguration.class,
          SpringAxonConfiguration.class,
          SessionStatusView.class);

  @TempDir Path folder;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    public static void main(String[] args) {
      try (var context =
          new SpringApplicationBuilder(Application.class)
              .properties("spring.main.banner-mode=off")
              .run(args)) {
        context.getBean(Ledger.class).session(new SessionKey("k"));
        System.out.println(context.getBean(Views.class).names());
      }
    }
  }

  @Test
  void the_starter_is_enough_and_an_excluded_view_is_not_there() {
    try (ChildJvm child =
        ChildJvm.startWithout(OPTIONAL, Application.class, "--session-ledger.folder=" + folder)) {
      child.awaitLine("[runs, lineage, timeline]");
    }
  }
}

package org.sessionledger.spring;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.Views;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health, meters and an endpoint for whoever watches the application, where it has such things. */
@AutoConfiguration(
    after = SessionLedgerAutoConfiguration.class,
    afterName =
        "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnBean(Ledger.class)
public class SessionLedgerActuatorAutoConfiguration {

  @Bean
  LedgerLook sessionLedgerLook(Ledger ledger, ObjectProvider<Views> views) {
    return new LedgerLook(ledger, views.getIfAvailable(), LedgerLook.PATIENCE);
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static class OfHealth {

    @Bean
    @ConditionalOnMissingBean(name = "sessionLedgerHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("session-ledger")
    LedgerHealthIndicator sessionLedgerHealthIndicator(Ledger ledger, LedgerLook look) {
      return new LedgerHealthIndicator(ledger, look);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
  static class OfEndpoint {

    @Bean
    @ConditionalOnAvailableEndpoint
    SessionLedgerEndpoint sessionLedgerEndpoint(Ledger ledger, LedgerLook look) {
      return new SessionLedgerEndpoint(ledger, look);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(MeterRegistry.class)
  static class OfMeters {

    /** The ledger's options take it in, as they do with any listener. */
    @Bean
    DecisionMeters sessionLedgerDecisionMeters(MeterRegistry registry) {
      return new DecisionMeters(registry);
    }

    @Bean
    LedgerMeters sessionLedgerMeters(Ledger ledger, LedgerLook look, ObjectProvider<Views> views) {
      @Nullable Views known = views.getIfAvailable();
      return new LedgerMeters(ledger, look, known == null ? List.of() : known.names());
    }
  }
}

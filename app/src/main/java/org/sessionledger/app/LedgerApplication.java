package org.sessionledger.app;

import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.access.web.AccessConfiguration;
import org.sessionledger.app.api.ApiConfiguration;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.api.LedgerViews;
import org.sessionledger.app.console.ConsoleConfiguration;
import org.sessionledger.app.gateways.GatewayBoard;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerCommands;
import org.sessionledger.projections.kit.LedgerQueries;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.lineage.LineageView;
import org.sessionledger.projections.runs.RunsView;
import org.sessionledger.projections.status.SessionStatusView;
import org.sessionledger.projections.timeline.TimelineView;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.server.ConfigurableServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * The parts of a server. The ledger brings its own database, tables and event store, so that
 * neither Spring nor Axon makes any beside them.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
    exclude = {
      DataSourceAutoConfiguration.class,
      FlywayAutoConfiguration.class,
      ErrorMvcAutoConfiguration.class,
      // There are tokens, and no users with passwords.
      UserDetailsServiceAutoConfiguration.class,
      OAuth2ResourceServerAutoConfiguration.class
    })
@Import({ApiConfiguration.class, AccessConfiguration.class, ConsoleConfiguration.class})
class LedgerApplication {

  @Bean
  LedgerStorage.OpenLedger openLedger(LedgerServer.Options options) {
    return options.storage().open();
  }

  /** Closed by the bean that opened it. */
  @Bean(destroyMethod = "")
  Ledger ledger(LedgerStorage.OpenLedger open) {
    return open.ledger();
  }

  @Bean
  GatewayBoard gatewayBoard(LedgerServer.Options options) {
    return new GatewayBoard(options.gateways());
  }

  @Bean
  WebServerFactoryCustomizer<ConfigurableServletWebServerFactory> address(
      LedgerServer.Options options) {
    return factory -> {
      factory.setAddress(options.address());
      factory.setPort(options.port());
    };
  }

  @Bean
  AccessOptions accessOptions(LedgerServer.Options options) {
    return options.access();
  }

  @Bean
  LedgerViews ledgerViews(Ledger ledger) {
    return LedgerViews.of(ledger);
  }

  /** As one of Axon's modules: the starter starts and stops the processors. */
  @Bean
  Views views(Ledger ledger, LedgerViews views) {
    return Views.of(ledger, views.all());
  }

  /** As a bean of its own, so that the starter finds its query handlers. */
  @Bean
  SessionStatusView statusView(LedgerViews views) {
    return views.status();
  }

  @Bean
  RunsView runsView(LedgerViews views) {
    return views.runs();
  }

  @Bean
  LineageView lineageView(LedgerViews views) {
    return views.lineage();
  }

  @Bean
  TimelineView timelineView(LedgerViews views) {
    return views.timeline();
  }

  /** What no view answers. */
  @Bean
  LedgerQueries ledgerQueries(Ledger ledger, Views views) {
    return new LedgerQueries(ledger, views);
  }

  /** As one of Axon's modules: the starter's command bus takes the ledger's commands. */
  @Bean
  LedgerCommands ledgerCommands(Ledger ledger) {
    return ledger.commands();
  }
}

package org.sessionledger.app;

import org.axonframework.commandhandling.CommandBus;
import org.sessionledger.app.api.ApiConfiguration;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.ledger.Ledger;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
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
      ErrorMvcAutoConfiguration.class
    })
@Import(ApiConfiguration.class)
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
  WebServerFactoryCustomizer<ConfigurableServletWebServerFactory> address(
      LedgerServer.Options options) {
    return factory -> {
      factory.setAddress(options.address());
      factory.setPort(options.port());
    };
  }

  @Bean
  InitializingBean commandsOnTheBus(CommandBus bus, Ledger ledger) {
    return () -> new CommandBusDoor(ledger).subscribeTo(bus);
  }
}

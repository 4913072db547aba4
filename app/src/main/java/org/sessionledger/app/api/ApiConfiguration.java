package org.sessionledger.app.api;

import org.sessionledger.app.access.Tokens;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.Views;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The HTTP API, for whoever puts a server together. */
@Configuration(proxyBeanMethods = false)
@Import({
  CommandController.class,
  AuditController.class,
  SessionController.class,
  LedgerController.class,
  ProjectionController.class,
  FeedController.class,
  TokenController.class,
  ProblemAdvice.class,
  WebServer.class
})
public class ApiConfiguration {

  @Bean
  Commands commands(Ledger ledger) {
    return new Commands(ledger);
  }

  @Bean
  CallerCommands callerCommands(Commands commands) {
    return new CallerCommands(commands);
  }

  @Bean
  BodyRoom bodyRoom() {
    return new BodyRoom(Runtime.getRuntime().maxMemory());
  }

  @Bean
  Tokens tokens(Ledger ledger) {
    return new Tokens(ledger.dataSource());
  }

  @Bean
  Feeds feeds(Ledger ledger, Tokens tokens) {
    return new Feeds(ledger, tokens);
  }

  @Bean
  LedgerApi ledgerApi(Ledger ledger, LedgerViews views, Views progress, Tokens tokens) {
    return EmbeddedLedgerApi.over(ledger, views, progress, tokens);
  }
}

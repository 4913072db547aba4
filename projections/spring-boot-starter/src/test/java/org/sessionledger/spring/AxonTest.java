package org.sessionledger.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.responsetypes.ResponseTypes;
import org.axonframework.queryhandling.QueryGateway;
import org.axonframework.queryhandling.SubscriptionQueryResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerCommands;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Stats;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.projections.kit.CountingView;
import org.sessionledger.projections.kit.CountingView.CountEvents;
import org.sessionledger.projections.kit.FindStats;
import org.sessionledger.projections.kit.Live;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.status.FindSessionStatus;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** In an application that runs Axon's own starter. */
class AxonTest {

  private static final SessionKey KEY = new SessionKey("agent:main");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  /** All that is on the class path, Axon's own starter among it, and no database. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
  static class Application {}

  private ApplicationContextRunner withAxon() {
    return new ApplicationContextRunner()
        .withUserConfiguration(Application.class)
        .withPropertyValues("session-ledger.folder=" + folder);
  }

  private static <T> T await(java.util.concurrent.CompletableFuture<T> answer) throws Exception {
    return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Configuration(proxyBeanMethods = false)
  static class OneViewMore {
    @Bean
    CountingView counting(Ledger ledger) {
      return new CountingView(ledger);
    }
  }

  @Test
  void its_buses_take_the_ledger_s_commands_and_questions() {
    withAxon()
        .withUserConfiguration(OneViewMore.class)
        .run(
            context -> {
              assertThat(context)
                  .hasNotFailed()
                  .doesNotHaveBean(DataSource.class)
                  .doesNotHaveBean(TokenStore.class)
                  .doesNotHaveBean(EventStore.class);
              QueryGateway queries = context.getBean(QueryGateway.class);
              SubscriptionQueryResult<Optional<SessionStatus>, SessionStatus> live =
                  Live.session(queries, new FindSessionStatus(KEY));
              assertThat(live.initialResult().block(PATIENCE)).isEmpty();
              Decision decision =
                  context
                      .getBean(CommandGateway.class)
                      .sendAndWait(
                          new SessionCommand.OpenSession(KEY, new SessionId("s-1"), null, null));
              assertThat(decision.verdict()).isEqualTo(Verdict.ACCEPTED);
              assertThat(live.updates().blockFirst(PATIENCE).sessionKey()).isEqualTo(KEY);
              live.close();
              Ledger ledger = context.getBean(Ledger.class);
              assertThat(context.getBean(Views.class).awaitAll(PATIENCE)).isTrue();
              assertThat(
                      await(
                          ledger
                              .queries()
                              .query(
                                  new FindSessionStatus(KEY),
                                  ResponseTypes.optionalInstanceOf(SessionStatus.class))))
                  .as("asked at the ledger, it is the same Axon")
                  .isPresent();
              assertThat(await(queries.query(new FindStats(), Stats.class)).accepted())
                  .isEqualTo(1);
              assertThat(
                      queries.scatterGather(
                          new CountEvents(),
                          ResponseTypes.instanceOf(Long.class),
                          PATIENCE.toSeconds(),
                          TimeUnit.SECONDS))
                  .as("a view that is a bean answers, and once")
                  .containsExactly(1L);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Own {
    @Bean
    LedgerCommands mine(Ledger ledger) {
      return ledger.commands();
    }

    @Bean
    Views myViews(Ledger ledger) {
      return Views.of(ledger, List.of(new CountingView(ledger)));
    }
  }

  @Test
  void the_application_s_own_stay() {
    withAxon()
        .withUserConfiguration(Own.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed().hasSingleBean(LedgerCommands.class);
              assertThat(context.getBean(Views.class).names()).containsExactly("counting");
            });
  }

  @Test
  void views_that_are_off_are_off_there_too() {
    withAxon()
        .withPropertyValues("session-ledger.views.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(LedgerCommands.class)
                    .doesNotHaveBean(Views.class)
                    .doesNotHaveBean("sessionLedgerQueryHandlers"));
  }

  @Test
  void without_it_nothing_of_it_is_there() {
    Boot.starter(folder)
        .run(
            context ->
                assertThat(context)
                    .doesNotHaveBean(LedgerCommands.class)
                    .doesNotHaveBean("sessionLedgerQueryHandlers")
                    .doesNotHaveBean(CommandGateway.class)
                    .doesNotHaveBean(QueryGateway.class));
  }
}

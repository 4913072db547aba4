package org.sessionledger.spring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.axonframework.config.ConfigurerModule;
import org.sessionledger.core.ledger.DecisionListener;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerCommands;
import org.sessionledger.core.ledger.LedgerOptions;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Uuid7;
import org.sessionledger.projections.kit.View;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.status.RunWatchdog;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * A ledger and its views, in the application's database or in a folder. An application that brings
 * a {@link Ledger}, {@link LedgerOptions} or {@link Views} of its own keeps it.
 */
@AutoConfiguration(
    after = {DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class},
    afterName = "org.axonframework.springboot.autoconfig.InfraConfiguration")
@ConditionalOnBooleanProperty(name = "session-ledger.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SessionLedgerProperties.class)
public class SessionLedgerAutoConfiguration {

  /** Where Axon's own starter runs things. */
  private static final String AXON = "org.axonframework.spring.config.SpringAxonConfiguration";

  @Bean
  static LedgerQuestions sessionLedgerQuestions(ObjectProvider<Views> views) {
    return new LedgerQuestions(views);
  }

  /** Beans that listen to decisions hear of each one; they are made before the ledger. */
  @Bean
  @ConditionalOnMissingBean
  LedgerOptions sessionLedgerOptions(
      SessionLedgerProperties properties,
      Environment environment,
      ObjectProvider<DecisionListener> listeners) {
    LedgerOptions options =
        LedgerOptions.defaults()
            .with(properties.durability())
            .with(source(properties, environment));
    if (properties.keepAlive() != null) {
      options = options.withKeepAlive(properties.keepAlive());
    }
    for (DecisionListener listener : listeners.orderedStream().toList()) {
      options = options.and(listener);
    }
    return options;
  }

  private static Source source(SessionLedgerProperties properties, Environment environment) {
    String component = properties.component();
    if (component == null) {
      component = environment.getProperty("spring.application.name", "session-ledger");
    }
    String instance = properties.instance();
    return new Source(component, instance == null ? Uuid7.next().toString() : instance, null);
  }

  /**
   * After the application's own migrations, which want the database to themselves the first time.
   */
  @Bean
  @ConditionalOnMissingBean
  @DependsOnDatabaseInitialization
  Ledger sessionLedger(
      SessionLedgerProperties properties,
      LedgerOptions options,
      ObjectProvider<DataSource> dataSources) {
    return LedgerStorage.of(properties.folder(), dataSources.getIfUnique()).open(options);
  }

  private static List<View> views(Ledger ledger, ObjectProvider<View> beans) {
    List<View> views = new ArrayList<>(Views.onClassPath(ledger));
    views.addAll(beans.orderedStream().toList());
    return views;
  }

  /** The application runs Axon: its buses take the ledger's commands and the views' questions. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(type = AXON)
  static class InTheApplicationsAxon {

    @Bean
    @ConditionalOnMissingBean
    LedgerCommands sessionLedgerCommands(Ledger ledger) {
      return ledger.commands();
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty(name = "session-ledger.views.enabled", matchIfMissing = true)
    Views sessionLedgerViews(Ledger ledger, ObjectProvider<View> beans) {
      return Views.of(ledger, views(ledger, beans));
    }

    /** Axon finds the handlers of what is a bean; a second registration would be one too many. */
    @Bean
    @ConditionalOnBooleanProperty(name = "session-ledger.views.enabled", matchIfMissing = true)
    ConfigurerModule sessionLedgerQueryHandlers(
        Ledger ledger, Views views, ObjectProvider<View> beans) {
      Set<Object> found = Collections.newSetFromMap(new IdentityHashMap<>());
      beans.forEach(found::add);
      return configurer ->
          views.queryHandlers(ledger).stream()
              .filter(handler -> !found.contains(handler))
              .forEach(handler -> configurer.registerQueryHandler(axon -> handler));
    }
  }

  /** The views run by themselves. */
  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnBooleanProperty(name = "session-ledger.views.enabled", matchIfMissing = true)
  Views sessionLedgerOwnViews(Ledger ledger, ObjectProvider<View> beans) {
    return Views.open(ledger, views(ledger, beans));
  }

  /** Off unless asked for: it ends what others may still want. Needs the status view. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBooleanProperty("session-ledger.watchdog.enabled")
  static class Watching {

    /** Nobody asks for it, also where beans wait until somebody does. */
    @Bean
    @Lazy(false)
    RunWatchdog sessionLedgerWatchdog(
        Ledger ledger, Views views, SessionLedgerProperties properties) {
      return RunWatchdog.start(ledger, views, properties.watchdog().lease());
    }
  }
}

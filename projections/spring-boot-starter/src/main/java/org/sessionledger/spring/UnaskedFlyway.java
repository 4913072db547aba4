package org.sessionledger.spring;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Takes Spring Boot's Flyway out again where the application does not use it.
 *
 * <p>The ledger brings Flyway along, and that alone turns Spring Boot's on: it would refuse a
 * database whose tables somebody else made, or one that it does not know, and Hibernate would no
 * longer make an embedded database's tables.
 */
final class UnaskedFlyway implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  /** Found by the application itself, so that a test of a part of it has it, too. */
  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (context instanceof BeanDefinitionRegistry registry) {
      registry.registerBeanDefinition(
          "sessionLedgerUnaskedFlyway",
          new RootBeanDefinition(
              FlywayRemoval.class, () -> new FlywayRemoval(context.getEnvironment(), context)));
    }
  }
}

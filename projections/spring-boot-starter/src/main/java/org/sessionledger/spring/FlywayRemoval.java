package org.sessionledger.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.migration.JavaMigration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayConfigurationCustomizer;
import org.springframework.boot.autoconfigure.flyway.FlywayDataSource;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationInitializer;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.ResourcePatternUtils;

/** Takes {@link UnaskedFlyway Flyway} out when the definitions of all beans are known. */
final class FlywayRemoval implements BeanDefinitionRegistryPostProcessor {

  private static final Logger LOG = LoggerFactory.getLogger(FlywayRemoval.class);

  private static final List<Class<?>> SIGNS_OF_USE =
      List.of(
          JavaMigration.class,
          Callback.class,
          FlywayConfigurationCustomizer.class,
          FlywayMigrationStrategy.class,
          FlywayMigrationInitializer.class);

  private final Environment environment;
  private final ResourceLoader resources;

  FlywayRemoval(Environment environment, ResourceLoader resources) {
    this.environment = environment;
    this.resources = resources;
  }

  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    List<String> ofSpringBoot =
        Arrays.stream(registry.getBeanDefinitionNames())
            .filter(name -> isOfSpringBoot(registry.getBeanDefinition(name)))
            .toList();
    if (ofSpringBoot.isEmpty()
        || isConfigured()
        || hasMigrations()
        || hasBeans((ListableBeanFactory) registry, ofSpringBoot)) {
      return;
    }
    ofSpringBoot.forEach(registry::removeBeanDefinition);
    LOG.info(
        "The application has no migrations of its own: Spring Boot's Flyway stays off."
            + " spring.flyway.enabled=true turns it on.");
  }

  private static boolean isOfSpringBoot(BeanDefinition definition) {
    String maker = definition.getFactoryBeanName();
    return maker != null && maker.startsWith(FlywayAutoConfiguration.class.getName());
  }

  private boolean isConfigured() {
    return Binder.get(environment)
        .bind("spring.flyway", Bindable.mapOf(String.class, Object.class))
        .map(Map::isEmpty)
        .map(empty -> !empty)
        .orElse(false);
  }

  private boolean hasMigrations() {
    try {
      return Arrays.stream(
              ResourcePatternUtils.getResourcePatternResolver(resources)
                  .getResources("classpath*:db/migration/**/*.*"))
          .findAny()
          .isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasBeans(ListableBeanFactory beans, List<String> ofSpringBoot) {
    List<String> signs = new ArrayList<>();
    for (Class<?> sign : SIGNS_OF_USE) {
      signs.addAll(List.of(beans.getBeanNamesForType(sign, true, false)));
    }
    signs.addAll(List.of(beans.getBeanNamesForAnnotation(FlywayDataSource.class)));
    signs.removeAll(ofSpringBoot);
    return !signs.isEmpty();
  }
}

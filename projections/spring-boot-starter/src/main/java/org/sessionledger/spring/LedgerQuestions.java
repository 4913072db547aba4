package org.sessionledger.spring;

import org.axonframework.queryhandling.QueryGateway;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.Views;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** {@code ledger.queries()} asks the views that are a bean, whoever made the two. */
final class LedgerQuestions implements BeanPostProcessor {

  private final ObjectProvider<Views> views;

  LedgerQuestions(ObjectProvider<Views> views) {
    this.views = views;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (bean instanceof Ledger ledger) {
      ledger.askQueriesOf(this::gateway);
    }
    return bean;
  }

  private QueryGateway gateway() {
    Views known = views.getIfAvailable();
    if (known == null) {
      throw new IllegalStateException(
          "The ledger has no views here: session-ledger.views.enabled is false.");
    }
    return known.queries();
  }
}

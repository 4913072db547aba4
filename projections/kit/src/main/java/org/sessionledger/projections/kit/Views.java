package org.sessionledger.projections.kit;

import java.time.Duration;
import java.util.List;
import org.axonframework.config.Configurer;
import org.axonframework.config.ConfigurerModule;
import org.axonframework.queryhandling.QueryGateway;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;

/**
 * The views of one ledger: makes their tables, runs a processor for each, and waits for them.
 *
 * <p>A Java program opens them with {@link #open}. Where Axon's Spring Boot starter runs things,
 * {@link #of} is a bean, and each view is a bean, too: the starter takes the processors from the
 * one and the query handlers from the others, starts and stops them.
 */
public final class Views implements ConfigurerModule, AutoCloseable {

  /** Makes the tables of the views and starts them; {@link #close} stops them. */
  public static Views open(Ledger ledger, List<? extends View> views) {
    throw new UnsupportedOperationException();
  }

  /** Makes the tables of the views; Axon starts and stops them, as one of its modules. */
  public static Views of(Ledger ledger, List<? extends View> views) {
    throw new UnsupportedOperationException();
  }

  /** Registers a processor for each view. */
  @Override
  public void configureModule(Configurer configurer) {
    throw new UnsupportedOperationException();
  }

  /** The same questions over Axon's query bus, where {@link #open} opened the views. */
  public QueryGateway queries() {
    throw new UnsupportedOperationException();
  }

  /** Waits until every view has what the ledger has accepted so far; false when time ran out. */
  public boolean awaitAll(Duration timeout) {
    throw new UnsupportedOperationException();
  }

  /** Waits until a view has the event with a position; false when time ran out. */
  public boolean await(String view, long position, Duration timeout) {
    throw new UnsupportedOperationException();
  }

  /**
   * Waits until a view has a session's event with a version, which may not have happened yet; false
   * when time ran out.
   */
  public boolean awaitVersion(String view, SessionKey key, long version, Duration timeout) {
    throw new UnsupportedOperationException();
  }

  /** How far each view is, in the order in which they were given. */
  public List<ViewState> states() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}

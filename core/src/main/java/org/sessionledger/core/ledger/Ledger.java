package org.sessionledger.core.ledger;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.messaging.StreamableMessageSource;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.store.LedgerReader;

/**
 * A ledger in this process. Safe for use by many threads; commands of one session are decided in
 * the order in which they were submitted.
 */
public final class Ledger implements AutoCloseable {

  private Ledger() {}

  /**
   * Opens the ledger in a folder, which is made when absent; the folder is this process's alone
   * until it is closed.
   *
   * @throws LedgerUnavailable when the folder is in use, not writable, or made by a newer version
   */
  public static Ledger open(Path folder) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens the ledger in a database (H2 or PostgreSQL), making its tables when absent. The data
   * source stays the caller's to close.
   *
   * @throws LedgerUnavailable when the database cannot be reached, or was made by a newer version
   */
  public static Ledger open(DataSource dataSource) {
    throw new UnsupportedOperationException();
  }

  /**
   * Hands in one command; the stage completes when the decision is durable. What is malformed is
   * refused as {@code invalid} and kept, too.
   */
  public CompletableFuture<Decision> submit(Incoming incoming) {
    throw new UnsupportedOperationException();
  }

  /** Decides one command and waits until the decision is durable. */
  public Decision decide(SessionCommand command, Provenance provenance) {
    throw new UnsupportedOperationException();
  }

  /** Reads events and the decision log. */
  public LedgerReader reader() {
    throw new UnsupportedOperationException();
  }

  /** The accepted events in the global order, for Axon's event processors. */
  public StreamableMessageSource<TrackedEventMessage<?>> events() {
    throw new UnsupportedOperationException();
  }

  /** The database, for views that live beside the events. */
  public DataSource dataSource() {
    throw new UnsupportedOperationException();
  }

  /** Finishes what was submitted, then lets the database go. */
  @Override
  public void close() {}
}

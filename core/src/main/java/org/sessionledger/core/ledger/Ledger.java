package org.sessionledger.core.ledger;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.messaging.StreamableMessageSource;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionIds;
import org.sessionledger.core.session.Uuid7;
import org.sessionledger.core.store.Commits;
import org.sessionledger.core.store.JdbcLedgerReader;
import org.sessionledger.core.store.LedgerEventSource;
import org.sessionledger.core.store.LedgerReader;
import org.sessionledger.core.store.Schema;
import org.sessionledger.core.store.Signals;
import org.sessionledger.core.store.Store;
import org.sessionledger.core.store.StoreFailure;

/**
 * A ledger in this process. Safe for use by many threads; commands of one session are decided in
 * the order in which they were submitted.
 */
public final class Ledger implements AutoCloseable {

  private final DataSource dataSource;
  private final @Nullable HikariDataSource ownDataSource;
  private final LedgerReader reader;
  private final Writer writer;
  private final LedgerEventSource events;
  private final Signals signals;
  private final Commits commits;

  private Ledger(
      DataSource dataSource,
      @Nullable HikariDataSource ownDataSource,
      Clock clock,
      SessionIds ids,
      Durability durability) {
    this.dataSource = dataSource;
    this.ownDataSource = ownDataSource;
    migrate(dataSource);
    this.commits = new Commits();
    this.signals = new Signals(dataSource, commits);
    this.reader = new JdbcLedgerReader(dataSource);
    Store store = new Store(dataSource, clock, durability == Durability.POWER_LOSS);
    this.writer = new Writer(store, new Decider(store, ids), new Answers(store, commits));
    this.events = new LedgerEventSource(reader, commits);
    signals.start();
  }

  /**
   * Opens the ledger in a folder, which is made when absent; the folder is this process's alone
   * until it is closed.
   *
   * @throws LedgerUnavailable when the folder is in use, not writable, or made by a newer version
   */
  public static Ledger open(Path folder) {
    return open(folder, Durability.PROCESS_CRASH);
  }

  /**
   * Opens the ledger in a folder, as {@link #open(Path)} does.
   *
   * @param durability what a decision survives
   * @throws LedgerUnavailable when the folder is in use, not writable, or made by a newer version
   */
  public static Ledger open(Path folder, Durability durability) {
    HikariDataSource own = DataFolder.open(folder);
    try {
      return new Ledger(own, own, Clock.systemUTC(), SessionIds.uuids(), durability);
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /**
   * Opens the ledger in a database (H2 or PostgreSQL), making its tables when absent. The data
   * source stays the caller's to close; for as long as the ledger is open it lends three
   * connections on H2, and four on PostgreSQL, where the nodes tell each other of their commits.
   *
   * @throws LedgerUnavailable when the database cannot be reached, or was made by a newer version
   */
  public static Ledger open(DataSource dataSource) {
    return open(dataSource, Clock.systemUTC());
  }

  /**
   * Opens the ledger with a clock of the caller's; no decision reads it, only recorded times do.
   */
  public static Ledger open(DataSource dataSource, Clock clock) {
    return open(dataSource, clock, SessionIds.uuids());
  }

  /** Opens the ledger with the session ids of the caller's choice, for one who decides again. */
  public static Ledger open(DataSource dataSource, Clock clock, SessionIds ids) {
    return new Ledger(dataSource, null, clock, ids, Durability.PROCESS_CRASH);
  }

  private static void migrate(DataSource dataSource) {
    try {
      Schema.requireReachable(dataSource);
      Schema.migrate(dataSource);
    } catch (StoreFailure e) {
      throw new LedgerUnavailable("The database cannot be reached: " + e.getMessage(), e);
    } catch (FlywayValidateException e) {
      throw new LedgerUnavailable(
          "The database was made by a newer version of Session Ledger; use that version.", e);
    } catch (FlywayException e) {
      throw new LedgerUnavailable("The database cannot be used: " + Schema.sentence(e), e);
    }
  }

  /**
   * Hands in one command; the stage completes when the decision is durable. What is malformed is
   * refused as {@code invalid} and kept, too. The stage fails with a {@link StoreFailure} when the
   * database did not take it: then nothing of the command is kept, unless the failure says that
   * nobody can tell; it may be sent again under the same id either way.
   *
   * <p>Functions that depend on the stage run on the ledger's own thread unless they are attached
   * by an {@code …Async} method: they must be short, and must not wait for another decision.
   *
   * @throws LedgerBusy when too much is waiting; nothing was taken
   * @throws LedgerUnavailable when the ledger is closed; nothing was taken
   */
  public CompletableFuture<Decision> submit(Incoming incoming) {
    return writer.submit(incoming);
  }

  /**
   * Decides one command and waits until the decision is durable.
   *
   * @throws LedgerBusy when too much is waiting; nothing was taken
   * @throws StoreFailure when the database did not take it; nothing is kept
   */
  public Decision decide(SessionCommand command, Provenance provenance) {
    try {
      return submit(Arrival.of(newCommandId(), command, provenance)).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  /** Names a command that brings no id. */
  public static CommandId newCommandId() {
    return new CommandId(Uuid7.next());
  }

  /** Reads events and the decision log. */
  public LedgerReader reader() {
    return reader;
  }

  /** The accepted events in the global order, for Axon's event processors. */
  public StreamableMessageSource<TrackedEventMessage<?>> events() {
    return events;
  }

  /**
   * How far the ledger is durable, as far as this process knows, and a call whenever it moves. What
   * {@link #reader} finds beyond that may be gone after a crash.
   */
  public Commits commits() {
    return commits;
  }

  /** The database, for views that live beside the events. */
  public DataSource dataSource() {
    return dataSource;
  }

  /** Finishes what was submitted, then lets the database go. */
  @Override
  public void close() {
    writer.close();
    signals.close();
    if (ownDataSource != null) {
      ownDataSource.close();
    }
  }
}

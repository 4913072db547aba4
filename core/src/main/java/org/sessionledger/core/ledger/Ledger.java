package org.sessionledger.core.ledger;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.messaging.StreamableMessageSource;
import org.axonframework.queryhandling.QueryGateway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Uuid7;
import org.sessionledger.core.store.AutoCommitting;
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

  /** Commands of one batch that are on their way at a time. */
  private static final int BATCH_IN_FLIGHT = 1_024;

  private final DataSource dataSource;
  private final @Nullable DataFolder folder;
  private final LedgerReader reader;
  private final Writer writer;
  private final LedgerEventSource events;
  private final Signals signals;
  private final Commits commits;
  private final LedgerOptions options;
  private final Handles handles;
  private final Questions questions;
  private final long openedAt;

  private Ledger(DataSource dataSource, @Nullable DataFolder folder, LedgerOptions options) {
    this.dataSource = dataSource;
    this.folder = folder;
    this.options = options;
    migrate(dataSource);
    this.commits = new Commits();
    this.signals = new Signals(dataSource, commits);
    this.reader = new JdbcLedgerReader(dataSource);
    Store store =
        new Store(dataSource, options.clock(), options.durability() == Durability.POWER_LOSS);
    this.handles = new Handles(options.keepAlive());
    List<DecisionListener> listeners = new ArrayList<>();
    listeners.add((incoming, decision, took) -> handles.decided(incoming, decision));
    listeners.addAll(options.listeners());
    this.writer =
        new Writer(
            store,
            new Decider(store, options.sessionIds()),
            new Answers(store, commits, List.copyOf(listeners)));
    this.events = new LedgerEventSource(reader, commits);
    this.openedAt = reader.position();
    this.questions = new Questions(this);
    signals.start();
  }

  /**
   * Opens the ledger in a folder, which is made when absent; the folder is this process's alone
   * until it is closed. Decisions survive the end of the process.
   *
   * @throws LedgerUnavailable when the folder is in use, not writable, or made by a newer version
   */
  public static Ledger open(Path folder) {
    return open(folder, LedgerOptions.defaults());
  }

  /**
   * Opens the ledger in a folder, as {@link #open(Path)} does.
   *
   * @throws LedgerUnavailable when the folder is in use, not writable, or made by a newer version
   */
  public static Ledger open(Path folder, LedgerOptions options) {
    DataFolder own = DataFolder.open(folder);
    try {
      return new Ledger(own.dataSource(), own, options);
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /**
   * Opens the ledger in a database (H2 or PostgreSQL), making its tables when absent. The data
   * source stays the caller's to close; for as long as the ledger is open it lends three
   * connections on H2, and four on PostgreSQL, where the nodes tell each other of their commits.
   * Whether its connections commit by themselves does not matter.
   *
   * @throws LedgerUnavailable when the database cannot be reached, or was made by a newer version
   */
  public static Ledger open(DataSource dataSource) {
    return open(dataSource, LedgerOptions.defaults());
  }

  /**
   * Opens the ledger in a database, as {@link #open(DataSource)} does.
   *
   * @throws LedgerUnavailable when the database cannot be reached, or was made by a newer version
   */
  public static Ledger open(DataSource dataSource, LedgerOptions options) {
    return new Ledger(committing(dataSource), null, options);
  }

  private static DataSource committing(DataSource dataSource) {
    try {
      return AutoCommitting.of(dataSource);
    } catch (StoreFailure e) {
      throw unreachable(e);
    }
  }

  private static LedgerUnavailable unreachable(StoreFailure e) {
    return new LedgerUnavailable("The database cannot be reached: " + e.getMessage(), e);
  }

  private static void migrate(DataSource dataSource) {
    try {
      Schema.requireReachable(dataSource);
      Schema.migrate(dataSource);
    } catch (StoreFailure e) {
      throw unreachable(e);
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
   * Hands in one command of the program's own, as {@link #submit(Incoming)} does.
   *
   * @throws LedgerBusy when too much is waiting; nothing was taken
   * @throws LedgerUnavailable when the ledger is closed; nothing was taken
   */
  public CompletableFuture<Decision> submit(SessionCommand command, Provenance provenance) {
    return submit(Arrival.of(newCommandId(), command, provenance));
  }

  /**
   * Decides one command and waits until the decision is durable.
   *
   * @throws LedgerBusy when too much is waiting; nothing was taken
   * @throws LedgerUnavailable when the ledger is closed; nothing was taken
   * @throws StoreFailure when the database did not take it; nothing is kept
   * @throws IllegalStateException when the ledger's own thread calls, in a {@link DecisionListener}
   *     or a function that depends on a decision's stage; nothing was taken
   */
  public Decision decide(SessionCommand command, Provenance provenance) {
    return decide(Arrival.of(newCommandId(), command, provenance));
  }

  Decision decide(Incoming incoming) {
    requireMayWait();
    return await(submit(incoming));
  }

  /** The ledger's own thread would wait for itself, and everybody with it. */
  void requireMayWait() {
    if (writer.runsThis()) {
      throw new IllegalStateException(
          "The ledger's own thread runs this and cannot wait for a decision: attach it to the"
              + " stage by an …Async method, or hand the command in by submit.");
    }
  }

  /**
   * Decides many in their order, with far fewer waits than one by one, and waits until the last
   * decision is durable. It is no transaction: each is decided by itself.
   *
   * @return a decision for each, in their order
   * @throws LedgerBusy when too much is waiting; what was handed in before is decided all the same
   * @throws LedgerUnavailable when the ledger is closed; what was handed in before is decided
   * @throws StoreFailure when the database did not take one; the others are decided
   * @throws IllegalStateException when the ledger's own thread calls, as {@link #decide} does
   */
  public List<Decision> decideAll(List<? extends Incoming> batch) {
    requireMayWait();
    List<CompletableFuture<Decision>> decisions = new ArrayList<>(batch.size());
    for (Incoming incoming : batch) {
      if (decisions.size() >= BATCH_IN_FLIGHT) {
        await(decisions.get(decisions.size() - BATCH_IN_FLIGHT));
      }
      decisions.add(submit(incoming));
    }
    return decisions.stream().map(Ledger::await).toList();
  }

  static Decision await(CompletableFuture<Decision> decision) {
    try {
      return decision.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  /**
   * A session in its current generation; opened unless it is open.
   *
   * @throws CommandRefused when it was closed or has moved to another key
   */
  public SessionHandle session(SessionKey key) {
    return session(key, new Provenance(options.source(), null, null, null, null));
  }

  /**
   * A session, as {@link #session(SessionKey)} gives it.
   *
   * @param provenance kept with what the handle, and those that come of it, send
   */
  public SessionHandle session(SessionKey key, Provenance provenance) {
    return SessionHandle.open(this, key, provenance);
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

  /** False once it was closed: it takes nothing then. */
  public boolean isOpen() {
    return writer.isOpen();
  }

  /** How many commands wait to be decided. */
  public int waiting() {
    return writer.waiting();
  }

  /** True when it was opened in a folder, where no other process can be beside this one. */
  public boolean isAlone() {
    return folder != null;
  }

  /** The newest event's position when it was opened: in a folder, all up to it is of before. */
  public long openedAt() {
    return openedAt;
  }

  /** How it was opened. */
  public LedgerOptions options() {
    return options;
  }

  /**
   * The questions that the views on the class path answer; the first call opens them. Updates of
   * views follow their events a moment later.
   *
   * @throws IllegalStateException when no module with views is on the class path
   */
  public QueryGateway queries() {
    return questions.gateway();
  }

  /**
   * Has {@link #queries} ask views that the program runs itself, so that they are not opened a
   * second time; to be called before the first question. Closing them stays the program's.
   *
   * @param gateway asked for at each question
   * @throws IllegalStateException when {@link #queries} opened the views on the class path already
   */
  public void askQueriesOf(Supplier<QueryGateway> gateway) {
    questions.askOthers(gateway);
  }

  /**
   * The ledger's commands for the command bus of a program that runs Axon itself: {@code
   * ledger.commands().configureModule(configurer)}, or a bean where Axon's Spring Boot starter runs
   * things. A message's identifier is the command's id, its metadata may bring a {@link Provenance}
   * under {@link LedgerCommands#PROVENANCE}, and the result is the {@link Decision}, a refusal
   * included.
   */
  public LedgerCommands commands() {
    return new LedgerCommands(this);
  }

  Handles handles() {
    return handles;
  }

  /**
   * Finishes what was submitted, then lets the database go. Runs whose handles are open stay so.
   */
  @Override
  public void close() {
    handles.close();
    questions.close();
    writer.close();
    signals.close();
    if (folder != null) {
      folder.close();
    }
  }
}

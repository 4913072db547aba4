package org.sessionledger.core.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.axonframework.commandhandling.AnnotationCommandHandlerAdapter;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.common.lock.NullLockFactory;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.eventsourcing.AggregateSnapshotter;
import org.axonframework.eventsourcing.EventCountSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.GenericAggregateFactory;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.annotation.ClasspathParameterResolverFactory;
import org.axonframework.messaging.annotation.MultiParameterResolverFactory;
import org.axonframework.messaging.annotation.ParameterResolverFactory;
import org.axonframework.messaging.annotation.SimpleResourceParameterResolverFactory;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;
import org.axonframework.modelling.command.Repository;
import org.axonframework.modelling.command.inspection.AnnotatedAggregateMetaModelFactory;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.RunAttempt;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.MalformedCommand;
import org.sessionledger.core.session.Outcome;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Session;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionDoorway;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.core.session.SessionIds;
import org.sessionledger.core.store.Draft;
import org.sessionledger.core.store.LedgerEventStorage;
import org.sessionledger.core.store.Store;

/**
 * Turns an arrival into a draft: Axon's command bus, repository and cache, with the checks before
 * them that need no aggregate. For one thread; what it decides builds on what it decided before,
 * written or not.
 */
final class Decider {

  /** Events after which a session's state is saved, so that no command replays more. */
  private static final int SNAPSHOT_EVENTS = 250;

  private final Store store;
  private final LedgerEventStorage storage;
  private final SimpleCommandBus commandBus;
  private final SessionCache cache = new SessionCache();
  private final List<Runnable> dueSnapshots = new ArrayList<>();

  /** The sessions that drafts of the present group changed, in memory and not yet in the store. */
  private final Set<SessionKey> touched = new HashSet<>();

  Decider(Store store, SessionIds ids) {
    this.store = store;
    this.storage = new LedgerEventStorage(store);
    EventStore events = storage.asEventStore();
    ParameterResolverFactory parameters =
        MultiParameterResolverFactory.ordered(
            ClasspathParameterResolverFactory.forClass(Session.class),
            new SimpleResourceParameterResolverFactory(List.of(store.history(), ids)));
    AggregateSnapshotter snapshotter =
        AggregateSnapshotter.builder()
            .eventStore(events)
            .aggregateFactories(
                List.of(
                    new GenericAggregateFactory<>(
                        AnnotatedAggregateMetaModelFactory.inspectAggregate(
                            Session.class, parameters))))
            .parameterResolverFactory(parameters)
            .transactionManager(NoTransactionManager.INSTANCE)
            .executor(dueSnapshots::add)
            .build();
    Repository<Session> sessions =
        EventSourcingRepository.builder(Session.class)
            .eventStore(events)
            .parameterResolverFactory(parameters)
            .lockFactory(NullLockFactory.INSTANCE)
            .snapshotTriggerDefinition(
                new EventCountSnapshotTriggerDefinition(snapshotter, SNAPSHOT_EVENTS))
            .cache(cache)
            .build();
    commandBus = SimpleCommandBus.builder().build();
    AggregateAnnotationCommandHandler.<Session>builder()
        .aggregateType(Session.class)
        .repository(sessions)
        .parameterResolverFactory(parameters)
        .build()
        .subscribe(commandBus);
    new AnnotationCommandHandlerAdapter<>(
            new SessionDoorway(sessions, store.history(), ids), parameters)
        .subscribe(commandBus);
  }

  Draft decide(Incoming incoming) {
    if (incoming instanceof MalformedCommand malformed) {
      return draft(incoming, Outcome.invalid(malformed));
    }
    Arrival arrival = (Arrival) incoming;
    Optional<Draft.KnownCommand> known = store.known(arrival.commandId());
    if (known.isPresent()) {
      boolean same = known.get().content().equals(Store.content(arrival.command()));
      return same
          ? new Draft(arrival, Outcome.DUPLICATE, List.of(), known.get(), null)
          : draft(arrival, Outcome.commandIdReused(arrival.commandId()));
    }
    Outcome unknown = SessionDoorway.requireKnown(arrival.command(), store.history());
    if (unknown != null) {
      return draft(arrival, unknown);
    }
    return arrival.command() instanceof SessionCommand.InterruptRuns interrupt
            && interrupt.sessionKey() == null
        ? interruptEverywhere(arrival, interrupt)
        : decide(arrival);
  }

  private Draft decide(Arrival arrival) {
    Outcome outcome = dispatch(arrival.command(), arrival.provenance());
    List<Draft.NewEvent> events = storage.takeAppended();
    laidOver(events);
    return new Draft(arrival, outcome, events, null, null);
  }

  /** All or nothing, in one group: the facts in the order in which the runs started. */
  private Draft interruptEverywhere(Arrival arrival, SessionCommand.InterruptRuns command) {
    String instance = java.util.Objects.requireNonNull(command.instance());
    List<SessionCommand.InterruptRuns> open = store.openRunsOf(instance);
    Set<SessionKey> keys = new LinkedHashSet<>();
    Map<RunIn, Integer> order = new HashMap<>();
    for (SessionCommand.InterruptRuns run : open) {
      SessionKey key = java.util.Objects.requireNonNull(run.sessionKey());
      RunId runId = java.util.Objects.requireNonNull(run.runId());
      Long attempt = java.util.Objects.requireNonNull(run.attempt());
      keys.add(key);
      order.put(new RunIn(key, new RunAttempt(runId, attempt)), order.size());
    }
    for (SessionKey key : keys) {
      dispatch(
          new SessionCommand.InterruptRuns(key, instance, null, null, null), arrival.provenance());
    }
    List<Draft.NewEvent> events = new ArrayList<>(storage.takeAppended());
    events.sort(Comparator.comparing(event -> order.getOrDefault(RunIn.of(event), 0)));
    laidOver(events);
    return new Draft(
        arrival,
        Outcome.ACCEPTED,
        events,
        null,
        new Decision.Interrupted(keys.size(), events.size()));
  }

  private record RunIn(SessionKey key, RunAttempt run) {

    static RunIn of(Draft.NewEvent event) {
      SessionEvent.OfRun run = (SessionEvent.OfRun) event.event();
      return new RunIn(run.sessionKey(), new RunAttempt(run.runId(), run.attempt()));
    }
  }

  private void laidOver(List<Draft.NewEvent> events) {
    for (Draft.NewEvent event : events) {
      touched.add(event.event().sessionKey());
      store.decided(event.event());
    }
  }

  private Outcome dispatch(SessionCommand command, Provenance provenance) {
    AtomicReference<@Nullable CommandResultMessage<?>> result = new AtomicReference<>();
    commandBus.dispatch(
        new GenericCommandMessage<Object>(command, MetaData.with(Session.PROVENANCE, provenance)),
        (message, answer) -> result.set(answer));
    CommandResultMessage<?> answer = result.get();
    if (answer == null) {
      throw new IllegalStateException(command.type() + " was not decided on the deciding thread");
    }
    if (answer.isExceptional()) {
      storage.takeAppended().forEach(event -> touched.add(event.event().sessionKey()));
      throw answer.exceptionResult() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(
              command.type() + " could not be decided", answer.exceptionResult());
    }
    return (Outcome) answer.getPayload();
  }

  /** The group is written: what is in memory is what is stored. */
  void written() {
    touched.clear();
    store.settled();
    List<Runnable> snapshots = List.copyOf(dueSnapshots);
    dueSnapshots.clear();
    snapshots.forEach(Runnable::run);
    cache.trim();
  }

  /** The group is not written: what it changed in memory never was. */
  void givenUp() {
    cache.drop(touched);
    touched.clear();
    // Due snapshots stay due: they are read from the store, and Axon waits for each to be taken.
    store.settled();
  }

  /** Other nodes changed sessions: the copies in memory are old. */
  void changedElsewhere(Collection<SessionKey> keys) {
    cache.drop(keys);
  }

  private static Draft draft(Incoming incoming, Outcome outcome) {
    return new Draft(incoming, outcome, List.of(), null, null);
  }
}

package org.sessionledger.core.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.axonframework.commandhandling.AnnotationCommandHandlerAdapter;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.common.lock.NullLockFactory;
import org.axonframework.eventsourcing.EventCountSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.Snapshotter;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.annotation.ClasspathParameterResolverFactory;
import org.axonframework.messaging.annotation.MultiParameterResolverFactory;
import org.axonframework.messaging.annotation.ParameterResolverFactory;
import org.axonframework.messaging.annotation.SimpleResourceParameterResolverFactory;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.modelling.command.Aggregate;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;
import org.axonframework.modelling.command.Repository;
import org.axonframework.modelling.command.VersionedAggregateIdentifier;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.MalformedCommand;
import org.sessionledger.core.session.Outcome;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Session;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionDoorway;
import org.sessionledger.core.session.SessionIds;
import org.sessionledger.core.session.Submission;
import org.sessionledger.core.store.Draft;
import org.sessionledger.core.store.LedgerEventStorage;
import org.sessionledger.core.store.Lookup;
import org.sessionledger.core.store.Store;
import org.sessionledger.core.store.StoredHistory;

/**
 * Turns an arrival into a draft: Axon's command bus, repository and cache, with the checks before
 * them that need no aggregate. For one thread; what it decides builds on what it decided before,
 * written or not.
 */
final class Decider {

  /** Events after which a session's state is saved, so that no command replays more. */
  private static final int SNAPSHOT_EVENTS = 250;

  private final StoredHistory history;
  private final LedgerEventStorage storage;
  private final SimpleCommandBus commandBus;
  private final Repository<Session> sessions;
  private final SessionCache cache = new SessionCache();
  private final Set<SessionKey> dueSnapshots = new LinkedHashSet<>();
  private final AtomicInteger written = new AtomicInteger();

  Decider(Store store, SessionIds ids) {
    this.history = store.history();
    this.storage = new LedgerEventStorage(store);
    EventStore events = storage.asEventStore();
    ParameterResolverFactory parameters =
        MultiParameterResolverFactory.ordered(
            ClasspathParameterResolverFactory.forClass(Session.class),
            new SimpleResourceParameterResolverFactory(List.of(history, ids)));
    Snapshotter snapshotter =
        (type, aggregateIdentifier) -> dueSnapshots.add(new SessionKey(aggregateIdentifier));
    sessions =
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
        .commandTargetResolver(Decider::target)
        .build()
        .subscribe(commandBus);
    new AnnotationCommandHandlerAdapter<>(new SessionDoorway(sessions, history, ids), parameters)
        .subscribe(commandBus);
  }

  /** Axon would look for it in the command's annotations, each time anew. */
  private static VersionedAggregateIdentifier target(CommandMessage<?> message) {
    SessionKey key = ((SessionCommand) message.getPayload()).sessionKey();
    return new VersionedAggregateIdentifier((Object) Objects.requireNonNull(key).value(), null);
  }

  /** What a group has to ask of the tables before it can be decided. */
  Lookup lookup(List<Submission> group) {
    history.written(written.getAndSet(0));
    return history.lookup(group);
  }

  /** Asks the tables, and decides a group. */
  List<Draft> decide(List<Submission> group) {
    Lookup lookup = lookup(group);
    history.ask(lookup);
    return decide(group, lookup);
  }

  /**
   * Decides a group in order, each command on what those before it left, written or not. The group
   * counts as under way until it is {@link #written()} or everything is {@link #givenUp()}.
   *
   * @param lookup with its answers
   */
  List<Draft> decide(List<Submission> group, Lookup lookup) {
    cache.trim();
    history.begin(lookup);
    return group.stream().map(this::decide).toList();
  }

  /**
   * Decides what is under way again, as far as others changed what it was decided on. The rest
   * stays as it is.
   *
   * @param underWay all groups that are, in their order
   */
  List<List<Draft>> decideAgain(List<List<Draft>> underWay, Store.Elsewhere changed) {
    Stale stale = Stale.of(underWay, changed);
    history.written(written.getAndSet(0));
    if (changed.everything()) {
      forgetAll();
      history.reconnect();
    } else {
      history.givenUp();
      cache.drop(stale.sessions());
    }
    return underWay.stream().map(group -> decideAgain(group, stale)).toList();
  }

  private List<Draft> decideAgain(List<Draft> group, Stale stale) {
    Lookup lookup =
        history.lookup(group.stream().filter(stale::has).map(Draft::submission).toList());
    history.ask(lookup);
    history.begin(lookup);
    return group.stream()
        .map(draft -> stale.has(draft) ? decide(draft.submission()) : keep(draft))
        .toList();
  }

  private Draft keep(Draft draft) {
    if (draft.outcome() instanceof Outcome.Accepted) {
      history.decided((Arrival) draft.submission().incoming(), draft.events());
    }
    return draft;
  }

  private Draft decide(Submission submission) {
    if (submission.incoming() instanceof MalformedCommand malformed) {
      return draft(submission, Outcome.invalid(malformed));
    }
    Arrival arrival = (Arrival) submission.incoming();
    Draft.KnownCommand first = history.known(arrival.commandId());
    if (first != null) {
      return StoredHistory.same(arrival.command(), first)
          ? new Draft(submission, Outcome.DUPLICATE, List.of(), first, null, List.of())
          : draft(submission, Outcome.commandIdReused(arrival.commandId()));
    }
    Outcome unknown = SessionDoorway.requireKnown(arrival.command(), history);
    if (unknown != null) {
      return draft(submission, unknown);
    }
    return arrival.command() instanceof SessionCommand.InterruptRuns interrupt
            && interrupt.sessionKey() == null
        ? interruptEverywhere(submission, arrival, interrupt)
        : decide(submission, arrival);
  }

  private Draft decide(Submission submission, Arrival arrival) {
    Outcome outcome = dispatch(arrival.command(), arrival.provenance());
    List<Draft.NewEvent> events = storage.takeAppended();
    if (outcome instanceof Outcome.Accepted) {
      history.decided(arrival, events);
    }
    return new Draft(submission, outcome, events, null, null, snapshots());
  }

  /** All or nothing, in one group: the facts in the order in which the runs started. */
  private Draft interruptEverywhere(
      Submission submission, Arrival arrival, SessionCommand.InterruptRuns command) {
    String instance = Objects.requireNonNull(command.instance());
    List<Draft.NewEvent> events = new ArrayList<>();
    Map<Draft.NewEvent, Long> starts = new HashMap<>();
    int interrupted = 0;
    for (SessionKey key : history.sessionsOf(instance)) {
      List<Long> versions = ask(key, (session, version) -> session.startsOf(instance));
      Map<Long, Long> positions = history.positions(key, versions);
      dispatch(
          new SessionCommand.InterruptRuns(key, instance, null, null, null), arrival.provenance());
      List<Draft.NewEvent> ofSession = storage.takeAppended();
      for (int i = 0; i < ofSession.size(); i++) {
        starts.put(ofSession.get(i), positions.get(versions.get(i)));
      }
      events.addAll(ofSession);
      interrupted += ofSession.isEmpty() ? 0 : 1;
    }
    events.sort(Comparator.comparing(starts::get));
    history.decided(arrival, events);
    return new Draft(
        submission,
        Outcome.ACCEPTED,
        events,
        null,
        new Decision.Interrupted(interrupted, events.size()),
        snapshots());
  }

  /** The states that are due to be saved, as this draft leaves them. */
  private List<Draft.Snapshot> snapshots() {
    if (dueSnapshots.isEmpty()) {
      return List.of();
    }
    List<Draft.Snapshot> snapshots =
        dueSnapshots.stream()
            .map(
                key ->
                    ask(
                        key,
                        (session, version) ->
                            new Draft.Snapshot(key, version, Json.write(session))))
            .toList();
    dueSnapshots.clear();
    return snapshots;
  }

  private interface Question<T> {
    T of(Session session, long version);
  }

  private <T> T ask(SessionKey key, Question<T> question) {
    UnitOfWork<?> unit = DefaultUnitOfWork.startAndGet(null);
    try {
      Aggregate<Session> session = sessions.load(key.value());
      long version = Objects.requireNonNull(session.version()) + 1;
      T answer = session.invoke(state -> question.of(state, version));
      unit.commit();
      return answer;
    } catch (RuntimeException e) {
      unit.rollback(e);
      throw e;
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
      storage.takeAppended().forEach(event -> history.touched(event.event().sessionKey()));
      throw answer.exceptionResult() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(
              command.type() + " could not be decided", answer.exceptionResult());
    }
    return (Outcome) answer.getPayload();
  }

  /**
   * The group that was decided first, of those under way, is written. May be told by any thread.
   */
  void written() {
    written.incrementAndGet();
  }

  /** Nothing that is under way is written: what it changed in memory never was. */
  void givenUp() {
    history.written(written.getAndSet(0));
    cache.drop(history.givenUp());
    dueSnapshots.clear();
    storage.takeAppended();
  }

  /** Nothing is under way, and what is in memory may be wrong. */
  void forgetAll() {
    givenUp();
    cache.removeAll();
  }

  private static Draft draft(Submission submission, Outcome outcome) {
    return new Draft(submission, outcome, List.of(), null, null, List.of());
  }
}

package org.sessionledger.core.session;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.messaging.Message;
import org.axonframework.messaging.ScopeDescriptor;
import org.axonframework.modelling.command.Aggregate;
import org.axonframework.modelling.command.Repository;
import org.sessionledger.core.identity.SessionKey;

/**
 * Axon's fixture knows one session. What a fork or a migration opens under another key is kept
 * here, all else is the fixture's.
 */
final class OtherKeys implements Repository<Session> {

  private final Repository<Session> fixture;
  private final EmbeddedEventStore opened =
      EmbeddedEventStore.builder().storageEngine(new InMemoryEventStorageEngine()).build();
  private final Repository<Session> others =
      EventSourcingRepository.builder(Session.class).eventStore(opened).build();

  OtherKeys(Repository<Session> fixture) {
    this.fixture = fixture;
  }

  List<Object> eventsOf(SessionKey key) {
    return opened
        .readEvents(key.value())
        .asStream()
        .<Object>map(DomainEventMessage::getPayload)
        .toList();
  }

  @Override
  public Aggregate<Session> load(String key) {
    return fixture.load(key);
  }

  @Override
  public Aggregate<Session> load(String key, Long expectedVersion) {
    return fixture.load(key, expectedVersion);
  }

  @Override
  public Aggregate<Session> newInstance(Callable<Session> factory) throws Exception {
    return others.newInstance(factory);
  }

  @Override
  public Aggregate<Session> newInstance(
      Callable<Session> factory, Consumer<Aggregate<Session>> initializer) throws Exception {
    return others.newInstance(factory, initializer);
  }

  @Override
  public Aggregate<Session> loadOrCreate(String key, Callable<Session> factory) {
    throw new UnsupportedOperationException("a session is opened or loaded, never either");
  }

  @Override
  public void send(Message<?> message, ScopeDescriptor scope) {
    throw new UnsupportedOperationException("a session has no deadlines");
  }

  @Override
  public boolean canResolve(ScopeDescriptor scope) {
    return false;
  }
}

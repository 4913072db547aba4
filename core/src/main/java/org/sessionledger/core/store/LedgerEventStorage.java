package org.sessionledger.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.AbstractEventStore;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.messaging.MetaData;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.EventJson;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Session;
import org.sessionledger.core.session.SessionEvent;

/**
 * Where Axon's repository reads a session's events, and where what it appends is gathered for the
 * writer: an append here reaches the tables with its group, not before. For the one thread that
 * decides.
 */
public final class LedgerEventStorage implements EventStorageEngine {

  private final Store store;
  private final List<Draft.NewEvent> gathered = new ArrayList<>();

  public LedgerEventStorage(Store store) {
    this.store = store;
  }

  /** Axon's event store over this storage. */
  public AbstractEventStore asEventStore() {
    return new DecidingEventStore(this);
  }

  /** What was appended since the last call. */
  public List<Draft.NewEvent> takeAppended() {
    List<Draft.NewEvent> taken = List.copyOf(gathered);
    gathered.clear();
    return taken;
  }

  @Override
  public void appendEvents(List<? extends EventMessage<?>> events) {
    for (EventMessage<?> message : events) {
      DomainEventMessage<?> event = (DomainEventMessage<?>) message;
      SessionEvent payload = (SessionEvent) event.getPayload();
      gathered.add(new Draft.NewEvent(payload, event.getSequenceNumber() + 1, Json.write(payload)));
    }
  }

  @Override
  public DomainEventStream readEvents(String aggregateIdentifier, long firstSequenceNumber) {
    try {
      List<DomainEventMessage<?>> events =
          Sql.list(
              store.reading(),
              row ->
                  message(
                      aggregateIdentifier,
                      row.getLong("version"),
                      EventJson.read(row.getString("type"), row.getString("event")),
                      Sql.instant(row, "recorded_at")),
              """
              SELECT e.version, e.type, e.event, e.recorded_at FROM ledger_events e
              JOIN ledger_sessions s ON s.session_no = e.session_no
              WHERE s.session_key = ? AND e.version > ? ORDER BY e.version
              """,
              aggregateIdentifier,
              firstSequenceNumber);
      return DomainEventStream.of(events);
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the events of " + aggregateIdentifier, e);
    }
  }

  @Override
  public void storeSnapshot(DomainEventMessage<?> snapshot) {
    throw new UnsupportedOperationException("snapshots are written with their session's events");
  }

  /** A snapshot of another revision, or one that cannot be read, is none: a new one replaces it. */
  @Override
  public Optional<DomainEventMessage<?>> readSnapshot(String aggregateIdentifier) {
    SessionKey key = new SessionKey(aggregateIdentifier);
    try {
      return snapshot(store.reading(), key)
          .flatMap(
              snapshot ->
                  read(key, snapshot.state())
                      .map(
                          state ->
                              message(
                                  aggregateIdentifier, snapshot.version(), state, Instant.EPOCH)));
    } catch (SQLException e) {
      throw new StoreFailure("cannot read the snapshot of " + key, e);
    }
  }

  static Optional<Draft.Snapshot> snapshot(Connection connection, SessionKey key)
      throws SQLException {
    return Sql.one(
        connection,
        row -> new Draft.Snapshot(key, row.getLong("version"), row.getString("state")),
        """
        SELECT n.version, n.state FROM ledger_snapshots n
        JOIN ledger_sessions s ON s.session_no = n.session_no
        WHERE s.session_key = ? AND n.revision = ?
        """,
        key.value(),
        Draft.Snapshot.REVISION);
  }

  private static Optional<Session> read(SessionKey key, String state) {
    try {
      Session session = Json.read(state, Session.class);
      session.requireWhole(key);
      return Optional.of(session);
    } catch (RuntimeException e) {
      Store.LOG.warn("The snapshot of a session cannot be read; its events are", e);
      return Optional.empty();
    }
  }

  private static DomainEventMessage<?> message(
      String aggregateIdentifier, long version, Object payload, Instant at) {
    return new GenericDomainEventMessage<>(
        "Session",
        aggregateIdentifier,
        version - 1,
        payload,
        MetaData.emptyInstance(),
        aggregateIdentifier + "@" + version,
        at);
  }

  @Override
  public Stream<? extends TrackedEventMessage<?>> readEvents(
      TrackingToken trackingToken, boolean mayBlock) {
    throw new UnsupportedOperationException("views read the ledger's event stream");
  }

  private static final class DecidingEventStore extends AbstractEventStore {

    DecidingEventStore(EventStorageEngine storage) {
      super(new Builder().storageEngine(storage));
    }

    @Override
    public BlockingStream<TrackedEventMessage<?>> openStream(TrackingToken trackingToken) {
      throw new UnsupportedOperationException("views read the ledger's event stream");
    }

    private static final class Builder extends AbstractEventStore.Builder {}
  }
}

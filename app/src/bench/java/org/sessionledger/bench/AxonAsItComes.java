package org.sessionledger.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.common.Registration;
import org.axonframework.common.caching.Cache;
import org.axonframework.common.jdbc.ConnectionProvider;
import org.axonframework.common.jdbc.UnitOfWorkAwareConnectionProviderWrapper;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.AggregateConfigurer;
import org.axonframework.config.Configuration;
import org.axonframework.config.Configurer;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.eventsourcing.eventstore.jdbc.AbstractEventTableFactory;
import org.axonframework.eventsourcing.eventstore.jdbc.EventTableFactory;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jdbc.PostgresEventTableFactory;
import org.axonframework.messaging.MetaData;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.axonframework.serialization.json.JacksonSerializer;
import org.axonframework.spring.jdbc.SpringDataSourceConnectionProvider;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * Axon over JDBC as its Spring Boot starter puts it together: a simple command bus, a transaction
 * for each command, sessions read from their events each time, or kept in a cache. It knows no
 * command ids, no refusals, and no owners of runs: less than the ledger does.
 */
final class AxonAsItComes implements Clients.Client {

  record Open(@TargetAggregateIdentifier String key, String sessionId) {}

  record Start(@TargetAggregateIdentifier String key, String sessionId, String runId) {}

  record Progress(
      @TargetAggregateIdentifier String key,
      String sessionId,
      String runId,
      String note,
      long tokens) {}

  record Complete(@TargetAggregateIdentifier String key, String sessionId, String runId) {}

  record Opened(String key, String sessionId, long generation) {}

  record Started(String key, String sessionId, long generation, String runId, long attempt) {}

  record Progressed(
      String key,
      String sessionId,
      long generation,
      String runId,
      long attempt,
      String note,
      long tokens) {}

  record Completed(String key, String sessionId, long generation, String runId, long attempt) {}

  /** What is left of a session when nothing ever goes wrong. */
  static final class BenchSession {

    @AggregateIdentifier private @Nullable String key;
    private String sessionId = "";
    private final Map<String, Long> attempts = new HashMap<>();
    private final Set<String> ended = new HashSet<>();

    BenchSession() {}

    @CommandHandler
    BenchSession(Open command) {
      AggregateLifecycle.apply(new Opened(command.key(), command.sessionId(), 1));
    }

    @CommandHandler
    void handle(Start command) {
      requireCurrent(command.sessionId());
      if (attempts.containsKey(command.runId())) {
        throw new IllegalStateException(command.toString());
      }
      AggregateLifecycle.apply(new Started(command.key(), sessionId, 1, command.runId(), 1));
    }

    @CommandHandler
    void handle(Progress command) {
      requireCurrent(command.sessionId());
      AggregateLifecycle.apply(
          new Progressed(
              command.key(),
              sessionId,
              1,
              command.runId(),
              attempt(command.runId()),
              command.note(),
              command.tokens()));
    }

    @CommandHandler
    void handle(Complete command) {
      requireCurrent(command.sessionId());
      AggregateLifecycle.apply(
          new Completed(command.key(), sessionId, 1, command.runId(), attempt(command.runId())));
    }

    private void requireCurrent(String claimed) {
      if (!claimed.equals(sessionId)) {
        throw new IllegalStateException(claimed + " is not " + sessionId);
      }
    }

    private long attempt(String runId) {
      Long attempt = attempts.get(runId);
      if (attempt == null || ended.contains(runId)) {
        throw new IllegalStateException(runId + " is not open");
      }
      return attempt;
    }

    @EventSourcingHandler
    void on(Opened event) {
      key = event.key();
      sessionId = event.sessionId();
    }

    @EventSourcingHandler
    void on(Started event) {
      attempts.put(event.runId(), event.attempt());
    }

    @EventSourcingHandler
    void on(Completed event) {
      ended.add(event.runId());
    }
  }

  private final CommandGateway gateway;
  private final Work work;

  private AxonAsItComes(CommandGateway gateway, Work work) {
    this.gateway = gateway;
    this.work = work;
  }

  /** Sessions are open when this returns. */
  static Competitor competitor(Home home, int threads, boolean cached) throws Exception {
    HikariDataSource pool = home.pool();
    Configuration axon = configuration(pool, home.database(), cached);
    Work work = Work.withoutFirsts(cached ? "cached" : "axon", Options.SESSIONS);
    CommandGateway gateway = axon.commandGateway();
    Opening.all(
        IntStream.range(0, work.sessions())
            .mapToObj(session -> new Open(work.key(session), Work.sessionId(session)))
            .toList(),
        threads,
        gateway::sendAndWait);
    Opening.all(work.headStart(), threads, step -> send(gateway, step));
    return new Clients(threads, () -> new AxonAsItComes(gateway, work)) {
      @Override
      public void close() throws Exception {
        super.close();
        axon.shutdown();
        pool.close();
      }
    };
  }

  private static Configuration configuration(
      HikariDataSource pool, Database database, boolean cached) {
    TransactionManager transactions =
        new SpringTransactionManager(new JdbcTransactionManager(pool));
    ConnectionProvider connections =
        new UnitOfWorkAwareConnectionProviderWrapper(new SpringDataSourceConnectionProvider(pool));
    JacksonSerializer serializer = JacksonSerializer.defaultSerializer();
    JdbcEventStorageEngine engine =
        JdbcEventStorageEngine.builder()
            .connectionProvider(connections)
            .transactionManager(transactions)
            .eventSerializer(serializer)
            .snapshotSerializer(serializer)
            .build();
    EventTableFactory tables =
        database instanceof Database.H2 ? new OnH2() : PostgresEventTableFactory.INSTANCE;
    engine.createSchema(tables);
    AggregateConfigurer<BenchSession> session =
        AggregateConfigurer.defaultConfiguration(BenchSession.class);
    if (cached) {
      session.configureCache(axon -> new AllCached());
    }
    Configurer configurer =
        DefaultConfigurer.defaultConfiguration(false)
            .configureTransactionManager(axon -> transactions)
            .configureSerializer(axon -> serializer)
            .configureEmbeddedEventStore(axon -> engine)
            .configureAggregate(session);
    return configurer.start();
  }

  @Override
  public boolean send() {
    send(gateway, work.step());
    return true;
  }

  private static void send(CommandGateway gateway, Work.Step step) {
    Object command =
        switch (step.kind()) {
          case START -> new Start(step.key(), step.sessionId(), step.runId());
          case PROGRESS ->
              new Progress(step.key(), step.sessionId(), step.runId(), step.note(), step.number());
          case COMPLETE -> new Complete(step.key(), step.sessionId(), step.runId());
        };
    gateway.sendAndWait(
        new GenericCommandMessage<>(
            command,
            MetaData.with("commandId", Work.newId().value())
                .and("component", "gateway")
                .and("instance", "gw-1")));
  }

  /** None of Axon's factories speaks H2's dialect of today. Its BLOB would only be slower. */
  private static final class OnH2 extends AbstractEventTableFactory {

    @Override
    protected String idColumnType() {
      return "BIGINT GENERATED BY DEFAULT AS IDENTITY";
    }

    @Override
    protected String payloadType() {
      return "VARBINARY(1048576)";
    }
  }

  /** Axon's own cache holds weak references, and would be empty after each collection. */
  // Axon's interface leaves types and nulls to the caller.
  @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
  private static final class AllCached implements Cache {

    private final Map<Object, Object> entries = new ConcurrentHashMap<>();

    @Override
    public <K, V> @Nullable V get(K key) {
      return (V) entries.get(key);
    }

    @Override
    public void put(Object key, Object value) {
      entries.put(key, value);
    }

    @Override
    public boolean putIfAbsent(Object key, Object value) {
      return entries.putIfAbsent(key, value) == null;
    }

    @Override
    public boolean remove(Object key) {
      return entries.remove(key) != null;
    }

    @Override
    public void removeAll() {
      entries.clear();
    }

    @Override
    public boolean containsKey(Object key) {
      return entries.containsKey(key);
    }

    @Override
    public Registration registerCacheEntryListener(EntryListener listener) {
      return () -> true;
    }
  }
}

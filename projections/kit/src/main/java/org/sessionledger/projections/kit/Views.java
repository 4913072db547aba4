package org.sessionledger.projections.kit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.axonframework.config.Configuration;
import org.axonframework.config.Configurer;
import org.axonframework.config.ConfigurerModule;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.config.EventProcessingConfigurer;
import org.axonframework.eventhandling.EventProcessor;
import org.axonframework.eventhandling.EventTrackerStatus;
import org.axonframework.eventhandling.PropagatingErrorHandler;
import org.axonframework.eventhandling.StreamingEventProcessor;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventhandling.pooled.PooledStreamingEventProcessor;
import org.axonframework.lifecycle.Phase;
import org.axonframework.messaging.StreamableMessageSource;
import org.axonframework.queryhandling.QueryGateway;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.store.LedgerReader;

/**
 * The views of one ledger: makes their tables, runs a processor for each, and waits for them.
 *
 * <p>A Java program opens them with {@link #open}. Where Axon's Spring Boot starter runs things,
 * {@link #of} is a bean, and each view is a bean, too: the starter takes the processors from the
 * one and the query handlers from the others, starts and stops them.
 */
public final class Views implements ConfigurerModule, AutoCloseable {

  /** Events that are folded and written together at most. */
  public static final int BATCH_MAX = 256;

  /**
   * How often a node looks which views it can and may run, and says that it still runs those that
   * it has. With the time after which a claim ends, it bounds how long a view of a dead node rests.
   */
  private static final long CLAIM_INTERVAL_MILLIS = 250;

  private static final long CLAIM_EXTENSION_MILLIS = 500;

  /** The same where there are no other nodes. */
  private static final long CLAIM_INTERVAL_ALONE_MILLIS = 2_000;

  private static final long CLAIM_EXTENSION_ALONE_MILLIS = 5_000;

  /** How long the progress of a view on another node may go unnoticed by who waits for it. */
  private static final long LOOK_MILLIS = 10;

  /** The position of what has not happened yet. */
  private static final long NEVER = Long.MAX_VALUE;

  /** A name is part of a table's and an index's name. */
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,30}");

  private final DataSource dataSource;
  private final LedgerReader reader;
  private final StreamableMessageSource<TrackedEventMessage<?>> events;
  private final ViewTransactions transactions;
  private final Tokens tokens;
  private final Progress progress = new Progress();
  private final Map<String, ViewProcessor> processors = new LinkedHashMap<>();
  private final Rebuilds rebuilds;
  private final Upkeep upkeep;
  private final Updates updates;
  private final AtomicLong lookedAt = new AtomicLong(System.nanoTime());

  /** Null where there are no other nodes. */
  private final @Nullable Sharing sharing;

  private volatile @Nullable Configuration configuration;
  private @Nullable Configuration own;

  private Views(Ledger ledger, List<? extends View> views) {
    this.dataSource = ledger.dataSource();
    this.reader = ledger.reader();
    this.events = ledger.events();
    this.transactions = new ViewTransactions(dataSource);
    String node = UUID.randomUUID().toString();
    this.tokens = new Tokens(dataSource, transactions, node);
    for (View view : views) {
      if (!NAME.matcher(view.name()).matches()) {
        throw new IllegalArgumentException("no name for a view: '" + view.name() + "'");
      }
      ViewProcessor processor = new ViewProcessor(view, transactions, progress);
      if (processors.put(view.name(), processor) != null) {
        throw new IllegalArgumentException("two views are called '" + view.name() + "'");
      }
    }
    Map<String, View> byName = new LinkedHashMap<>();
    processors.forEach((name, processor) -> byName.put(name, processor.view()));
    this.rebuilds = new Rebuilds(dataSource, reader, byName);
    this.upkeep =
        new Upkeep(
            rebuilds, views.stream().map(view -> new Unparking(dataSource, reader, view)).toList());
    this.updates =
        new Updates(
            ledger,
            this,
            views.stream().filter(LiveView.class::isInstance).map(LiveView.class::cast).toList());
    Migrations.ofKit(dataSource);
    if (isEmbedded(dataSource)) {
      sharing = null;
      tokens.releaseClaimsOfTheDead();
      rebuilds.allAreOfTheDead();
    } else {
      sharing = new Sharing(dataSource, node, processors.keySet());
    }
    for (View view : views) {
      prepare(view);
    }
    lookForOthers();
  }

  /** Its table is the one that a rebuild left, or the first one. */
  private void prepare(View view) {
    Optional<ViewTables.At> serving =
        Sql.query(dataSource, connection -> ViewTables.find(connection, view.name()));
    Migrations.of(
        dataSource, view, serving.map(ViewTables.At::table).orElse(ViewTables.first(view.name())));
    tokens.prepare(view.name(), events.createTailToken());
  }

  /** An embedded database belongs to one process. */
  private static boolean isEmbedded(DataSource dataSource) {
    String url = Sql.query(dataSource, connection -> connection.getMetaData().getURL());
    return url.startsWith("jdbc:h2:")
        && !url.startsWith("jdbc:h2:tcp:")
        && !url.startsWith("jdbc:h2:ssl:");
  }

  /** Every view that a module on the class path provides. */
  public static List<View> onClassPath(Ledger ledger) {
    return ServiceLoader.load(ViewProvider.class, Views.class.getClassLoader()).stream()
        .map(provider -> provider.get().of(ledger))
        .toList();
  }

  /** Opens every view that is {@link #onClassPath on the class path}. */
  public static Views open(Ledger ledger) {
    return open(ledger, onClassPath(ledger));
  }

  /** Makes the tables of the views and starts them; {@link #close} stops them. */
  public static Views open(Ledger ledger, List<? extends View> views) {
    Views opened = of(ledger, views);
    // Without Axon's own modules, one of which calls home.
    Configurer configurer = DefaultConfigurer.defaultConfiguration(false);
    opened.configureModule(configurer);
    opened
        .queryHandlers(ledger)
        .forEach(handler -> configurer.registerQueryHandler(axon -> handler));
    opened.own = configurer.start();
    return opened;
  }

  /** Makes the tables of the views; Axon starts and stops them, as one of its modules. */
  public static Views of(Ledger ledger, List<? extends View> views) {
    return new Views(ledger, views);
  }

  /** What answers the questions: each view, and what no view answers. */
  public List<Object> queryHandlers(Ledger ledger) {
    List<Object> handlers = new ArrayList<>();
    processors.values().forEach(processor -> handlers.add(processor.view()));
    handlers.add(new LedgerQueries(ledger, this));
    return handlers;
  }

  /**
   * One of the views, to be asked directly.
   *
   * @throws IllegalArgumentException when there is none of the kind
   */
  public <V extends View> V view(Class<V> type) {
    return processors.values().stream()
        .map(ViewProcessor::view)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no " + type.getSimpleName() + " here, there are " + processors.keySet()));
  }

  /** Registers a processor for each view. */
  @Override
  public void configureModule(Configurer configurer) {
    configurer.onInitialize(
        initialized -> {
          configuration = initialized;
          initialized.onStart(
              Phase.INBOUND_EVENT_CONNECTORS,
              () -> updates.start(initialized.queryUpdateEmitter()));
          initialized.onShutdown(Phase.INBOUND_EVENT_CONNECTORS, updates::close);
        });
    configurer.onStart(Phase.INBOUND_EVENT_CONNECTORS - 1, upkeep::start);
    configurer.onShutdown(Phase.INBOUND_EVENT_CONNECTORS - 1, this::endWork);
    if (sharing != null) {
      // Before the processors, and until they have ended.
      configurer.onStart(Phase.INBOUND_EVENT_CONNECTORS - 1, sharing::start);
      configurer.onShutdown(Phase.INBOUND_EVENT_CONNECTORS - 1, sharing::close);
    }
    configurer.eventProcessing(
        processing -> processors.values().forEach(processor -> register(processor, processing)));
  }

  private void register(ViewProcessor processor, EventProcessingConfigurer processing) {
    String name = processor.view().name();
    processing
        .registerEventHandler(axon -> processor)
        .assignHandlerInstancesMatching(name, handler -> handler == processor)
        .registerTokenStore(name, axon -> tokens)
        .registerTransactionManager(name, axon -> transactions)
        // A batch that fails is tried again as a whole; nothing is skipped.
        .registerListenerInvocationErrorHandler(name, axon -> PropagatingErrorHandler.instance())
        .registerErrorHandler(name, axon -> PropagatingErrorHandler.instance())
        .registerPooledStreamingEventProcessor(
            name,
            axon -> events,
            (axon, builder) ->
                paced(builder)
                    .initialSegmentCount(1)
                    .initialToken(StreamableMessageSource::createTailToken)
                    .maxSegmentProvider(view -> isToRunHere(view) ? 1 : 0)
                    // A batch may take longer than a claim is good for.
                    .enableCoordinatorClaimExtension()
                    .batchSize(BATCH_MAX));
  }

  private PooledStreamingEventProcessor.Builder paced(
      PooledStreamingEventProcessor.Builder builder) {
    return sharing == null
        ? builder
            .tokenClaimInterval(CLAIM_INTERVAL_ALONE_MILLIS)
            .claimExtensionThreshold(CLAIM_EXTENSION_ALONE_MILLIS)
        : builder
            .tokenClaimInterval(CLAIM_INTERVAL_MILLIS)
            .claimExtensionThreshold(CLAIM_EXTENSION_MILLIS);
  }

  /** True when this node, and no other one, moves a view on. */
  public boolean runsHere(String view) {
    requireKnown(view);
    return positionHere(view).isPresent();
  }

  private boolean isToRunHere(String view) {
    return sharing == null || sharing.isMine(view);
  }

  private void endWork() {
    rebuilds.close();
    upkeep.close();
  }

  /** Rebuilds the views, and checks them against the events. */
  public Rebuilds rebuilds() {
    return rebuilds;
  }

  /**
   * The same questions over the query bus of the Axon that runs the views, and those of {@link
   * LedgerQueries}. {@link Live} subscribes to some of them.
   */
  public QueryGateway queries() {
    Configuration axon = configuration;
    if (axon == null) {
      throw new IllegalStateException("No Axon runs these views yet: open them, or start it");
    }
    return axon.queryGateway();
  }

  /** What the views are called, in the order in which they were given. */
  public List<String> names() {
    return List.copyOf(processors.keySet());
  }

  /** Waits until every view has what the ledger has accepted so far; false when time ran out. */
  public boolean awaitAll(Duration timeout) {
    long target = reader.position();
    return progress.await(
        () -> processors.keySet().stream().allMatch(view -> has(view, target)), timeout);
  }

  /** Waits until a view has the event with a position; false when time ran out. */
  public boolean await(String view, long position, Duration timeout) {
    requireKnown(view);
    return progress.await(() -> has(view, position), timeout);
  }

  /**
   * Waits until a view has a session's event with a version, which may not have happened yet; false
   * when time ran out.
   */
  public boolean awaitVersion(String view, SessionKey key, long version, Duration timeout) {
    requireKnown(view);
    LongSupplier position = new PositionOf(key, version);
    return progress.await(() -> has(view, position.getAsLong()), timeout);
  }

  /** How far a view's table is at least. */
  long position(String view) {
    if (positionHere(view).isEmpty()) {
      lookForOthers();
    }
    return progress.of(view);
  }

  /** Waits until a view's table has more than up to a position; false when time ran out. */
  boolean awaitAfter(String view, long position, Duration timeout) {
    return progress.await(
        () -> {
          if (progress.of(view) <= position && positionHere(view).isEmpty() && isTimeToLook()) {
            lookForOthers();
          }
          return progress.of(view) > position;
        },
        timeout);
  }

  private boolean has(String view, long position) {
    if (progress.of(view) >= position) {
      return true;
    }
    OptionalLong here = positionHere(view);
    if (here.isPresent()) {
      return here.getAsLong() >= position;
    }
    if (position < NEVER && isTimeToLook()) {
      lookForOthers();
    }
    return progress.of(view) >= position;
  }

  /** However many wait, one of them asks the database, and tells the others. */
  private boolean isTimeToLook() {
    long last = lookedAt.get();
    long now = System.nanoTime();
    return now - last >= TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)
        && lookedAt.compareAndSet(last, now);
  }

  /** Another node's batches signal nothing here. */
  private void lookForOthers() {
    tokens
        .positions()
        .forEach(
            (view, position) -> {
              if (processors.containsKey(view) && position > progress.of(view)) {
                progress.reached(view, position);
              }
            });
  }

  /** How far a view is that this node runs; empty when another one does, or none. */
  private OptionalLong positionHere(String view) {
    return processor(view)
        .filter(StreamingEventProcessor.class::isInstance)
        .map(processor -> ((StreamingEventProcessor) processor).processingStatus())
        .flatMap(segments -> segments.values().stream().findFirst())
        .map(EventTrackerStatus::getTrackingToken)
        .map(TrackingToken::position)
        .orElse(OptionalLong.empty());
  }

  /** How far each view is, in the order in which they were given. */
  public List<ViewState> states() {
    lookForOthers();
    long newest = reader.position();
    return processors.values().stream().map(processor -> state(processor, newest)).toList();
  }

  private ViewState state(ViewProcessor processor, long newest) {
    String name = processor.view().name();
    String failure = processor.failure();
    long position = progress.of(name);
    ViewState.State state = ViewState.State.RUNNING;
    if (!processor(name).map(EventProcessor::isRunning).orElse(false)) {
      state = ViewState.State.STOPPED;
    } else if (failure != null) {
      state = ViewState.State.FAILED;
    }
    long parked = Sql.query(dataSource, connection -> ViewTables.at(connection, name)).parked();
    return new ViewState(
        name,
        position,
        Math.max(0, newest - position),
        state,
        processor.refused(),
        parked,
        parked == 0 ? List.of() : parked(processor.view()),
        failure);
  }

  private List<ParkedSession> parked(View view) {
    List<ParkedSession> sessions = new ArrayList<>();
    Parking parking = new Parking(view);
    for (Parking.Parked each :
        Sql.query(dataSource, connection -> parking.after(connection, 0, ViewState.LISTED_MAX))) {
      reader
          .sessionKey(each.sessionNo())
          .ifPresent(key -> sessions.add(new ParkedSession(key, each.version(), each.error())));
    }
    return sessions;
  }

  private Optional<EventProcessor> processor(String view) {
    Configuration axon = configuration;
    return axon == null
        ? Optional.empty()
        : axon.eventProcessingConfiguration().eventProcessor(view);
  }

  private void requireKnown(String view) {
    if (!processors.containsKey(view)) {
      throw new IllegalArgumentException(
          "no view is called '" + view + "', there are " + processors.keySet());
    }
  }

  /** Stops what {@link #open} started; what Axon runs, Axon stops. */
  @Override
  public void close() {
    if (own != null) {
      own.shutdown();
    }
  }

  /** Where a session's version stands in the global order, once it does. */
  private final class PositionOf implements LongSupplier {

    private final SessionKey key;
    private final long version;
    private long found = NEVER;

    PositionOf(SessionKey key, long version) {
      this.key = key;
      this.version = version;
    }

    @Override
    public long getAsLong() {
      if (found == NEVER) {
        found =
            version < 1 ? 0 : reader.event(key, version).map(RecordedEvent::position).orElse(NEVER);
      }
      return found;
    }
  }
}

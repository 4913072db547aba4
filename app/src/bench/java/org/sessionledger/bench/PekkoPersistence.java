package org.sessionledger.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.jspecify.annotations.Nullable;

/**
 * The peer: Pekko Persistence over JDBC with its own tables and settings, one persistent actor a
 * session, all of them in memory. Like {@link AxonAsItComes} it knows no command ids and no
 * refusals.
 */
final class PekkoPersistence implements Competitor {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What an actor keeps; also the JSON that is stored. */
  record Fact(
      String kind,
      String key,
      String sessionId,
      long generation,
      String runId,
      long attempt,
      String note,
      long tokens,
      String commandId,
      String component,
      String instance) {}

  /** The same few rules that {@link AxonAsItComes} has. */
  static final class BenchSession extends AbstractPersistentActor {

    private final String key;
    private final String sessionId;
    private final Map<String, Long> attempts = new HashMap<>();
    private final Set<String> ended = new HashSet<>();

    BenchSession(String key, String sessionId) {
      this.key = key;
      this.sessionId = sessionId;
    }

    @Override
    public String persistenceId() {
      return key;
    }

    @Override
    public Receive createReceiveRecover() {
      return receiveBuilder().match(Fact.class, this::on).build();
    }

    @Override
    public Receive createReceive() {
      return receiveBuilder().match(Work.Step.class, this::handle).build();
    }

    private void handle(Work.Step step) {
      boolean open = attempts.containsKey(step.runId()) && !ended.contains(step.runId());
      boolean starts = step.kind() == Work.Kind.START;
      if (!step.sessionId().equals(sessionId)
          || starts == attempts.containsKey(step.runId())
          || !starts && !open) {
        getSender().tell(new IllegalStateException(step.toString()), getSelf());
        return;
      }
      Fact fact =
          new Fact(
              step.kind().name(),
              key,
              sessionId,
              1,
              step.runId(),
              1,
              step.note(),
              step.number(),
              Work.newId().value(),
              "gateway",
              "gw-1");
      persist(
          fact,
          stored -> {
            on(stored);
            getSender().tell(stored.commandId(), getSelf());
          });
    }

    private void on(Fact fact) {
      if (fact.kind().equals(Work.Kind.START.name())) {
        attempts.put(fact.runId(), fact.attempt());
      } else if (fact.kind().equals(Work.Kind.COMPLETE.name())) {
        ended.add(fact.runId());
      }
    }
  }

  /** JSON, as the others write. */
  public static final class JsonFacts extends SerializerWithStringManifest {

    private static final int IDENTIFIER = 7_411;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public int identifier() {
      return IDENTIFIER;
    }

    @Override
    public String manifest(Object fact) {
      return ((Fact) fact).kind();
    }

    @Override
    public byte[] toBinary(Object fact) {
      try {
        return JSON.writeValueAsBytes(fact);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
      try {
        return JSON.readValue(bytes, Fact.class);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final ActorSystem system;
  private final Map<String, ActorRef> sessions = new HashMap<>();
  private final Work work = Work.withoutFirsts("pekko", Options.SESSIONS);

  PekkoPersistence(Home home) throws SQLException, IOException, InterruptedException {
    HikariConfig settings = home.settings();
    boolean h2 = home.database() instanceof Database.H2;
    try (HikariDataSource pool = new HikariDataSource(settings)) {
      createTables(
          pool,
          h2 ? "schema/h2/h2-create-schema.sql" : "schema/postgres/postgres-create-schema.sql");
    }
    system = ActorSystem.create("bench", config(settings, h2));
    for (int i = 0; i < work.sessions(); i++) {
      int session = i;
      sessions.put(
          work.key(session),
          system.actorOf(
              Props.create(
                  BenchSession.class,
                  () -> new BenchSession(work.key(session), Work.sessionId(session)))));
    }
    Iterator<Work.Step> headStart = work.headStart().iterator();
    run(() -> headStart.hasNext() ? headStart.next() : null);
  }

  /** The script that the plugin brings. */
  private static void createTables(HikariDataSource pool, String script)
      throws IOException, SQLException {
    try (InputStream in = PekkoPersistence.class.getClassLoader().getResourceAsStream(script)) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Home.execute(
          pool,
          Arrays.stream(all.replace("CONCURRENTLY ", "").split(";"))
              .filter(statement -> !statement.isBlank())
              .toArray(String[]::new));
    }
  }

  private static Config config(HikariConfig settings, boolean h2) {
    String database =
        """
        {
          profile = "slick.jdbc.%s$"
          db {
            url = "%s"
            user = "%s"
            password = "%s"
            driver = "%s"
          }
        }
        """
            .formatted(
                h2 ? "H2Profile" : "PostgresProfile",
                settings.getJdbcUrl(),
                settings.getUsername(),
                settings.getPassword(),
                h2 ? "org.h2.Driver" : "org.postgresql.Driver");
    return ConfigFactory.parseString(
            """
            pekko.loglevel = WARNING
            pekko.persistence.journal.plugin = "jdbc-journal"
            pekko.persistence.snapshot-store.plugin = "jdbc-snapshot-store"
            pekko.actor.serializers.facts = "%s"
            pekko.actor.serialization-bindings { "%s" = facts }
            jdbc-journal.use-shared-db = "slick"
            jdbc-snapshot-store.use-shared-db = "slick"
            pekko-persistence-jdbc.shared-databases.slick = ${pekko-persistence-jdbc.shared-databases.slick} %s
            """
                .formatted(JsonFacts.class.getName(), Fact.class.getName(), database))
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  @Override
  public Window run(Duration window) throws InterruptedException {
    long end = System.nanoTime() + window.toNanos();
    return run(() -> System.nanoTime() < end ? work.step() : null);
  }

  /** Until there is no next step. */
  private Window run(Supplier<Work.@Nullable Step> steps) throws InterruptedException {
    Semaphore room = new Semaphore(Options.IN_FLIGHT);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long start = System.nanoTime();
    long sent = 0;
    for (Work.Step step = steps.get(); step != null && failure.get() == null; step = steps.get()) {
      room.acquire();
      CompletionStage<Object> answer = Patterns.ask(sessions.get(step.key()), step, PATIENCE);
      answer.whenComplete(
          (stored, failed) -> {
            if (failed != null) {
              failure.compareAndSet(null, failed);
            } else if (stored instanceof Throwable refused) {
              failure.compareAndSet(null, refused);
            }
            room.release();
          });
      sent++;
    }
    room.acquire(Options.IN_FLIGHT);
    long nanos = System.nanoTime() - start;
    if (failure.get() != null) {
      throw new CompletionException(failure.get());
    }
    return new Window(sent, nanos);
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}

package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.projections.kit.TestLedger.PATIENCE;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.ChildJvm;
import org.sessionledger.projections.kit.CountingView.CountEvents;

/**
 * Several nodes on one PostgreSQL: their views' work is shared, and taken over when one ends.
 * Longer with {@code -Dnodes.rounds=10}.
 */
class ViewNodesTest {

  private static final int ROUNDS = Integer.getInteger("nodes.rounds", 1);

  /** The goal is 3 s on a machine that does nothing else; Axon's own tokens would take 10. */
  private static final Duration TAKE_OVER =
      Duration.ofSeconds(Long.getLong("nodes.takeover.seconds", 6));

  private static final List<String> VIEWS = List.of("a", "b", "c", "d");

  /** A node as a program would open it. */
  private record Node(Ledger ledger, Views views, AutoCloseable connections)
      implements AutoCloseable {

    static Node open(String url) {
      HikariDataSource pool = TestDatabase.open(url);
      return open(pool, pool);
    }

    static Node open(DataSource dataSource, AutoCloseable connections) {
      Ledger ledger = Ledger.open(dataSource);
      List<CountingView> views =
          VIEWS.stream().map(name -> new CountingView(ledger, name)).toList();
      return new Node(ledger, Views.open(ledger, views), connections);
    }

    /** An event of a session of its own. */
    void happens(String key) {
      Decision decision =
          ledger.decide(TestLedger.open(new SessionKey(key), "s-1"), Provenance.NONE);
      assertThat(decision.verdict()).isEqualTo(Verdict.ACCEPTED);
    }

    boolean hasAll() {
      return views.awaitAll(PATIENCE);
    }

    long count(String view) {
      return new CountingView(ledger, view).count(new CountEvents());
    }

    @Override
    public void close() {
      views.close();
      ledger.close();
      try {
        connections.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private static String database() {
    try (HikariDataSource first = TestDatabase.POSTGRESQL.create()) {
      return first.getJdbcUrl();
    }
  }

  /** How many views each node runs. */
  private static List<Long> shares(Node asked) {
    Map<String, Long> views =
        Sql.query(
                asked.ledger().dataSource(),
                connection ->
                    Sql.list(
                        connection,
                        row -> row.getString("owner"),
                        "SELECT owner FROM view_tokens WHERE owner IS NOT NULL"))
            .stream()
            .collect(Collectors.groupingBy(owner -> owner, Collectors.counting()));
    return views.values().stream().sorted().toList();
  }

  private static void awaitShares(Node asked, Predicate<List<Long>> expected) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<Long> shares = shares(asked);
    while (!expected.test(shares)) {
      assertThat(System.nanoTime()).as("views of each node: %s", shares).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      shares = shares(asked);
    }
  }

  private static Predicate<List<Long>> are(Long... shares) {
    return List.of(shares)::equals;
  }

  @Test
  void the_views_are_shared_by_the_nodes_that_are_there_and_each_node_sees_all() {
    String database = database();
    try (Node first = Node.open(database)) {
      awaitShares(first, are(4L));
      first.happens("k1");
      try (Node second = Node.open(database)) {
        awaitShares(first, are(2L, 2L));
        second.happens("k2");
        try (Node third = Node.open(database)) {
          awaitShares(first, are(1L, 1L, 2L));
          third.happens("k3");
          for (Node each : List.of(first, second, third)) {
            assertThat(each.hasAll()).isTrue();
          }
        }
        awaitShares(first, are(2L, 2L));
      }
      assertThat(TestDatabase.dump(first.ledger().dataSource(), "view_nodes"))
          .as("who leaves says so")
          .hasSize(VIEWS.size());
      awaitShares(first, are(4L));
      first.happens("k4");
      assertThat(first.hasAll()).isTrue();
      for (String view : VIEWS) {
        assertThat(first.count(view)).as(view).isEqualTo(4);
      }

      // A node that is there and does not do its share.
      Sql.query(
          first.ledger().dataSource(),
          connection ->
              Sql.update(
                  connection,
                  """
                  INSERT INTO view_nodes (processor_name, node, alive_until)
                  SELECT processor_name, 'idle', CURRENT_TIMESTAMP + INTERVAL '1' DAY
                  FROM view_tokens
                  """));
      awaitShares(first, are(2L));
      first.happens("k5");
      assertThat(first.hasAll()).as("what it leaves alone is anybody's").isTrue();
    }
  }

  @Test
  void claims_that_are_lost_under_load_lose_and_double_nothing_seed_5() throws Exception {
    Random random = new Random(5);
    String database = database();
    try (Node here = Node.open(database);
        Node there = Node.open(database)) {
      awaitShares(here, are(2L, 2L));
      int events = 100;
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(
              () -> IntStream.range(0, events).forEach(i -> here.happens("k" + i)));
      for (int i = 0; i < 6; i++) {
        String view = VIEWS.get(random.nextInt(VIEWS.size()));
        // Not when it has just been stolen: who lost a claim waits a little before it tries again.
        steal(here, view);
        assertThat(here.views().await(view, here.ledger().reader().position(), PATIENCE)).isTrue();
      }
      load.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      for (Node each : List.of(here, there)) {
        assertThat(each.hasAll()).as("%s", each.views().states()).isTrue();
        assertThat(each.views().states())
            .allMatch(state -> state.refused() == 0)
            .allMatch(state -> state.state() == ViewState.State.RUNNING);
      }
      for (String view : VIEWS) {
        assertThat(here.count(view)).as(view).isEqualTo(events);
      }
    }
  }

  private static void steal(Node node, String view) {
    Sql.query(
        node.ledger().dataSource(),
        connection ->
            Sql.update(
                connection,
                """
                UPDATE view_tokens SET owner = 'thief', claimed_until = CURRENT_TIMESTAMP
                WHERE processor_name = ?
                """,
                view));
  }

  @Test
  void the_views_of_a_node_that_is_killed_are_taken_over() {
    String database = database();
    try (Node stays = Node.open(database)) {
      for (int round = 0; round < ROUNDS; round++) {
        try (ChildJvm child = ChildJvm.start(Child.class, database)) {
          child.awaitLine("open");
          awaitShares(stays, are(2L, 2L));
          stays.happens("before" + round);
          assertThat(stays.hasAll()).isTrue();

          child.kill();
          long killed = System.nanoTime();
          stays.happens("after" + round);
          assertThat(stays.hasAll()).isTrue();
          Duration taken = Duration.ofNanos(System.nanoTime() - killed);

          assertThat(taken).isLessThan(TAKE_OVER);
        }
      }
      for (String view : VIEWS) {
        assertThat(stays.count(view)).as(view).isEqualTo(2 * ROUNDS);
      }
    }
  }

  /** Another node; it says so, and stays until it is killed, or until it is told to go. */
  static final class Child {

    public static void main(String[] arguments) throws Exception {
      try (Node node = Node.open(arguments[0])) {
        for (int i = 1; i < arguments.length; i++) {
          node.happens(arguments[i]);
        }
        System.out.println("open");
        System.in.read();
      }
    }
  }

  @Test
  void nodes_that_start_at_once_on_an_empty_database_all_start() throws Exception {
    int nodes = 4;
    ExecutorService threads = Executors.newFixedThreadPool(nodes);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        String database = database();
        CyclicBarrier together = new CyclicBarrier(nodes);
        Callable<Node> start =
            () -> {
              together.await();
              return Node.open(database);
            };
        List<Future<Node>> starting =
            Stream.generate(() -> threads.submit(start)).limit(nodes).toList();
        List<Node> opened = new ArrayList<>();
        try {
          for (Future<Node> each : starting) {
            opened.add(each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
          }
          for (int i = 0; i < nodes; i++) {
            opened.get(i).happens("k" + i);
          }
          for (Node each : opened) {
            assertThat(each.hasAll()).isTrue();
            assertThat(each.count("a")).isEqualTo(nodes);
          }
        } finally {
          opened.forEach(Node::close);
        }
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "nodes.rounds", matches = "\\d+")
  void processes_that_start_at_once_on_an_empty_database_all_start() {
    for (int round = 0; round < ROUNDS; round++) {
      String database = database();
      List<ChildJvm> children = new ArrayList<>();
      try {
        for (int i = 0; i < 4; i++) {
          children.add(ChildJvm.start(Child.class, database, "k" + i));
        }
        children.forEach(child -> child.awaitLine("open"));
        try (Node node = Node.open(database)) {
          assertThat(node.hasAll()).isTrue();
          assertThat(node.count("a")).isEqualTo(4);
        }
      } finally {
        children.forEach(ChildJvm::close);
      }
    }
  }

  @Test
  void however_many_wait_for_another_nodes_view_few_ask_the_database() {
    String database = database();
    AtomicInteger asked = new AtomicInteger();
    HikariDataSource pool = TestDatabase.open(database);
    try (Node runs = Node.open(database);
        Node waits = Node.open(counting(pool, asked), pool)) {
      awaitShares(runs, are(2L, 2L));
      runs.happens("k");
      assertThat(waits.hasAll()).isTrue();

      int before = asked.get();
      int waiting = 40;
      Duration time = Duration.ofMillis(400);
      ExecutorService threads = Executors.newFixedThreadPool(waiting);
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < waiting; i++) {
        String view = VIEWS.get(i % VIEWS.size());
        results.add(threads.submit(() -> waits.views().await(view, 99, time)));
      }
      threads.shutdown();
      assertThat(results).allSatisfy(result -> assertThat(result.get()).isFalse());

      // If each asked by itself every 10 ms, there would be 20 x 40 of those that cannot know.
      assertThat(asked.get() - before).isLessThan(300);
    }
  }

  /** Counts the connections that it lends. */
  private static DataSource counting(DataSource real, AtomicInteger lent) {
    return (DataSource)
        Proxy.newProxyInstance(
            ViewNodesTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getConnection")) {
                lent.incrementAndGet();
              }
              return method.invoke(real, arguments);
            });
  }
}

package org.sessionledger.app.openclaw.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.openclaw.real.Operator.answered;
import static org.sessionledger.app.openclaw.real.Operator.lifecycle;
import static org.sessionledger.app.openclaw.real.Operator.params;
import static org.sessionledger.app.openclaw.real.Operator.projected;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.sessionledger.app.api.EmbeddedLedgerApi;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.disk.ApiKnown;
import org.sessionledger.app.openclaw.disk.Import;
import org.sessionledger.app.openclaw.disk.ImportListener;
import org.sessionledger.app.openclaw.disk.StoreImport;
import org.sessionledger.app.openclaw.follow.FollowSummary;
import org.sessionledger.core.ledger.Durability;

/**
 * The real gateway is driven through what goes wrong, and followed meanwhile; what it leaves on
 * disk is imported at the end. One gateway, one follower, one session each; the tests go in order.
 */
@Tag("openclaw")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(600)
abstract class Scenarios {

  static final String GOOD = "agent:main:good";
  static final String FAIL = "agent:main:fail";
  static final String ABORT = "agent:main:abort";
  static final String GRACE = "agent:main:grace";
  static final String PREPARE = "agent:main:prepare";
  static final String RUNNING = "agent:main:running";
  static final String COMPACT = "agent:main:compact";
  static final String TYPED = "agent:main:typed";
  static final String KILLED = "agent:main:killed";

  static final String OPENED = "1 SessionOpened";
  static final String RESET = "2 SessionReset";

  /** Enough of it can be compacted. */
  private static final String TALK = "lorem ipsum dolor sit amet ".repeat(60);

  /**
   * What the ledger must have of a session.
   *
   * @param session generation and status
   */
  record Facts(String session, List<String> generations, List<String> runs, Set<String> refused) {}

  private final String version;
  private final Map<String, Facts> expected = new LinkedHashMap<>();

  Path home;
  ModelProvider model;
  RealGateway gateway;
  Operator operator;
  Watch watch;

  Scenarios(String version) {
    this.version = version;
  }

  @BeforeAll
  void start() throws Exception {
    Path installed = RealGateway.install(version);
    home = RealGateway.TARGET.resolve(version + "-home");
    delete(home);
    model = new ModelProvider();
    gateway = new RealGateway(installed, home, model.port());
    gateway.start();
    operator = Operator.connect(gateway.uri());
    watch = new Watch(gateway.uri(), home);
    watch.until("it follows", () -> watch.connections() == 1);
  }

  @AfterAll
  void end() throws Exception {
    if (watch != null) {
      Files.write(home.resolve("told.txt"), watch.told());
      watch.close();
    }
    if (operator != null) {
      operator.close();
    }
    if (gateway != null) {
      gateway.kill();
    }
    model.close();
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(path, copy);
      }
    }
  }

  /** Waits until the ledger has it so; at the end it must still. */
  void expect(String key, String session, List<String> generations, List<String> runs) {
    expect(key, session, generations, runs, Set.of());
  }

  void expect(
      String key,
      String session,
      List<String> generations,
      List<String> runs,
      Set<String> refused) {
    Facts facts = new Facts(session, generations, runs, refused);
    expected.put(key, facts);
    watch.until(key + " is " + facts, () -> facts.equals(facts(key)));
  }

  /** What is refused of a session, as far as it does not come or stay away by chance. */
  Set<String> refused(String key) {
    return watch.refused(key);
  }

  private Facts facts(String key) {
    String session = watch.session(key);
    return session.isEmpty()
        ? new Facts("", List.of(), List.of(), Set.of())
        : new Facts(session, watch.generations(key), watch.runs(key), refused(key));
  }

  /** Sends a prompt, and waits until something was heard of it. */
  void chat(String key, String run, String prompt, Predicate<JsonNode> until) throws Exception {
    int now = operator.now();
    operator.ask("chat.send", params("sessionKey", key, "message", prompt, "idempotencyKey", run));
    operator.await("what becomes of " + run, now, until);
  }

  /**
   * Waits its turn in the session: a prompt in a chat can be lost in a run that is just ending.
   * Returns when the session is idle again.
   */
  void good(String key, String run) throws Exception {
    queued(key, run, TALK + "[[ok]]", projected(run, "end"));
    watch.until(key + " is idle", () -> !isActive(key));
    awaitDone(run);
  }

  void queued(String key, String run, String prompt, Predicate<JsonNode> until) throws Exception {
    int now = operator.now();
    operator.ask("agent", params("sessionKey", key, "message", prompt, "idempotencyKey", run));
    operator.await("what becomes of " + run, now, until);
  }

  private boolean isActive(String key) {
    try {
      for (JsonNode row : operator.ask("sessions.list", params()).path("sessions")) {
        if (row.path("key").asText().equals(key)) {
          return row.path("hasActiveRun").asBoolean();
        }
      }
      return true;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Leaves the run waiting for its model, until that is released by the run's name. */
  void hanging(String key, String run) throws Exception {
    chat(key, run, TALK + "[[hold " + run + "]]", lifecycle(run, "start"));
    model.awaitHeld(run);
  }

  JsonNode reset(String key) throws Exception {
    return operator.ask("sessions.reset", params("key", key));
  }

  @Test
  @Order(1)
  void a_good_run() throws Exception {
    good(GOOD, "good-1");
    expect(GOOD, "1 done", List.of(OPENED), List.of("good-1#1 1 done"));
  }

  @Test
  @Order(2)
  void a_failing_run() throws Exception {
    chat(FAIL, "fail-1", TALK + "[[fail]]", lifecycle("fail-1", "error"));
    expect(FAIL, "1 failed", List.of(OPENED), List.of("fail-1#1 1 failed"));
  }

  /** A run that a user aborted tells its end twice: the second one is another's word. */
  void aborted(String refused) throws Exception {
    hanging(ABORT, "abort-1");
    operator.ask("chat.abort", params("sessionKey", ABORT, "runId", "abort-1"));
    model.release("abort-1");
    expect(ABORT, "1 aborted", List.of(OPENED), List.of("abort-1#1 1 aborted"), Set.of(refused));
  }

  /** The gateway waits 15 s before it believes an error. */
  void resetRightAfterAnError() throws Exception {
    good(GRACE, "grace-1");
    queued(GRACE, "grace-2", TALK + "[[fail]]", lifecycle("grace-2", "error"));
    reset(GRACE);
    expect(
        GRACE, "2 idle", List.of(OPENED, RESET), List.of("grace-1#1 1 done", "grace-2#1 1 failed"));
  }

  /** Between the prompt and the run's start. */
  void resetWhilePreparing() throws Exception {
    good(PREPARE, "prepare-1");
    operator.ask(
        "chat.send",
        params("sessionKey", PREPARE, "message", "[[ok]]", "idempotencyKey", "prepare-2"));
    reset(PREPARE);
    watch.until("it was reset", () -> watch.session(PREPARE).equals("2 idle"));
  }

  /** Waits until the gateway is through with a run, where the session's row does not tell. */
  void awaitDone(String run) {}

  void resetWhileRunning(String ended) throws Exception {
    hanging(RUNNING, "running-1");
    reset(RUNNING);
    model.release("running-1");
    expect(RUNNING, "2 idle", List.of(OPENED, RESET), List.of("running-1#1 1 " + ended));
  }

  @Test
  @Order(7)
  void a_compaction() throws Exception {
    for (int i = 1; i <= 4; i++) {
      good(COMPACT, "compact-" + i);
    }
    watch.until("it was compacted", this::isCompacted);
    good(COMPACT, "compact-5");
    expect(
        COMPACT,
        "2 done",
        List.of(OPENED, "2 SessionCompacted"),
        List.of(
            "compact-1#1 1 done",
            "compact-2#1 1 done",
            "compact-3#1 1 done",
            "compact-4#1 1 done",
            "compact-5#1 2 done"));
  }

  /** A run is over a while after its row says so. */
  private boolean isCompacted() {
    try {
      return operator.ask("sessions.compact", params("key", COMPACT)).path("compacted").asBoolean();
    } catch (Operator.Refused e) {
      return false;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Order(8)
  void a_new_that_is_typed() throws Exception {
    chat(TYPED, "typed-1", TALK + "[[ok]]", projected("typed-1", "end"));
    chat(TYPED, "typed-2", "/new", answered("typed-2"));
    watch.until("it is seen", () -> watch.session(TYPED).equals("2 idle"));
    good(TYPED, "typed-3");
    expect(
        TYPED, "2 done", List.of(OPENED, RESET), List.of("typed-1#1 1 done", "typed-3#1 2 done"));
  }

  /** As by {@code kill -9}, in the middle of a run. */
  void killedAndStarted() throws Exception {
    hanging(KILLED, "killed-1");
    watch.until("it runs", () -> watch.session(KILLED).equals("1 running"));
    operator.close();
    gateway.kill();
    gateway.start();
    operator = Operator.connect(gateway.uri());
    watch.until("it follows again", () -> watch.connections() == 2);
    watch.until("it was interrupted", () -> watch.session(KILLED).equals("1 interrupted"));
    assertThat(watch.gaps()).isEqualTo(1);
  }

  /** Ends the following; everything that was expected must still be so. */
  List<Replay.Difference> differencesAtTheEnd() throws Exception {
    FollowSummary summary = watch.stop();
    expected.forEach((key, facts) -> assertThat(facts(key)).as(key).isEqualTo(facts));
    assertThat(summary.unreadable()).isZero();
    assertThat(summary.unknown()).isEmpty();
    return summary.differences();
  }

  /** What the gateway left, imported twice. */
  static List<Import> importTwice(Path store, LedgerApi ledger) throws IOException {
    ApiDecider decider = new ApiDecider(ledger);
    ApiKnown known = new ApiKnown(ledger);
    return List.of(
        StoreImport.run(store, null, decider, known, ImportListener.NONE),
        StoreImport.run(store, null, decider, known, ImportListener.NONE));
  }

  @Test
  @Order(11)
  void what_is_on_disk_adds_nothing_to_what_was_followed_and_tells_the_same_alone()
      throws Exception {
    gateway.stop();
    Path store = home.resolve("store");
    copy(gateway.state(), store);
    for (Import done : importTwice(store, watch.api())) {
      assertThat(done.arrivals()).isZero();
      assertThat(done.unreadable()).isEmpty();
      assertThat(done.sessionsRead()).isEqualTo(expected.size());
      assertThat(done.sessionsKnown()).isEqualTo(expected.size());
    }
    try (LedgerApi alone =
        EmbeddedLedgerApi.open(
            new LedgerStorage.Folder(home.resolve("alone"), Durability.PROCESS_CRASH))) {
      List<Import> twice = importTwice(store, alone);
      assertThat(twice.get(0).rejectedByReason()).isEmpty();
      assertThat(twice.get(1).arrivals()).isZero();
      runsOnDisk(runsFollowed())
          .forEach((key, runs) -> assertThat(Watch.runs(alone, key)).as(key).isEqualTo(runs));
    }
  }

  private Map<String, List<String>> runsFollowed() {
    Map<String, List<String>> runs = new LinkedHashMap<>();
    expected.forEach((key, facts) -> runs.put(key, facts.runs()));
    return runs;
  }

  /** What the store tells of the runs; without a session of which it tells this or that. */
  abstract Map<String, List<String>> runsOnDisk(Map<String, List<String>> followed);
}

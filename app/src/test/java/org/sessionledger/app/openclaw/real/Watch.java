package org.sessionledger.app.openclaw.real;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.EmbeddedLedgerApi;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.Place;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.Secret;
import org.sessionledger.app.openclaw.Translated;
import org.sessionledger.app.openclaw.follow.FollowListener;
import org.sessionledger.app.openclaw.follow.FollowOptions;
import org.sessionledger.app.openclaw.follow.FollowSummary;
import org.sessionledger.app.openclaw.follow.Follower;
import org.sessionledger.app.openclaw.follow.Gap;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Durability;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Verdict;

/** {@code openclaw follow} with a ledger in a folder, as in production, and what it tells. */
final class Watch implements FollowListener {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  private final LedgerApi api;
  private final Follower follower;
  private final CompletableFuture<FollowSummary> done = new CompletableFuture<>();
  private final Map<String, Replay.Difference> differences = new LinkedHashMap<>();
  private int gaps;
  private final Map<String, Set<String>> refused = new LinkedHashMap<>();
  private final List<String> told = new ArrayList<>();
  private int connections;

  Watch(URI gateway, Path folder) {
    api =
        EmbeddedLedgerApi.open(
            new LedgerStorage.Folder(folder.resolve("ledger"), Durability.PROCESS_CRASH));
    follower =
        new Follower(
            new FollowOptions(
                gateway,
                new Secret(RealGateway.TOKEN),
                "1.0",
                false,
                null,
                new FollowOptions.RawOptions(folder.resolve("raw"), false, 64 << 20, 8),
                FollowOptions.mark(folder.resolve("marks"), gateway),
                FollowOptions.Patience.USUAL,
                FollowOptions.Limits.USUAL,
                Clock.systemUTC(),
                new SecureRandom()),
            new ApiDecider(api),
            this);
    Thread thread =
        new Thread(
            () -> {
              try {
                done.complete(follower.run());
              } catch (Exception | Error e) {
                done.completeExceptionally(e);
              }
            },
            "follow");
    thread.setDaemon(true);
    thread.start();
  }

  LedgerApi api() {
    return api;
  }

  FollowSummary stop() throws Exception {
    follower.stop();
    return done.get(30, TimeUnit.SECONDS);
  }

  void until(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      if (done.isCompletedExceptionally()) {
        done.join();
      }
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not so: " + what + "; told was\n" + String.join("\n", told()));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  synchronized int connections() {
    return connections;
  }

  synchronized List<String> told() {
    return List.copyOf(told);
  }

  synchronized int gaps() {
    return gaps;
  }

  synchronized Replay.Difference difference(String key) {
    return differences.get(key);
  }

  /** The session as the ledger has it, as {@code generation status}; empty when it has none. */
  String session(String key) {
    try {
      JsonNode session = api.session(key, LedgerApi.Moment.NOW);
      return session.path("generation").asText() + " " + session.path("status").asText();
    } catch (ApiProblem e) {
      return "";
    }
  }

  /** The generations, as {@code number begunBy}. */
  List<String> generations(String key) {
    List<String> all = new ArrayList<>();
    for (JsonNode g : api.generations(key, null, page()).path("items")) {
      all.add(g.path("generation").asText() + " " + g.path("startedBy").path("type").asText());
    }
    return all;
  }

  /**
   * The runs, as {@code run#attempt generation status}; one that the gateway began is {@code
   * recovery}.
   */
  List<String> runs(String key) {
    return runs(api, key);
  }

  static List<String> runs(LedgerApi api, String key) {
    List<String> all = new ArrayList<>();
    for (JsonNode r : api.runs(key, null, page()).path("items")) {
      String run = r.path("runId").asText();
      all.add(
          (run.matches(UUID) ? "recovery" : run)
              + "#"
              + r.path("attempt").asText()
              + " "
              + r.path("generation").asText()
              + " "
              + r.path("status").asText());
    }
    return all;
  }

  /** What was refused of the session, each once; {@code projected} when the row was the claim. */
  synchronized Set<String> refused(String key) {
    return Set.copyOf(refused.getOrDefault(key, Set.of()));
  }

  private static LedgerApi.Page page() {
    return new LedgerApi.Page(1_000, null);
  }

  @Override
  public synchronized void decided(Translated command, Ruling ruling) {
    String verdict =
        ruling.verdict() == Verdict.REJECTED ? ruling.reason() : ruling.verdict().code();
    SessionCommand order = command.arrival().command();
    told.add(command.place().line() + " " + order + " : " + verdict);
    SessionKey key = order.sessionKey();
    if (ruling.verdict() == Verdict.REJECTED && key != null) {
      refused
          .computeIfAbsent(key.value(), k -> new TreeSet<>())
          .add((command.projected() ? "projected " : "") + order.type() + " " + verdict);
    }
  }

  @Override
  public synchronized void unreadable(Place place, String problem) {
    told.add("unreadable " + place + " " + problem);
  }

  @Override
  public synchronized void connected(String version, long rows) {
    connections++;
    told.add("connected " + version + " " + rows);
  }

  @Override
  public synchronized void disconnected(String why, long retryMillis) {
    told.add("disconnected " + why);
  }

  @Override
  public synchronized void gap(Gap gap) {
    gaps++;
    told.add("gap " + gap);
  }

  @Override
  public synchronized void differs(Replay.Difference difference) {
    differences.put(difference.sessionKey(), difference);
    told.add("differs " + difference);
  }

  @Override
  public synchronized void agrees(SessionKey key) {
    differences.remove(key.value());
    told.add("agrees " + key.value());
  }

  @Override
  public synchronized void trouble(String what) {
    told.add("trouble " + what);
  }

  void close() throws Exception {
    try {
      stop();
    } finally {
      api.close();
    }
  }
}

package org.sessionledger.core.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Standing;

/**
 * What one sender sends: mostly lifecycle reports of runs that go on, among them late, repeated,
 * contradicting, skewed and misplaced ones, and now and then an operator's order. It knows of the
 * sessions what its decisions told it; others may have changed them since.
 */
public final class Traffic {

  private static final Instant START = Instant.parse("2026-05-31T09:00:00Z");
  private static final int OPEN_MAX = 6;
  private static final int REMEMBERED_MAX = 64;

  private static final class Known {
    Standing standing;
    final List<String> open = new ArrayList<>();
    final Deque<String> gone = new ArrayDeque<>();
    int rotations;
  }

  private final Random random;
  private final String name;
  private final List<String> keys;
  private final Map<String, Known> sessions = new HashMap<>();
  private final List<ObjectNode> sent = new ArrayList<>();
  private final Deque<ObjectNode> heldBack = new ArrayDeque<>();
  private int made;

  /**
   * @param name stands in every id that this sender makes, so that no other makes the same
   * @param keys the sessions that it sends to
   */
  public Traffic(long seed, String name, List<String> keys) {
    this.random = new Random(seed);
    this.name = name;
    this.keys = keys;
  }

  /** The next command, with an id. */
  public ObjectNode next() {
    if (!heldBack.isEmpty() && chance(10)) {
      return heldBack.poll();
    }
    if (!sent.isEmpty() && chance(4)) {
      return sent.get(random.nextInt(sent.size())).deepCopy();
    }
    ObjectNode command = make();
    if (heldBack.size() < 20 && chance(3)) {
      heldBack.add(command);
      command = make();
    }
    if (sent.size() < REMEMBERED_MAX) {
      sent.add(command.deepCopy());
    } else {
      sent.set(random.nextInt(REMEMBERED_MAX), command.deepCopy());
    }
    return command;
  }

  /** Tells how a command was decided. */
  public void learned(Decision decision) {
    if (decision.sessionKey() != null && decision.session() != null) {
      learned(decision.sessionKey().value(), decision.session());
    }
  }

  /** Tells what a session is by now. */
  public void learned(String key, Standing standing) {
    Known known = known(key);
    if (known.standing != null && known.standing.version() > standing.version()) {
      return;
    }
    boolean rotated =
        known.standing != null
            && known.standing.generation().number() != standing.generation().number();
    known.standing = standing;
    if (rotated) {
      known.open.forEach(run -> gone(known, run));
      known.open.clear();
    }
  }

  private ObjectNode make() {
    String key = keys.get(random.nextInt(keys.size()));
    Known known = known(key);
    ObjectNode command = about(key, known);
    command.put("commandId", name + "-" + ++made);
    command.put("occurredAt", START.plus(Duration.ofMinutes(random.nextInt(9_000))).toString());
    command
        .putObject("source")
        .put("component", "gateway")
        .put("instance", name + "-gw-" + random.nextInt(2));
    return command;
  }

  private ObjectNode about(String key, Known known) {
    if (known.standing == null) {
      return of("OpenSession", key).put("sessionId", name + "-s-" + key.hashCode());
    }
    int dice = random.nextInt(1_000);
    if (dice < 12) {
      String type = known.standing.status().code().equals("closed") ? "ReopenSession" : null;
      return of(type == null ? "ResetSession" : type, key)
          .put("newSessionId", name + "-s" + made + "-" + ++known.rotations);
    }
    if (dice < 22) {
      return chance(80)
          ? expected(of("CompactSession", key), known).put("trigger", "auto")
          : of("ResetSession", key)
              .put("newSessionId", known.standing.generation().sessionId().value());
    }
    if (dice < 25) {
      return of(chance(50) ? "CloseSession" : "ReopenSession", key);
    }
    if (dice < 30) {
      return of("InterruptRuns", key).put("instance", name + "-gw-" + random.nextInt(2));
    }
    if (dice < 33) {
      return of("ReportProgress", key).put("runID", "misspelt");
    }
    if (dice < 90 && !known.gone.isEmpty()) {
      // Late: of a run that has ended, or whose generation has.
      String run = new ArrayList<>(known.gone).get(random.nextInt(known.gone.size()));
      return of(chance(50) ? "ReportProgress" : "CompleteRun", key).put("runId", run);
    }
    if (dice < 100) {
      return of("FailRun", key).put("runId", name + "-nobody").put("errorMessage", "lost");
    }
    if (known.open.isEmpty() || (known.open.size() < OPEN_MAX && dice < 380)) {
      String run = name + "-r-" + made;
      known.open.add(run);
      return expected(of("StartRun", key), known).put("runId", run);
    }
    String run = known.open.get(random.nextInt(known.open.size()));
    if (dice < 720) {
      return of("ReportProgress", key).put("runId", run).put("tokens", made).put("note", "step");
    }
    known.open.remove(run);
    gone(known, run);
    if (dice < 900) {
      return of("CompleteRun", key).put("runId", run);
    }
    return dice < 960
        ? of("FailRun", key).put("runId", run).put("errorKind", "timeout").put("errorMessage", "!")
        : of("AbortRun", key).put("runId", run).put("actor", "ada");
  }

  private ObjectNode expected(ObjectNode command, Known known) {
    return chance(50)
        ? command.put("generation", known.standing.generation().number())
        : command.put("sessionId", known.standing.generation().sessionId().value());
  }

  private Known known(String key) {
    return sessions.computeIfAbsent(key, unheard -> new Known());
  }

  private static void gone(Known known, String run) {
    known.gone.add(run);
    if (known.gone.size() > 8) {
      known.gone.poll();
    }
  }

  private static ObjectNode of(String type, String key) {
    return JsonNodeFactory.instance.objectNode().put("type", type).put("sessionKey", key);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}

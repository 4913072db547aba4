package org.sessionledger.core.reference;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes hard sequences of commands for a differential test: mostly plausible ones, with ids drawn
 * from what has happened so far, so that they collide.
 *
 * <p>Deterministic from the seed, given models that went the same way. What is made {@code invalid}
 * here is so by the letter of the specification, with one bad field only; shapes that the text
 * leaves open are not made.
 */
public final class CommandGenerator {

  private static final List<String> INSTANCES = List.of("gw-1", "gw-2", "gw-3");
  private static final List<String> TEXTS =
      List.of("", "late", "a \"quoted\" reason", "zwei\nZeilen", "\uD83D\uDE80 go");
  private static final Instant START = Instant.parse("2026-05-31T09:00:00Z");

  /** Odd but valid keys: they are never trimmed, folded or normalised. */
  private static final List<String> ODD_KEYS =
      List.of(
          "agent:main:slack:channel:C1",
          "a",
          "A",
          "a ",
          "..",
          "k/2#%41?x=1&y",
          "+15551234567",
          "\uD83D\uDC69\u200D\uD83D\uDE80 crew",
          "caf\u00e9",
          "cafe\u0301");

  private final Random random;
  private final List<String> baseKeys = new ArrayList<>();

  /** Where forks and migrations may go; when all are taken, they find the key open already. */
  private final List<String> extraKeys = new ArrayList<>();

  /** Commands with an id that were made lately, to be repeated. */
  private final List<ObjectNode> past = new ArrayList<>();

  private long made;
  private int compactionIds = 1;

  /**
   * A generator over so many session keys, and six times as many for forks and migrations.
   *
   * @param seed the same seed gives the same commands
   * @param sessions at least 1
   */
  public CommandGenerator(long seed, int sessions) {
    random = new Random(seed);
    for (int i = 0; i < sessions; i++) {
      baseKeys.add(i < ODD_KEYS.size() ? ODD_KEYS.get(i) : "session-" + i);
    }
    for (int i = 0; i < 6 * sessions; i++) {
      extraKeys.add("extra/" + i);
    }
  }

  /** The next command, drawn from what the ledger holds so far. */
  public ObjectNode next(ReferenceModel soFar) {
    made++;
    if (!past.isEmpty() && chance(7)) {
      return repeat();
    }
    ObjectNode command = chance(1) ? interruptEverywhere() : forOneKey(soFar);
    decorate(command);
    if (chance(3)) {
      spoil(command);
    }
    return command;
  }

  // Which command for which key

  private ObjectNode forOneKey(ReferenceModel soFar) {
    String key = pickKey(soFar);
    ReferenceSession session = soFar.session(key);
    if (session == null) {
      // Now and then something for a key that nobody opened.
      return chance(85) ? openSession(key, null) : forSession(soFar, key, null);
    }
    if (session.status().equals("closed") && chance(50)) {
      return reopenSession(soFar, key);
    }
    return forSession(soFar, key, session);
  }

  private String pickKey(ReferenceModel soFar) {
    List<String> live = new ArrayList<>();
    for (String key : soFar.sessionKeys()) {
      if (!soFar.session(key).status().equals("migrated")) {
        live.add(key);
      }
    }
    if (!live.isEmpty() && chance(90)) {
      return pick(live);
    }
    return chance(80) ? pick(baseKeys) : pick(extraKeys);
  }

  private ObjectNode forSession(ReferenceModel soFar, String key, ReferenceSession session) {
    // Long calm stretches let runs live; in between the rotations come thick and fast.
    boolean calm = made / 40 % 4 != 0;
    int dice = random.nextInt(calm ? 770 : 1_000);
    boolean quiet = session != null && session.activeRuns() == 0;
    if (dice < 250 || quiet && dice < 590 && chance(40)) {
      return startRun(soFar, key);
    }
    if (dice < 370) {
      return reportProgress(soFar, key);
    }
    if (dice < 590) {
      return endRun(soFar, key);
    }
    if (dice < 630) {
      return interruptOneRun(soFar, key);
    }
    if (dice < 633) {
      return reportGap(key);
    }
    if (dice < 640) {
      return of("InterruptRuns", key).put("instance", pick(INSTANCES));
    }
    if (dice < 700) {
      return compactionStep(soFar, key, chance(60) ? "BeginCompaction" : "AbandonCompaction");
    }
    if (dice < 730) {
      return compactSession(soFar, key);
    }
    if (dice < 740) {
      return resetSession(soFar, key);
    }
    if (dice < 755) {
      return forkSession(soFar, key);
    }
    if (dice < 770) {
      return openSession(key, session);
    }
    // From here on only when it is not calm.
    if (dice < 830) {
      return resetSession(soFar, key);
    }
    if (dice < 890) {
      return compactSession(soFar, key);
    }
    if (dice < 920) {
      return restoreSession(soFar, key);
    }
    if (dice < 940) {
      return migrateSession(soFar, key);
    }
    return dice < 970
        ? putExpected(of("CloseSession", key), soFar, key)
        : reopenSession(soFar, key);
  }

  // One method a command

  private ObjectNode openSession(String key, ReferenceSession session) {
    ObjectNode command = of("OpenSession", key);
    if (chance(60)) {
      command.put("sessionId", session != null && chance(60) ? session.sessionId() : newId());
    }
    if (chance(40)) {
      command.put("runPolicy", chance(50) ? "single" : "concurrent");
    }
    if (chance(15)) {
      command.putObject("attributes").put("team", "ops").put("n\u00ba", "");
    }
    return command;
  }

  /** Now and then it ends before it began. */
  private ObjectNode reportGap(String key) {
    long from = random.nextInt(1_000_000);
    return of("ReportGap", key)
        .put("from", Instant.ofEpochSecond(from).toString())
        .put("to", Instant.ofEpochSecond(from - 10 + random.nextInt(1_000)).toString());
  }

  private ObjectNode startRun(ReferenceModel soFar, String key) {
    ObjectNode command = of("StartRun", key);
    ReferenceRun run = null;
    if (chance(45)) {
      command.put("runId", newRunId(soFar, key));
    } else {
      run = putRun(command, soFar, key);
    }
    // An unknown run has to name its generation, so most name one.
    if (chance(80)) {
      putGeneration(command, soFar, key);
    }
    putAttempt(command, run, 40);
    if (chance(8)) {
      command.put("resumesRunId", pickRunId(soFar, key));
    }
    if (chance(8)) {
      command.put("inferred", random.nextBoolean());
    }
    return command;
  }

  private ObjectNode reportProgress(ReferenceModel soFar, String key) {
    ObjectNode command = report("ReportProgress", soFar, key);
    if (chance(40)) {
      command.put("note", pick(TEXTS));
    }
    if (chance(40)) {
      command.put("tokens", random.nextInt(5_000));
    }
    return command;
  }

  private ObjectNode endRun(ReferenceModel soFar, String key) {
    int dice = random.nextInt(10);
    if (dice < 5) {
      return report("CompleteRun", soFar, key);
    }
    if (dice < 7) {
      return report("AbortRun", soFar, key);
    }
    ObjectNode command = report("FailRun", soFar, key);
    if (chance(70)) {
      command.put("errorKind", pick(List.of("timeout", "provider", "")));
    }
    if (chance(70)) {
      command.put("errorMessage", chance(3) ? "\uD83D\uDE80".repeat(65_537) : pick(TEXTS));
    }
    return command;
  }

  private ObjectNode report(String type, ReferenceModel soFar, String key) {
    ObjectNode command = of(type, key);
    ReferenceRun run = putRun(command, soFar, key);
    if (chance(55)) {
      putGeneration(command, soFar, key);
    }
    putAttempt(command, run, 45);
    return command;
  }

  private ObjectNode interruptOneRun(ReferenceModel soFar, String key) {
    ObjectNode command = of("InterruptRuns", key);
    ReferenceRun run = putRun(command, soFar, key);
    putAttempt(command, run, 40);
    if (run != null && chance(75)) {
      long seen = run.lastRenewedVersion() + pick(List.of(0, 0, 0, -1, 1, 5));
      command.put("lastRenewedVersion", Math.max(1, seen));
    }
    return command;
  }

  private ObjectNode interruptEverywhere() {
    ObjectNode command = JsonNodeFactory.instance.objectNode().put("type", "InterruptRuns");
    return command.put("instance", chance(15) ? "gw-nowhere" : pick(INSTANCES));
  }

  private ObjectNode resetSession(ReferenceModel soFar, String key) {
    ObjectNode command = putExpected(of("ResetSession", key), soFar, key);
    return putNewSessionId(command, soFar, key);
  }

  private ObjectNode compactionStep(ReferenceModel soFar, String key, String type) {
    ObjectNode command = of(type, key).put("compactionId", pickCompactionId());
    if (chance(60)) {
      putGeneration(command, soFar, key);
    }
    return command;
  }

  private ObjectNode compactSession(ReferenceModel soFar, String key) {
    ObjectNode command = of("CompactSession", key);
    if (chance(70)) {
      command.put("compactionId", pickCompactionId());
    }
    if (chance(60)) {
      putGeneration(command, soFar, key);
    }
    putNewSessionId(command, soFar, key);
    if (chance(50)) {
      command.put("trigger", pick(List.of("manual", "auto", "preflight", "overflow")));
    }
    if (chance(60)) {
      putCarryRuns(command.putArray("carryRuns"), soFar, key);
    }
    if (chance(30)) {
      command.put("tokensBefore", 9_000 + random.nextInt(9)).put("tokensAfter", 0);
    }
    return command;
  }

  /** None, some or all of the open ones, some twice, and sometimes bad ones among them. */
  private void putCarryRuns(ArrayNode carried, ReferenceModel soFar, String key) {
    if (chance(20)) {
      return;
    }
    for (ReferenceRun run : soFar.runs(key)) {
      if (run.status().equals("running") && chance(70)) {
        carried.add(run.runId());
        if (chance(15)) {
          carried.add(run.runId());
        }
      }
    }
    while (chance(18)) {
      carried.insert(random.nextInt(carried.size() + 1), pickRunId(soFar, key));
    }
  }

  private ObjectNode restoreSession(ReferenceModel soFar, String key) {
    ObjectNode command = of("RestoreSession", key).put("fromGeneration", anyGeneration(soFar, key));
    putExpected(command, soFar, key);
    return putNewSessionId(command, soFar, key);
  }

  private ObjectNode forkSession(ReferenceModel soFar, String key) {
    ObjectNode command = of("ForkSession", key).put("newSessionKey", pickTarget(soFar));
    if (chance(50)) {
      command.put("fromGeneration", anyGeneration(soFar, key));
    }
    return putNewSessionId(command, soFar, key);
  }

  private ObjectNode migrateSession(ReferenceModel soFar, String key) {
    ObjectNode command = of("MigrateSession", key).put("newSessionKey", pickTarget(soFar));
    putExpected(command, soFar, key);
    return putNewSessionId(command, soFar, key);
  }

  private ObjectNode reopenSession(ReferenceModel soFar, String key) {
    ObjectNode command = putExpected(of("ReopenSession", key), soFar, key);
    return putNewSessionId(command, soFar, key);
  }

  // Where the values come from

  private static ObjectNode of(String type, String key) {
    return JsonNodeFactory.instance.objectNode().put("type", type).put("sessionKey", key);
  }

  /** Mostly an open run or one of this generation, else a late one, any, or an unknown one. */
  private ReferenceRun putRun(ObjectNode command, ReferenceModel soFar, String key) {
    List<ReferenceRun> runs = soFar.runs(key);
    if (runs.isEmpty() || chance(4)) {
      command.put("runId", newRunId(soFar, key));
      return null;
    }
    long current = soFar.session(key).generation();
    List<ReferenceRun> owned = runs.stream().filter(run -> run.generation() == current).toList();
    List<ReferenceRun> open = owned.stream().filter(run -> run.status().equals("running")).toList();
    List<ReferenceRun> latest = runs.subList(Math.max(0, runs.size() - 6), runs.size());
    ReferenceRun run;
    if (!open.isEmpty() && chance(35)) {
      run = pick(open);
    } else if (!owned.isEmpty() && chance(60)) {
      run = pick(owned);
    } else {
      run = pick(chance(70) ? latest : runs);
    }
    command.put("runId", run.runId());
    return lastAttempt(runs, run.runId());
  }

  private static ReferenceRun lastAttempt(List<ReferenceRun> runs, String runId) {
    ReferenceRun last = null;
    for (ReferenceRun run : runs) {
      if (run.runId().equals(runId)) {
        last = run;
      }
    }
    return last;
  }

  private String pickRunId(ReferenceModel soFar, String key) {
    List<ReferenceRun> runs = soFar.runs(key);
    return runs.isEmpty() || chance(15) ? newRunId(soFar, key) : pick(runs).runId();
  }

  /** The next ones in a row, so that the same run ids turn up under several keys. */
  private String newRunId(ReferenceModel soFar, String key) {
    long known = soFar.runs(key).stream().map(ReferenceRun::runId).distinct().count();
    return "r-" + (known + 1 + random.nextInt(2));
  }

  /** Absent so often in a hundred; else mostly the last attempt, and its neighbours. */
  private void putAttempt(ObjectNode command, ReferenceRun run, int absent) {
    if (chance(absent)) {
      return;
    }
    long last = run == null ? 1 : run.attempt();
    command.put("attempt", Math.max(1, last + pick(List.of(0, 0, 0, 0, 1, 1, 1, 2, -1, -1))));
  }

  /** By session id, by number or by both: mostly the current one, else an old or a wrong one. */
  private void putGeneration(ObjectNode command, ReferenceModel soFar, String key) {
    List<String> ids = soFar.sessionIds(key);
    int current = ids.size();
    int number = current == 0 || chance(85) ? current : 1 + random.nextInt(current);
    String sessionId = number == 0 ? newId() : ids.get(number - 1);
    int dice = random.nextInt(100);
    if (dice < 40) {
      command.put("sessionId", sessionId);
    } else if (dice < 65) {
      command.put("generation", Math.max(1, number));
    } else if (dice < 90) {
      command.put("sessionId", sessionId).put("generation", Math.max(1, number));
    } else if (dice < 96) {
      // A pair that may well disagree.
      command.put("sessionId", sessionId).put("generation", 1 + random.nextInt(current + 2));
    } else {
      command.put("sessionId", "s-nobody");
    }
  }

  /** The precondition: absent, right, outdated, or one right and one wrong. */
  private ObjectNode putExpected(ObjectNode command, ReferenceModel soFar, String key) {
    List<String> ids = soFar.sessionIds(key);
    int current = ids.size();
    if (current > 0 && chance(35)) {
      command.put("expectedSessionId", chance(80) ? ids.get(current - 1) : pick(ids));
    }
    if (current > 0 && chance(35)) {
      command.put("expectedGeneration", chance(80) ? current : 1 + random.nextInt(current + 1));
    }
    return command;
  }

  /** Absent, fresh, the current one (in place), or one of the past. */
  private ObjectNode putNewSessionId(ObjectNode command, ReferenceModel soFar, String key) {
    List<String> ids = soFar.sessionIds(key);
    int dice = random.nextInt(100);
    if (ids.isEmpty() || dice >= 35 && dice < 65) {
      return command.put("newSessionId", newId());
    }
    if (dice < 35) {
      return command;
    }
    return command.put("newSessionId", dice < 88 ? ids.get(ids.size() - 1) : pick(ids));
  }

  private String newId() {
    return "s-" + (1 + random.nextInt(20 + (int) Math.min(100_000, made)));
  }

  private int anyGeneration(ReferenceModel soFar, String key) {
    return 1 + random.nextInt(soFar.sessionIds(key).size() + 1);
  }

  /** A slowly moving window, as each id is soon used up. */
  private String pickCompactionId() {
    if (chance(8)) {
      compactionIds++;
    }
    return "cmp-" + Math.max(1, compactionIds - (chance(60) ? 0 : random.nextInt(3)));
  }

  private String pickTarget(ReferenceModel soFar) {
    if (chance(20)) {
      return pick(soFar.sessionKeys().isEmpty() ? baseKeys : soFar.sessionKeys());
    }
    for (String key : extraKeys) {
      if (soFar.session(key) == null) {
        return key;
      }
    }
    return pick(extraKeys);
  }

  // What every command may have

  private void decorate(ObjectNode command) {
    if (chance(90)) {
      command.put("commandId", "c-" + made);
    }
    putTexts(command);
    if (chance(80)) {
      ObjectNode source = command.putObject("source").put("component", "gateway");
      if (chance(90)) {
        source.put("instance", pick(INSTANCES));
      }
      if (chance(20)) {
        source.put("host", "h-1");
      }
    }
    if (chance(3)) {
      command.put("dryRun", true);
    }
    if (chance(2)) {
      command.putNull(pick(List.of("reason", "actor", "source"))); // null is absent
    }
    if (command.has("commandId")) {
      past.add(command.deepCopy());
      if (past.size() > 200) {
        past.remove(random.nextInt(past.size()));
      }
    }
  }

  /** What is not content: other values of these do not make another command. */
  private void putTexts(ObjectNode command) {
    if (chance(85)) {
      // The clock of the sender decides nothing, be it days off.
      Duration skew = Duration.ofMinutes(chance(50) ? 0 : random.nextInt(28_800) - 14_400);
      command.put("occurredAt", START.plusSeconds(made).plus(skew).toString());
    }
    if (chance(20)) {
      command.put("reason", pick(TEXTS));
    }
    if (chance(20)) {
      command.put("actor", pick(List.of("ada", "bob")));
    }
    if (chance(15)) {
      command.put(
          "traceparent",
          String.format("00-%032x-%016x-01", made + 1, 1 + random.nextInt(1_000_000)));
    }
    boolean failure = command.path("type").asText().equals("FailRun");
    if (failure && chance(30)) {
      command.put("errorMessage", pick(TEXTS));
    }
  }

  /** The id of a command of the past: with the same content, with other texts, or with other. */
  private ObjectNode repeat() {
    ObjectNode again = pick(past).deepCopy();
    again.remove("dryRun");
    int dice = random.nextInt(10);
    if (dice >= 4) {
      putTexts(again);
    }
    if (dice >= 7) {
      changeContent(again);
    }
    if (chance(5)) {
      again.put("dryRun", true);
    }
    return again;
  }

  private void changeContent(ObjectNode command) {
    List<String> mine = new ArrayList<>();
    for (String field :
        List.of(
            "sessionKey",
            "sessionId",
            "runId",
            "attempt",
            "generation",
            "newSessionId",
            "newSessionKey",
            "expectedSessionId",
            "expectedGeneration",
            "fromGeneration",
            "compactionId",
            "resumesRunId",
            "instance")) {
      if (command.hasNonNull(field)) {
        mine.add(field);
      }
    }
    String field = pick(mine);
    if (command.get(field).isNumber()) {
      command.put(field, Math.max(1, command.get(field).asLong()) + 1);
    } else {
      command.put(field, command.get(field).asText() + "x");
    }
  }

  /** Makes it invalid, in one field and beyond doubt. */
  private void spoil(ObjectNode command) {
    switch (random.nextInt(11)) {
      case 0 -> command.put("expectedSesionId", "s-1");
      case 1 -> command.put("type", pick(List.of("DropSession", "resetSession", "")));
      case 2 -> command.put("commandId", "");
      case 3 -> command.put("commandId", "c".repeat(257));
      case 4 -> command.put("sessionKey", pick(List.of("", "a\u0007b", "x\uD800", "k\u0085")));
      case 5 -> command.put("sessionKey", "\uD83D\uDE80".repeat(513));
      case 6 -> command.put("reason", "r".repeat(4_097));
      case 7 -> command.put("actor", "");
      case 8 -> command.put("occurredAt", "yesterday");
      case 9 -> command.put("dryRun", "yes");
      default -> command.put("sessionKey", 7);
    }
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}

package org.sessionledger.core.conformance;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.conformance.Report.Kind;
import org.sessionledger.core.conformance.RuntimeAdapter.Trait;
import org.sessionledger.core.conformance.fakes.MemoryRuntime;

/**
 * Some sessions of the runtime, the writers that send to it, and an honest model beside it that
 * gets the same orders and reports. The runtime makes the session ids; the model takes them over.
 */
final class World {

  private record Told(int writer, int session) {}

  private record Run(int session, int number) {}

  private final RuntimeAdapter runtime;
  private final Set<Trait> traits;
  private final VirtualClock clock;
  private final String prefix;
  private final MemoryRuntime model;

  /** The session id that the model takes over next. */
  private String next = "";

  private final Map<Integer, String> opened = new HashMap<>();
  private final Map<Told, String> told = new HashMap<>();
  private final Map<Run, String> startedAs = new HashMap<>();
  private final Map<String, Integer> writerOf = new HashMap<>();
  private final Map<Integer, Report> messages = new HashMap<>();
  private final Map<Integer, Told> senders = new HashMap<>();
  private final Set<Integer> taken = new HashSet<>();
  private final Set<Integer> repeats = new HashSet<>();
  private final Map<String, Set<String>> lives = new HashMap<>();
  private final Map<String, Snapshot> lastSeen = new HashMap<>();
  private long commands;

  /**
   * @param prefix of the session keys, which no other world of this runtime has
   */
  World(RuntimeAdapter runtime, VirtualClock clock, String prefix) {
    this.runtime = runtime;
    this.traits = runtime.traits();
    this.clock = clock;
    this.prefix = prefix;
    this.model = new MemoryRuntime(clock, () -> next);
  }

  /** How many orders and reports the runtime got. */
  long commands() {
    return commands;
  }

  /** Does the step: what the runtime answered wrongly, or null. */
  @Nullable String play(Step step) {
    clock.tick();
    try {
      if (step instanceof Step.Send send) {
        return send(send);
      }
      if (step instanceof Step.Arrive arrive) {
        return messages.containsKey(arrive.message()) ? deliver(arrive.message()) : null;
      }
      if (step instanceof Step.Reset reset) {
        return reset(reset);
      }
      if (step instanceof Step.Compact compact) {
        return compact(compact);
      }
      if (step instanceof Step.Crash crash) {
        told.keySet().removeIf(each -> each.writer() == crash.writer());
        return null;
      }
      if (traits.contains(Trait.RESTARTS)) {
        runtime.restart();
      }
      return null;
    } catch (RuntimeException e) {
      return "the runtime throws " + e;
    }
  }

  /** Looks at the store and at what subscribers were shown: what is wrong there, or null. */
  @Nullable String look() {
    for (String key : opened.values()) {
      Snapshot expected = model.snapshot(key);
      Snapshot stored = runtime.snapshot(key);
      if (!stored.equals(expected)) {
        return key + " is stored as " + stored + " and should be " + expected;
      }
      String wrong = traits.contains(Trait.BROADCASTS) ? broadcasts(key, expected) : null;
      if (wrong != null) {
        return wrong;
      }
      lastSeen.put(key, expected);
    }
    return null;
  }

  private @Nullable String broadcasts(String key, Snapshot expected) {
    List<Snapshot> shown = runtime.broadcasts(key);
    List<Snapshot> honest = model.broadcasts(key);
    for (Snapshot each : shown) {
      if (!honest.contains(each) && !each.equals(lastSeen.get(key))) {
        return key + " was broadcast as " + each + " and never was so; it is " + expected;
      }
    }
    boolean changed = !expected.equals(lastSeen.get(key));
    return changed && (shown.isEmpty() || !shown.get(shown.size() - 1).equals(expected))
        ? key + " is " + expected + " and was not broadcast so, but as " + shown
        : null;
  }

  private String session(int number) {
    String key = opened.get(number);
    if (key == null) {
      key = prefix + "session-" + number;
      next = runtime.open(key);
      model.open(key);
      opened.put(number, key);
      lives.put(key, new HashSet<>(Set.of(next)));
      commands++;
    }
    return key;
  }

  /** What a writer that knows nothing of a session does: it looks. */
  private String told(int writer, int session) {
    String key = session(session);
    return told.computeIfAbsent(
        new Told(writer, session), unheard -> model.snapshot(key).sessionId());
  }

  private void tell(int writer, int session, Answer answer) {
    if (answer.sessionId() != null) {
      told.put(new Told(writer, session), answer.sessionId());
    }
  }

  private @Nullable String send(Step.Send send) {
    String key = session(send.session());
    Run run = new Run(send.session(), send.run());
    String newest = told(send.writer(), send.session());
    String signed =
        switch (send.signature()) {
          case AS_TOLD -> newest;
          case AS_STARTED -> startedAs.getOrDefault(run, newest);
          case NOTHING -> null;
        };
    if (send.kind() == Kind.START && signed != null) {
      startedAs.putIfAbsent(run, signed);
    }
    String runId = "run-" + send.run();
    writerOf.putIfAbsent(runId, send.writer());
    messages.put(
        send.message(),
        new Report(
            prefix + "message-" + send.message(),
            send.kind(),
            key,
            signed,
            runId,
            send.kind() == Kind.FAIL ? runId + " failed in message " + send.message() : null,
            clock.instant().plus(send.skew())));
    senders.put(send.message(), new Told(send.writer(), send.session()));
    return send.delayed() ? null : deliver(send.message());
  }

  private @Nullable String deliver(int message) {
    if (repeats.contains(message)) {
      return null;
    }
    Report report = Objects.requireNonNull(messages.get(message));
    Told sender = Objects.requireNonNull(senders.get(message));
    Answer answer = report.kind() == Kind.START ? runtime.start(report) : runtime.report(report);
    commands++;
    tell(sender.writer(), sender.session(), answer);
    if (taken.contains(message)) {
      // Delivered again: it must change nothing, and may be called either.
      return null;
    }
    if (report.sessionId() == null && !answer.taken()) {
      // One that refuses whatever is unsigned is stricter than it must be.
      return null;
    }
    String key = report.sessionKey();
    Snapshot before = model.snapshot(key);
    Answer right = model.report(report);
    if (answer.taken() != right.taken()) {
      return words(report)
          + (right.taken() ? " must be taken, and was refused" : " must be refused, and was taken");
    }
    if (right.taken()) {
      taken.add(message);
      if (report.kind() != Kind.PROGRESS && model.snapshot(key).equals(before)) {
        // It told what was known. When it came again later, one could take it for a new start.
        repeats.add(message);
      }
      return null;
    }
    boolean atWork = model.activeRuns(key).contains(report.runId());
    boolean old = report.sessionId() != null && !report.sessionId().equals(before.sessionId());
    return atWork && old && !before.sessionId().equals(answer.sessionId())
        ? words(report)
            + " goes on under "
            + before.sessionId()
            + ", and was told to use "
            + answer.sessionId()
        : null;
  }

  private static String words(Report report) {
    return "%s of %s in %s, signed with %s,"
        .formatted(
            report.kind(),
            report.runId(),
            report.sessionKey(),
            report.sessionId() == null ? "nothing" : report.sessionId());
  }

  private @Nullable String reset(Step.Reset reset) {
    String key = session(reset.session());
    boolean inPlace = reset.inPlace() && traits.contains(Trait.IN_PLACE_RESETS);
    if (!inPlace && !traits.contains(Trait.ROTATING_RESETS)) {
      return null;
    }
    String expected =
        reset.expecting() && traits.contains(Trait.EXPECTED_RESETS)
            ? told(reset.writer(), reset.session())
            : null;
    Answer answer = runtime.reset(key, expected, inPlace);
    return rotated(
        reset.writer(),
        reset.session(),
        answer,
        inPlace,
        () -> model.reset(key, expected, inPlace));
  }

  private @Nullable String compact(Step.Compact compact) {
    String key = session(compact.session());
    if (!traits.contains(Trait.ROTATING_COMPACTIONS)) {
      return null;
    }
    String sessionId = told(compact.writer(), compact.session());
    Set<String> carried =
        model.activeRuns(key).stream()
            .filter(
                run ->
                    switch (compact.carried()) {
                      case ALL -> true;
                      case OWN -> writerOf.get(run) == compact.writer();
                      case NONE -> false;
                    })
            .collect(Collectors.toSet());
    Answer answer = runtime.compact(key, sessionId, carried);
    return rotated(
        compact.writer(),
        compact.session(),
        answer,
        false,
        () -> model.compact(key, sessionId, carried));
  }

  private interface Order {
    Answer give();
  }

  private @Nullable String rotated(
      int writer, int session, Answer answer, boolean inPlace, Order toTheModel) {
    commands++;
    tell(writer, session, answer);
    String key = session(session);
    String id = answer.sessionId();
    if (answer.taken() && id == null) {
      return "who rotated " + key + " was not told the session id";
    }
    next = id == null ? "" : id;
    Answer right = toTheModel.give();
    if (answer.taken() != right.taken()) {
      return "what rotates "
          + key
          + (right.taken() ? " must be done, and was refused" : " must be refused, and was done");
    }
    boolean fresh = !right.taken() || inPlace || lives.get(key).add(next);
    return fresh ? null : "the session id " + next + " of " + key + " was one before";
  }
}

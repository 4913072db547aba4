package org.sessionledger.app.openclaw;

import static org.sessionledger.app.openclaw.Tape.map;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A gateway with one session that knows the truth: which of its frames are told by runs of the
 * current generation, and which come too late. It loses projections, delays events, resets under
 * running runs, restarts, and lets old runs talk.
 */
final class SimulatedGateway {

  enum Version {
    /** No session id on the run bus; a reset changes it. */
    V5_28,
    /** Session ids on the bus; a reset changes them. */
    V6_1,
    /** Session ids on the bus; a reset keeps them. */
    V9_6
  }

  /** What a frame's report is in truth. */
  enum Truth {
    CURRENT,
    SECOND_END,
    LATE
  }

  private final class Run {
    final String id = "run-" + ++runs;
    final String sessionId = current;
    final int generation = SimulatedGateway.this.generation;
    boolean open;
    boolean failed;
    boolean told;

    boolean late() {
      return generation != SimulatedGateway.this.generation;
    }
  }

  private record Delayed(int due, Runnable tell) {}

  final Tape tape;

  /** By line: the truth of the run reports. */
  final Map<Integer, Truth> truths = new HashMap<>();

  private final String key;
  private final Version version;
  private final Random random;
  private final List<Run> known = new ArrayList<>();
  private final List<Delayed> delayed = new ArrayList<>();
  private String current = "s-1";
  private int generation = 1;
  private int ids = 1;
  private int runs;
  private int boots = 1;
  private int lines;
  private int step;
  private int questions;
  private long rowUpdates;
  private String status;

  SimulatedGateway(Version version, long seed) {
    this.version = version;
    this.random = new Random(seed);
    this.key = "agent:main:" + version + ":" + seed;
    this.tape = new Tape(key);
  }

  SimulatedGateway run(int steps) {
    hello();
    message();
    for (step = 0; step < steps; step++) {
      act();
      List<Delayed> due = delayed.stream().filter(d -> d.due() <= step).toList();
      delayed.removeAll(due);
      due.forEach(d -> d.tell().run());
    }
    return this;
  }

  private void act() {
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> start(new Run());
      case 3, 4, 5, 6 -> pick(true).ifPresent(this::end);
      case 7 -> pick(false).filter(run -> run.failed).ifPresent(this::start);
      case 8 -> pick(false).ifPresent(this::secondEnd);
      case 9 -> reset();
      case 10 -> typedNew();
      case 11 -> message();
      case 12 -> listing();
      default -> {
        if (random.nextInt(4) == 0) {
          reconnect(random.nextBoolean());
        }
      }
    }
  }

  private java.util.Optional<Run> pick(boolean open) {
    List<Run> matching = known.stream().filter(run -> run.open == open && run.told).toList();
    return matching.isEmpty()
        ? java.util.Optional.empty()
        : java.util.Optional.of(matching.get(random.nextInt(matching.size())));
  }

  private void start(Run run) {
    Truth truth = run.late() ? Truth.LATE : Truth.CURRENT;
    if (!known.contains(run)) {
      known.add(run);
    }
    run.open = true;
    run.told = true;
    run.failed = false;
    bus(run, "start", truth);
    status = run.late() ? status : "running";
    project(run, "start", random.nextInt(3));
  }

  private void end(Run run) {
    Truth truth = run.late() ? Truth.LATE : Truth.CURRENT;
    run.open = false;
    String phase = random.nextInt(3) == 0 ? "error" : "end";
    run.failed = phase.equals("error");
    boolean aborted = !run.failed && random.nextInt(4) == 0;
    if (aborted) {
      bus(run, phase, truth, "aborted", true);
    } else {
      bus(run, phase, truth);
    }
    if (!run.late()) {
      status = run.failed ? "failed" : aborted ? "killed" : "done";
    }
    project(run, phase, run.failed ? 4 : random.nextInt(3));
  }

  private void secondEnd(Run run) {
    if (!run.failed) {
      bus(run, random.nextBoolean() ? "end" : "error", run.late() ? Truth.LATE : Truth.SECOND_END);
    }
  }

  private void bus(Run run, String phase, Truth truth, Object... data) {
    truths.put(++lines, truth);
    tape.agent(key, version == Version.V5_28 ? null : run.sessionId, run.id, phase, data);
  }

  private void project(Run run, String phase, int delay) {
    long ts = tape.now() - 10;
    if (random.nextInt(5) > 0) {
      delayed.add(
          new Delayed(
              step + delay,
              () -> {
                if (run.late()) {
                  truths.put(lines + 1, Truth.LATE);
                }
                lines++;
                tape.projected(run.id, phase, ts, current, status);
              }));
    }
  }

  private void reset() {
    String question = "q-" + ++questions;
    lines++;
    tape.ask(question, "sessions.reset");
    for (Run run : List.copyOf(known)) {
      if (run.open && !run.late() && random.nextBoolean()) {
        end(run); // The gateway ends it, and tells before it answers.
      }
    }
    rotate(version == Version.V9_6 ? current : "s-" + ++ids);
    long updated = ++rowUpdates;
    String id = current;
    boolean asked = random.nextInt(3) > 0;
    Runnable answer =
        () -> {
          lines++;
          tape.resetAnswer(question, id, updated);
        };
    Runnable event =
        () -> {
          if (current.equals(id)) {
            lines++;
            tape.changed("reset", id, "updatedAt", updated);
          }
        };
    boolean answerFirst = random.nextBoolean();
    if (asked && answerFirst) {
      answer.run();
      delayed.add(new Delayed(step + 1, event));
    } else {
      event.run();
      if (asked) {
        answer.run();
      }
    }
  }

  /** Typed as chat: nothing tells of it but the id, and in place nothing at all. */
  private void typedNew() {
    if (version != Version.V9_6) {
      message(); // Without a row in between, a start before it looks like a start after it.
      rotate("s-" + ++ids);
      if (random.nextBoolean()) {
        message();
      } else {
        start(new Run());
        message();
      }
    }
  }

  private void rotate(String id) {
    current = id;
    generation++;
    status = null;
  }

  private void message() {
    lines++;
    tape.row(current, status);
  }

  private void listing() {
    String question = "q-" + ++questions;
    lines += 2;
    tape.ask(question, "sessions.list", map());
    tape.answer(
        question,
        map("sessions", List.of(map("key", key, "sessionId", current, "status", status))));
  }

  private void reconnect(boolean killed) {
    delayed.clear(); // What was under way is lost.
    message();
    lines++;
    tape.close(killed ? 1_006 : 1_005);
    if (killed) {
      known.forEach(run -> run.open = false);
      known.clear();
      boots++;
    }
    tape.later(5_000);
    hello();
    message();
  }

  private void hello() {
    lines++;
    boolean names = version == Version.V9_6;
    tape.hello(names ? "boot-" + boots : null, boots > 1 && !names ? 1_000 : 900_000);
  }
}

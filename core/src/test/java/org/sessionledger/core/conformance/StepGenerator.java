package org.sessionledger.core.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.sessionledger.core.conformance.Report.Kind;
import org.sessionledger.core.conformance.Step.Carried;
import org.sessionledger.core.conformance.Step.Signature;

/** Steps by a seed alone: what the runtime answers never changes what comes next. */
final class StepGenerator {

  private static final int DELAYED_MAX = 12;
  private static final int RECENT_MAX = 24;
  private static final int RUNS_MAX = 6;
  private static final int DAYS_MAX = 5;

  private record Run(int number, int writer) {}

  private final Random random;
  private final int writers;
  private final List<List<Run>> runs = new ArrayList<>();
  private final List<Integer> delayed = new ArrayList<>();
  private final List<Integer> recent = new ArrayList<>();
  private final int restartsOfAMillion;
  private int runsMade;
  private int messages;

  StepGenerator(long seed, int writers, int sessions, int restartsOfAMillion) {
    this.random = new Random(seed);
    this.writers = writers;
    this.restartsOfAMillion = restartsOfAMillion;
    for (int i = 0; i < sessions; i++) {
      runs.add(new ArrayList<>());
    }
  }

  Step next() {
    if (random.nextInt(1_000_000) < restartsOfAMillion) {
      return new Step.Restart();
    }
    int session = random.nextInt(runs.size());
    int writer = random.nextInt(writers);
    int dice = random.nextInt(1_000);
    if (dice < 110 && !delayed.isEmpty()) {
      return new Step.Arrive(delayed.remove(random.nextInt(delayed.size())));
    }
    if (dice < 150 && !recent.isEmpty()) {
      return new Step.Arrive(recent.get(random.nextInt(recent.size())));
    }
    if (dice < 175) {
      return new Step.Reset(writer, session, random.nextBoolean(), random.nextBoolean());
    }
    if (dice < 200) {
      int which = random.nextInt(4);
      return new Step.Compact(
          writer, session, which < 2 ? Carried.ALL : which == 2 ? Carried.OWN : Carried.NONE);
    }
    return dice < 206 ? new Step.Crash(writer) : send(session, writer, dice);
  }

  private Step send(int session, int writer, int dice) {
    List<Run> known = runs.get(session);
    Kind kind;
    Run run;
    if (known.isEmpty() || dice < 450) {
      kind = Kind.START;
      run = new Run(++runsMade, writer);
      known.add(run);
      if (known.size() > RUNS_MAX) {
        known.remove(0);
      }
    } else {
      kind =
          dice < 480
              ? Kind.START
              : dice < 700
                  ? Kind.PROGRESS
                  : dice < 840 ? Kind.COMPLETE : dice < 950 ? Kind.FAIL : Kind.ABORT;
      run = known.get(random.nextInt(known.size()));
    }
    int signed = random.nextInt(100);
    int message = ++messages;
    boolean late = random.nextInt(100) < 15 && delayed.size() < DELAYED_MAX;
    if (late) {
      delayed.add(message);
    } else {
      recent.add(message);
      if (recent.size() > RECENT_MAX) {
        recent.remove(0);
      }
    }
    return new Step.Send(
        message,
        run.writer(),
        session,
        run.number(),
        kind,
        signed < 60 ? Signature.AS_TOLD : signed < 93 ? Signature.AS_STARTED : Signature.NOTHING,
        random.nextInt(100) < 15
            ? Duration.ofDays(random.nextInt(2 * DAYS_MAX + 1) - DAYS_MAX)
            : Duration.ZERO,
        late);
  }
}

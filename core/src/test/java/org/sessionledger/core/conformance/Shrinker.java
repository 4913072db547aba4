package org.sessionledger.core.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.sessionledger.core.conformance.Step.Signature;

/** Makes a sequence that fails as short as it gets by leaving parts out (delta debugging). */
final class Shrinker {

  private final Predicate<List<Step>> fails;

  Shrinker(Predicate<List<Step>> fails) {
    this.fails = fails;
  }

  /** A sequence that still fails, of which no single step can be left out. */
  List<Step> shrink(List<Step> failing) {
    List<Step> steps = new ArrayList<>(failing);
    for (int chunk = Math.max(1, steps.size() / 2); chunk >= 1; chunk /= 2) {
      steps = without(chunk, steps);
    }
    simplify(steps);
    int before;
    do {
      before = steps.size();
      steps = without(1, steps);
    } while (steps.size() < before);
    return List.copyOf(steps);
  }

  /** Leaves out from the end, where what was caused by earlier steps stands. */
  private List<Step> without(int chunk, List<Step> steps) {
    List<Step> kept = steps;
    for (int end = kept.size(); end > 0; end -= chunk) {
      int from = Math.max(0, end - chunk);
      List<Step> rest = new ArrayList<>(kept.subList(0, from));
      rest.addAll(kept.subList(Math.min(end, kept.size()), kept.size()));
      if (fails.test(rest)) {
        kept = rest;
      }
    }
    return kept;
  }

  private void simplify(List<Step> steps) {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Step.Send send) {
        tryInstead(i, with(send, send.signature(), Duration.ZERO, send.delayed()), steps);
      }
      if (steps.get(i) instanceof Step.Send send) {
        tryInstead(i, with(send, Signature.AS_TOLD, send.skew(), send.delayed()), steps);
      }
      if (steps.get(i) instanceof Step.Send send) {
        tryInstead(i, with(send, send.signature(), send.skew(), false), steps);
      }
      if (steps.get(i) instanceof Step.Reset reset && reset.expecting()) {
        tryInstead(
            i, new Step.Reset(reset.writer(), reset.session(), reset.inPlace(), false), steps);
      }
    }
  }

  private void tryInstead(int at, Step simpler, List<Step> steps) {
    Step before = steps.get(at);
    if (simpler.equals(before)) {
      return;
    }
    steps.set(at, simpler);
    if (!fails.test(steps)) {
      steps.set(at, before);
    }
  }

  private static Step.Send with(
      Step.Send send, Signature signature, Duration skew, boolean delayed) {
    return new Step.Send(
        send.message(),
        send.writer(),
        send.session(),
        send.run(),
        send.kind(),
        signature,
        skew,
        delayed);
  }
}

package org.sessionledger.core.conformance;

import java.util.List;

/**
 * A runtime did what an honest one does not; the message has the seed and the shortest way there.
 */
public final class SimulationFailure extends AssertionError {

  private static final long serialVersionUID = 1L;

  private final long seed;
  private final transient List<String> steps;
  private final String wrong;

  SimulationFailure(long seed, String how, List<String> steps, String wrong) {
    super(message(seed, how, steps, wrong));
    this.seed = seed;
    this.steps = List.copyOf(steps);
    this.wrong = wrong;
  }

  private static String message(long seed, String how, List<String> steps, String wrong) {
    StringBuilder text = new StringBuilder();
    text.append(wrong).append("\nseed ").append(seed).append(", ").append(how).append(":\n");
    for (int i = 0; i < steps.size(); i++) {
      text.append("  ").append(i + 1).append(". ").append(steps.get(i)).append('\n');
    }
    return text.toString();
  }

  /** The seed that a simulation with one lane fails with in the same way. */
  public long seed() {
    return seed;
  }

  /** The shortest sequence of steps that was found to fail, in words. */
  public List<String> steps() {
    return steps;
  }

  /** What was wrong after the last of them. */
  public String wrong() {
    return wrong;
  }
}

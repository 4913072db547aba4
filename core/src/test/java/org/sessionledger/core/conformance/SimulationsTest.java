package org.sessionledger.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sessionledger.core.conformance.fakes.AddressedByKeyOnly;
import org.sessionledger.core.conformance.fakes.CountsEveryDelivery;
import org.sessionledger.core.conformance.fakes.DropsCarriedRuns;
import org.sessionledger.core.conformance.fakes.EqualSessionIdCheck;
import org.sessionledger.core.conformance.fakes.FailsOpenWithoutId;
import org.sessionledger.core.conformance.fakes.ForgetsOnRestart;
import org.sessionledger.core.conformance.fakes.GuardsStoreNotBroadcast;
import org.sessionledger.core.conformance.fakes.JudgesByAStaleCopy;
import org.sessionledger.core.conformance.fakes.JudgesByClock;
import org.sessionledger.core.conformance.fakes.MemoryRuntime;

/**
 * The simulator finds what each fake lacks, and nothing in what lacks nothing. The long form:
 * {@code -Dconformance.commands=1000000 -Dconformance.seeds=20}.
 */
class SimulationsTest {

  private static final int COMMANDS = Integer.getInteger("conformance.commands", 2_000);
  private static final int SEEDS = Integer.getInteger("conformance.seeds", 1);
  private static final int SHORT = 8;

  @TempDir Path folder;

  private interface Maker extends Function<Clock, RuntimeAdapter> {}

  private static Arguments fake(Maker runtime) {
    String name = runtime.apply(Clock.systemUTC()).getClass().getSimpleName();
    return Arguments.of(Named.of(name, runtime));
  }

  static Stream<Arguments> fakes() {
    return Stream.of(
        fake(AddressedByKeyOnly::new),
        fake(EqualSessionIdCheck::new),
        fake(FailsOpenWithoutId::new),
        fake(JudgesByClock::new),
        fake(DropsCarriedRuns::new),
        fake(GuardsStoreNotBroadcast::new),
        fake(JudgesByAStaleCopy::new),
        fake(CountsEveryDelivery::new),
        fake(ForgetsOnRestart::new));
  }

  @ParameterizedTest
  @MethodSource("fakes")
  void seeds_1_to_5_each_fake_is_found_out_in_few_steps_and_in_the_same_ones_again(Maker fake) {
    for (long seed = 1; seed <= 5; seed++) {
      SimulationFailure failure = failure(seed, fake);

      assertThat(failure.steps()).hasSizeBetween(1, SHORT);
      assertThat(failure).hasMessageContaining("seed " + seed);
      assertThat(failure(failure.seed(), fake).steps()).isEqualTo(failure.steps());
    }
  }

  private static SimulationFailure failure(long seed, Maker fake) {
    SimulationFailure failure =
        catchThrowableOfType(
            SimulationFailure.class,
            () -> Simulation.seed(seed).commands(20_000).restarts(200).run(fake));
    assertThat(failure).as("what seed " + seed + " finds").isNotNull();
    return failure;
  }

  /** The lane's seed finds it with one lane, too. */
  @Test
  void seed_6_what_one_of_several_lanes_finds_is_found_again_by_its_seed_alone() {
    SimulationFailure among =
        catchThrowableOfType(
            SimulationFailure.class,
            () -> Simulation.seed(6).lanes(4).restarts(0).run(FailsOpenWithoutId::new));

    SimulationFailure alone =
        catchThrowableOfType(
            SimulationFailure.class,
            () -> Simulation.seed(among.seed()).restarts(0).run(FailsOpenWithoutId::new));

    assertThat(alone.steps()).isEqualTo(among.steps());
  }

  @Test
  void seed_7_the_honest_runtime_agrees_with_itself() {
    print("memory", Simulation.seed(7).commands(20_000).restarts(20).run(MemoryRuntime::new));
  }

  @Test
  void seed_8_the_ledger_does_what_the_model_does_and_each_step_is_looked_at() {
    Simulation.seed(8).commands(600).restarts(2).run(ledger(1));
  }

  @Test
  void seeds_from_41_the_ledger_does_what_the_model_does() {
    for (int seed = 41; seed < 41 + SEEDS; seed++) {
      Simulation.Figures figures =
          Simulation.seed(seed)
              .commands(COMMANDS)
              .lanes(32)
              .lookEvery(50)
              .restarts(0)
              .run(ledger(seed));
      print("ledger on H2, seed " + seed, figures);
    }
  }

  private Function<Clock, RuntimeAdapter> ledger(int seed) {
    return clock -> new LedgerRuntime(folder.resolve("ledger-" + seed));
  }

  private static void print(String what, Simulation.Figures figures) {
    System.out.printf(
        "conformance simulation, %s: %,d commands in %s, %,d a second%n",
        what, figures.commands(), figures.took(), figures.commandsPerSecond());
  }
}

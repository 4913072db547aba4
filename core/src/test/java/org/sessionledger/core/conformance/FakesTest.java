package org.sessionledger.core.conformance;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.lang.reflect.Method;
import java.time.Clock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
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

/** Each fake fails exactly the clauses that it should: the suite is run on each, as JUnit does. */
class FakesTest {

  // Not tests of this build: no runner looks for nested classes, and they are meant to fail.

  static final class Honest extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new MemoryRuntime(clock);
    }
  }

  static final class KeyOnly extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new AddressedByKeyOnly(clock);
    }
  }

  static final class EqualId extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new EqualSessionIdCheck(clock);
    }
  }

  static final class FailsOpen extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new FailsOpenWithoutId(clock);
    }
  }

  static final class ByClock extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new JudgesByClock(clock);
    }
  }

  static final class DropsCarried extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new DropsCarriedRuns(clock);
    }
  }

  static final class LeakyBroadcast extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new GuardsStoreNotBroadcast(clock);
    }
  }

  static final class StaleCopy extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new JudgesByAStaleCopy(clock);
    }
  }

  static final class CountsDeliveries extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new CountsEveryDelivery(clock);
    }
  }

  static final class Forgets extends SessionFenceConformance {
    @Override
    protected RuntimeAdapter runtime(Clock clock) {
      return new ForgetsOnRestart(clock);
    }
  }

  private static final Map<Class<?>, Set<String>> MUST_FAIL =
      Map.of(
          Honest.class,
          Set.of(),
          KeyOnly.class,
          Set.of(
              "a_start_that_arrives_after_a_reset_is_refused",
              "progress_that_arrives_after_a_reset_is_refused",
              "an_error_that_arrives_after_a_reset_is_refused",
              "an_end_that_arrives_after_a_reset_is_refused",
              "an_abort_that_arrives_after_a_reset_is_refused",
              "an_old_run_that_signs_with_the_new_session_id_is_refused",
              "an_error_that_arrives_beside_the_next_run_does_not_touch_it",
              "a_carried_run_that_still_signs_with_the_old_id_is_told_the_new_one",
              "a_run_that_a_compaction_left_behind_is_refused_whatever_it_signs_with",
              "a_reset_after_a_compaction_ends_the_carried_run",
              "progress_that_arrives_after_a_reset_in_place_is_refused",
              "an_error_that_arrives_after_a_reset_in_place_is_refused",
              "an_end_that_arrives_after_a_reset_in_place_is_refused",
              "an_old_run_that_starts_again_after_a_reset_in_place_is_refused",
              "a_start_that_was_refused_is_not_broadcast",
              "an_error_that_was_refused_is_not_broadcast",
              "an_end_that_was_refused_is_not_broadcast",
              "a_late_report_whose_clock_is_days_ahead_is_refused",
              "a_late_report_whose_clock_is_days_behind_is_refused",
              "an_end_of_a_run_that_never_started_is_refused",
              "a_start_without_a_session_id_is_refused",
              "a_late_error_without_a_session_id_is_refused",
              "an_error_of_an_unknown_run_without_a_session_id_is_refused",
              "a_start_that_signs_with_an_id_that_never_was_is_refused",
              "a_second_reset_that_expects_the_life_before_is_refused",
              "a_compaction_that_a_reset_overtook_is_refused",
              "a_late_report_is_refused_after_a_restart_too"),
          EqualId.class,
          Set.of(
              "an_old_run_that_signs_with_the_new_session_id_is_refused",
              "a_run_that_a_compaction_left_behind_is_refused_whatever_it_signs_with",
              "progress_that_arrives_after_a_reset_in_place_is_refused",
              "an_error_that_arrives_after_a_reset_in_place_is_refused",
              "an_end_that_arrives_after_a_reset_in_place_is_refused",
              "an_old_run_that_starts_again_after_a_reset_in_place_is_refused",
              "a_late_report_is_refused_after_a_restart_too"),
          FailsOpen.class,
          Set.of(
              "a_start_without_a_session_id_is_refused",
              "a_late_error_without_a_session_id_is_refused",
              "an_error_of_an_unknown_run_without_a_session_id_is_refused"),
          ByClock.class,
          Set.of(
              "an_old_run_that_signs_with_the_new_session_id_is_refused",
              "a_carried_run_that_still_signs_with_the_old_id_is_told_the_new_one",
              "a_run_that_a_compaction_left_behind_is_refused_whatever_it_signs_with",
              "a_late_report_whose_clock_is_days_ahead_is_refused",
              "the_current_run_is_taken_when_its_clock_is_days_behind",
              "a_start_that_signs_with_an_id_that_never_was_is_refused",
              "a_late_report_is_refused_after_a_restart_too"),
          DropsCarried.class,
          Set.of(
              "a_carried_run_goes_on_under_the_new_session_id",
              "a_carried_run_that_still_signs_with_the_old_id_is_told_the_new_one"),
          LeakyBroadcast.class,
          Set.of(
              "a_start_that_was_refused_is_not_broadcast",
              "an_error_that_was_refused_is_not_broadcast",
              "an_end_that_was_refused_is_not_broadcast"),
          StaleCopy.class,
          Set.of(
              "an_error_that_arrives_beside_the_next_run_does_not_touch_it",
              "a_run_that_starts_after_a_reset_is_taken",
              "a_run_that_starts_after_a_compaction_is_taken",
              "a_carried_run_goes_on_under_the_new_session_id",
              "a_carried_run_that_still_signs_with_the_old_id_is_told_the_new_one",
              "the_current_run_is_taken_when_its_clock_is_days_ahead",
              "the_current_run_is_taken_when_its_clock_is_days_behind",
              "a_second_reset_that_expects_the_life_before_is_refused",
              "a_compaction_that_a_reset_overtook_is_refused",
              "after_a_restart_the_session_is_what_it_was",
              "a_run_that_starts_after_a_restart_is_taken"),
          CountsDeliveries.class,
          Set.of(
              "a_start_that_is_delivered_twice_is_one_run",
              "an_end_that_is_delivered_twice_is_one_end",
              "a_start_that_is_delivered_again_after_the_error_starts_nothing",
              "a_start_that_is_delivered_again_after_a_reset_starts_nothing",
              "a_second_end_that_contradicts_the_first_is_refused"),
          Forgets.class,
          Set.of(
              "after_a_restart_the_session_is_what_it_was",
              "a_late_report_is_refused_after_a_restart_too"));

  static Stream<Class<?>> suites() {
    return MUST_FAIL.keySet().stream().sorted(Comparator.comparing(Class::getSimpleName));
  }

  @ParameterizedTest
  @MethodSource("suites")
  void each_fake_fails_exactly_the_clauses_that_it_should(Class<?> suite) {
    Results results = run(suite);

    assertThat(results.failed)
        .as(results.stories.toString())
        .containsExactlyInAnyOrderElementsOf(MUST_FAIL.get(suite));
    assertThat(results.ran).isEqualTo(clauses());
  }

  /** What is not here is bitten by no fake: nobody has shown yet that the clause can fail. */
  @Test
  void all_clauses_but_these_are_failed_by_some_fake() {
    Set<String> never = clauses();
    MUST_FAIL.values().forEach(never::removeAll);

    assertThat(never)
        .containsExactly(
            "a_compaction_keeps_how_the_last_run_ended",
            "a_reset_in_place_leaves_nothing_of_the_life_before",
            "a_reset_leaves_nothing_of_the_life_before",
            "a_run_goes_from_its_start_to_its_end",
            "a_run_that_failed_may_start_again_in_the_same_life",
            "a_run_that_starts_after_a_reset_in_place_is_taken",
            "the_same_run_id_in_another_session_is_another_run",
            "what_is_taken_is_broadcast_as_it_is_stored");
  }

  private static Set<String> clauses() {
    return Arrays.stream(SessionFenceConformance.class.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .map(Method::getName)
        .collect(toCollection(TreeSet::new));
  }

  private static final class Results implements TestExecutionListener {
    final Set<String> ran = new TreeSet<>();
    final Set<String> failed = new TreeSet<>();
    final Map<String, String> stories = new TreeMap<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.getSource().orElse(null)
          instanceof org.junit.platform.engine.support.descriptor.MethodSource clause) {
        ran.add(clause.getMethodName());
        if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
          failed.add(clause.getMethodName());
          stories.put(clause.getMethodName(), result.getThrowable().orElseThrow().toString());
        }
      }
    }
  }

  private static Results run(Class<?> suite) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(suite)).build();
    Results results = new Results();
    LauncherFactory.create(
            LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build())
        .execute(request, results);
    return results;
  }
}

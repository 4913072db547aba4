package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.projections.kit.CountingView.CountEvents;
import org.sessionledger.projections.kit.RebuildReport.Mode;
import org.sessionledger.projections.kit.RebuildReport.Phase;
import org.sessionledger.projections.kit.RebuildReport.State;

/**
 * What happens to the live table at the moments that matter to a rebuild, each met on purpose: the
 * rebuild is on the test's own thread.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RebuildMomentsTest {

  private static final String VIEW = "counting";

  private static SessionKey key(int n) {
    return new SessionKey("session " + n);
  }

  /**
   * @param listener hears of the beginning, and after that not so often that one could rely on it
   */
  private static Rebuild rebuild(TestLedger test, Mode mode, Runnable listener) {
    RebuildRows rows = new RebuildRows(test.dataSource());
    RebuildReport begun = Rebuild.begun(VIEW, mode, Instant.EPOCH);
    rows.begin(VIEW, "this one", begun);
    return new Rebuild(
        test.dataSource(),
        test.ledger().reader(),
        rows,
        test.view(CountingView.class),
        "this one",
        begun,
        told -> listener.run());
  }

  /** A view of an empty ledger: the first that is told is that the two tables are compared. */
  private static RebuildReport rebuiltFromNothing(TestLedger test, Mode mode, Runnable comparing) {
    AtomicReference<Rebuild> rebuild = new AtomicReference<>();
    Queue<Runnable> once = new ArrayDeque<>(List.of(comparing));
    rebuild.set(
        rebuild(
            test,
            mode,
            () -> {
              if (!once.isEmpty()) {
                assertThat(rebuild.get().report().phase()).isEqualTo(Phase.COMPARING);
                once.remove().run();
              }
            }));
    rebuild.get().run();
    assertThat(once).isEmpty();
    return rebuild.get().report();
  }

  /** Does something before the rebuild folds its next event, something else before the next. */
  private static void atItsNextEvents(TestLedger test, Runnable... each) {
    Thread rebuilding = Thread.currentThread();
    Queue<Runnable> left = new ArrayDeque<>(List.of(each));
    test.view(CountingView.class).poison =
        version -> {
          if (Thread.currentThread() == rebuilding && !left.isEmpty()) {
            left.remove().run();
          }
          return false;
        };
  }

  private static void opened(TestLedger test, SessionKey key) {
    test.accepted(TestLedger.open(key, "s-1"));
    test.caughtUp();
  }

  private static void miscounted(TestLedger test, Runnable happens) {
    CountingView view = test.view(CountingView.class);
    view.doubled = version -> true;
    happens.run();
    test.caughtUp();
    view.doubled = version -> false;
  }

  /** The live view takes it, unless it has to wait for the rebuild. */
  private static void openedAsFarAsItMay(TestLedger test, TestDatabase database, SessionKey key) {
    test.accepted(TestLedger.open(key, "s-1"));
    Await.until(
        "the live view goes on or waits",
        () -> test.views().states().get(0).lag() == 0 || database.somebodyWaits(test.dataSource()));
  }

  private static long count(TestLedger test) {
    return test.view(CountingView.class).count(new CountEvents());
  }

  @ParameterizedTest
  @EnumSource
  void what_changed_since_the_comparison_is_compared_before_the_switch(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      String before = Tables.serving(test.dataSource(), VIEW);

      RebuildReport report =
          rebuiltFromNothing(
              test,
              Mode.SWITCH,
              () -> {
                miscounted(test, () -> opened(test, key(1)));
                // This one comes when the first is caught up with, and is left to the switch.
                atItsNextEvents(test, () -> miscounted(test, () -> opened(test, key(2))));
              });

      assertThat(report.state()).as("%s", report).isEqualTo(State.FAILED);
      assertThat(report.phase()).isEqualTo(Phase.SWITCHING);
      assertThat(report.differences())
          .extracting(Difference::sessionKey)
          .containsExactly(key(1), key(2));
      assertThat(Tables.serving(test.dataSource(), VIEW)).isEqualTo(before);
      assertThat(count(test)).isEqualTo(4);
    }
  }

  @Test
  void many_sessions_that_changed_since_are_compared_before_the_live_one_waits() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, CountingView::new)) {
      RebuildReport report =
          rebuiltFromNothing(
              test,
              Mode.SWITCH,
              () ->
                  miscounted(
                      test,
                      () -> {
                        List<CompletableFuture<?>> sent = new ArrayList<>();
                        for (int n = 1; n <= 501; n++) {
                          sent.add(
                              test.ledger()
                                  .submit(
                                      Arrival.of(
                                          Ledger.newCommandId(),
                                          TestLedger.open(key(n), "s-1"),
                                          Provenance.NONE)));
                        }
                        sent.forEach(CompletableFuture::join);
                      }));

      assertThat(report.state()).isEqualTo(State.FAILED);
      assertThat(report.switched()).isFalse();
      assertThat(report.mismatches()).isEqualTo(501);
      assertThat(report.differences()).hasSize(RebuildReport.LISTED_MAX);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_live_one_waits_until_both_tables_are_seen_at_one_position(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      opened(test, key(1));
      Rebuild rebuild = rebuild(test, Mode.CHECK, () -> {});
      atItsNextEvents(
          test,
          // It is caught up with, but for this one.
          () -> opened(test, key(2)),
          () -> openedAsFarAsItMay(test, database, key(3)));

      rebuild.run();

      assertThat(rebuild.report().state()).isEqualTo(State.DONE);
      assertThat(rebuild.report().differences()).isEmpty();
      test.caughtUp();
      assertThat(count(test)).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_live_one_waits_for_the_switch_and_goes_on_in_the_new_table(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, CountingView::new)) {
      RebuildReport report =
          rebuiltFromNothing(
              test,
              Mode.SWITCH,
              () -> {
                opened(test, key(1));
                atItsNextEvents(
                    test,
                    () -> opened(test, key(2)),
                    () -> openedAsFarAsItMay(test, database, key(3)));
              });

      assertThat(report.switched()).as("%s", report).isTrue();
      assertThat(report.mismatches()).isZero();
      test.caughtUp();
      assertThat(count(test)).isEqualTo(3);
    }
  }

  @Test
  void it_ends_with_its_node_and_says_so() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, CountingView::new)) {
      opened(test, key(1));
      Rebuild rebuild = rebuild(test, Mode.SWITCH, () -> {});

      assertThat(rebuild.end(0)).as("ended at once").isFalse();
      rebuild.run();
      rebuild.ended();

      assertThat(rebuild.end(0)).isTrue();
      assertThat(test.views().rebuilds().report(VIEW).orElseThrow().error())
          .contains("this node was stopped");
    }
  }
}

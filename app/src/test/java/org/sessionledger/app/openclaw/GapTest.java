package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.openclaw.Tape.KEY;
import static org.sessionledger.app.openclaw.Tape.listedRow;
import static org.sessionledger.app.openclaw.Tape.map;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.session.SessionCommand.InterruptRuns;
import org.sessionledger.core.session.SessionCommand.ReportGap;

/** What becomes of the runs that were open when nothing more was heard. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GapTest {

  private static final long SHORT_UPTIME = 5;

  /** A run that is open, and a socket that is lost and made anew by the same process. */
  private static Tape overTheGap() {
    return new Tape()
        .hello("boot", 1_000)
        .run6("s-1", "r", "start")
        .row("s-1", "running")
        .close(1_000)
        .hello("boot", 2_000);
  }

  @Test
  void a_run_that_the_listing_names_as_its_last_ended_as_the_listing_says() {
    assertThat(overTheGap().listed(listedRow("s-1", "done", false, 7, "lastRunId", "r")).commands())
        .containsExactly("2 OpenSession s-1", "2 StartRun r s-1", "7 CompleteRun r #1");
    assertThat(
            overTheGap().listed(listedRow("s-1", "failed", false, 7, "lastRunId", "r")).commands())
        .endsWith("7 FailRun r #1");
    assertThat(
            overTheGap().listed(listedRow("s-1", "timeout", false, 7, "lastRunId", "r")).commands())
        .endsWith("7 AbortRun r #1");
  }

  @Test
  void a_run_that_nothing_runs_any_more_is_presumed_lost_when_the_row_is_not_about_it() {
    assertThat(overTheGap().listed(listedRow("s-1", "done", false, 7)).commands())
        .endsWith("7 InterruptRuns r");
    assertThat(overTheGap().listed(listedRow("s-1", "done", false, 7, "lastRunId", "q")).commands())
        .endsWith("7 InterruptRuns r");
    assertThat(overTheGap().listed(listedRow("s-1", "idle", false, 7, "lastRunId", "r")).commands())
        .endsWith("7 InterruptRuns r");
    assertThat(overTheGap().listed(listedRow("s-1", "done", false, 7, "lastRunId", 7)).commands())
        .endsWith("7 InterruptRuns r");
  }

  @Test
  void a_run_that_may_go_on_goes_on() {
    List<String> before = List.of("2 OpenSession s-1", "2 StartRun r s-1");
    assertThat(overTheGap().listed(listedRow("s-1", "running", true, 7)).commands())
        .isEqualTo(before);
    assertThat(overTheGap().listed(listedRow("s-1", "done", null, 7)).commands()).isEqualTo(before);
    assertThat(overTheGap().listed(listedRow("s-1", "running", false, 7)).commands())
        .isEqualTo(before);
    assertThat(overTheGap().listed().commands()).isEqualTo(before);
  }

  @Test
  void a_run_that_is_heard_of_before_the_listing_is_not_judged_by_it() {
    assertThat(
            overTheGap()
                .run6("s-1", "r", "start")
                .listed(listedRow("s-1", "done", false, 7))
                .commands())
        .noneMatch(command -> command.contains("InterruptRuns"));
    assertThat(
            overTheGap()
                .projected("r", "start", "s-1", "running")
                .listed(listedRow("s-1", "done", false, 7))
                .commands())
        .noneMatch(command -> command.contains("InterruptRuns"));
  }

  @Test
  void without_a_gap_a_listing_ends_nothing() {
    assertThat(
            new Tape()
                .hello("boot", 1_000)
                .run6("s-1", "r", "start")
                .listed(listedRow("s-1", "done", false, 7, "lastRunId", "r"))
                .commands())
        .containsExactly("2 OpenSession s-1", "2 StartRun r s-1");
  }

  @Test
  void a_run_that_a_reset_left_behind_is_over_already() {
    assertThat(
            new Tape()
                .hello("boot", 1_000)
                .run6("s-1", "r", "start")
                .changed("reset", "s-2")
                .close(1_000)
                .hello("boot", 2_000)
                .listed(listedRow("s-2", null, false, 7))
                .commands())
        .containsExactly("2 OpenSession s-1", "2 StartRun r s-1", "3 ResetSession s-2");
  }

  @Test
  void a_run_of_a_session_that_was_deleted_is_over_already() {
    assertThat(
            new Tape()
                .hello("boot", 1_000)
                .run6("s-1", "r", "start")
                .changed("delete", "s-1")
                .close(1_000)
                .hello("boot", 2_000)
                .listed(listedRow("s-1", null, false, 7))
                .commands())
        .containsExactly("2 OpenSession s-1", "2 StartRun r s-1", "3 CloseSession");
  }

  @Test
  void what_is_over_is_not_ended_again_by_the_next_listing() {
    assertThat(
            overTheGap()
                .listed(listedRow("s-1", "done", false, 7))
                .close(1_000)
                .hello("boot", 3_000)
                .listed(listedRow("s-1", "done", false, 8))
                .commands())
        .containsExactly("2 OpenSession s-1", "2 StartRun r s-1", "7 InterruptRuns r");
    assertThat(
            new Tape()
                .hello("boot-1", 1_000)
                .run6("s-1", "r", "start")
                .close(1_000)
                .hello("boot-2", SHORT_UPTIME)
                .listed(listedRow("s-1", "failed", false, 8, "lastRunId", "r"))
                .commands())
        .containsExactly("2 OpenSession s-1", "2 StartRun r s-1", "4 InterruptRuns");
  }

  @Test
  void a_gap_without_its_ends_is_told_and_skipped() {
    for (String missing : List.of("from", "to")) {
      Map<String, Object> gap = map("type", "_gap", "from", 1, "to", 2);
      gap.remove(missing);
      gap.put("sessions", List.of(map("key", "a")));
      Tape.Played played = new Tape().frame(gap).replay(new ScriptedDecider());
      assertThat(played.commands()).isEmpty();
      assertThat(played.replay().unreadable())
          .containsExactly("tape:1: '" + missing + "' is missing");
    }
  }

  @Test
  void a_row_is_another_one_when_it_says_so() {
    Row before = row("s-1", "done", 7L);
    assertThat(row("s-1", "done", 7L).isAnother(before)).isFalse();
    assertThat(row("s-2", "done", 7L).isAnother(before)).isTrue();
    assertThat(row("s-1", null, 7L).isAnother(before)).isTrue();
    assertThat(row("s-1", "done", 8L).isAnother(before)).isTrue();
    assertThat(row("s-1", "done", null).isAnother(before)).isFalse();
    assertThat(before.isAnother(row("s-1", "done", null))).isFalse();
    assertThat(before.isAnother(null)).isTrue();
  }

  private static Row row(String id, String status, Long updatedAt) {
    return new Row(new SessionId(id), status, null, updatedAt, null, null);
  }

  @Test
  void who_goes_on_later_interrupts_what_a_process_ran_that_died_meanwhile() {
    assertThat(resumed("boot-1").hello("boot-2", SHORT_UPTIME).commands())
        .containsExactly("2 InterruptRuns");
    // Without a name, a start after what was heard last is another process.
    assertThat(resumed(null).later(60_000).hello(null, SHORT_UPTIME).commands())
        .containsExactly("2 InterruptRuns");
    assertThat(resumed(null).later(60_000).hello(null, 900_000).commands()).isEmpty();
  }

  @Test
  void who_goes_on_later_takes_the_run_up_where_it_was_left() {
    assertThat(
            resumed("boot-1")
                .hello("boot-1", 900_000)
                .listed(listedRow("s-1", "done", false, 7, "lastRunId", "r"))
                .commands())
        .containsExactly("4 CompleteRun r #3");
    assertThat(
            resumed("boot-1")
                .hello("boot-1", 900_000)
                .listed(listedRow("s-1", "running", true, 7, "lastRunId", "r"))
                .run6("s-1", "r", "end")
                .replay(new ScriptedDecider().has(KEY, "s-1", 4, "already-open"))
                .commands())
        .containsExactly("5 OpenSession s-1", "5 CompleteRun r #3 s-1");
    assertThat(
            resumed("boot-1")
                .hello("boot-1", 900_000)
                .run6("s-1", "r", "error")
                .run6("s-1", "r", "start")
                .replay(new ScriptedDecider().has(KEY, "s-1", 4, "already-open"))
                .commands())
        .endsWith("3 FailRun r #3 s-1", "4 StartRun r #4 s-1");
  }

  @Test
  void a_mark_with_an_attempt_that_is_none_is_of_the_first() {
    assertThat(
            resumed("boot-1", 0)
                .hello("boot-1", 900_000)
                .listed(listedRow("s-1", "done", false, 7))
                .replay(new ScriptedDecider())
                .translated())
        .singleElement()
        .satisfies(
            ended ->
                assertThat(((InterruptRuns) ended.arrival().command()).attempt()).isEqualTo(1));
  }

  private static Tape resumed(String bootId) {
    return resumed(bootId, 3);
  }

  private static Tape resumed(String bootId, int attempt) {
    Tape tape = new Tape();
    return tape.frame(
        map(
            "type",
            "_resume",
            "instance",
            bootId == null ? "openclaw-1@then" : bootId,
            "bootId",
            bootId,
            "heardAt",
            tape.now(),
            "sessions",
            List.of(map("key", KEY, "runId", "r", "attempt", attempt))));
  }

  @Test
  void a_gap_is_told_of_each_session_that_it_may_concern() {
    Tape.Played played =
        new Tape()
            .hello("boot", 1_000)
            .frame(
                map(
                    "type",
                    "_gap",
                    "from",
                    2_000,
                    "to",
                    1_000,
                    "reason",
                    "the socket broke",
                    "sessions",
                    List.of(map("key", "a"), map("key", "b"))))
            .replay(new ScriptedDecider());
    assertThat(played.commands()).containsExactly("2 ReportGap", "2 ReportGap");
    ReportGap gap = (ReportGap) played.translated().get(1).arrival().command();
    assertThat(gap.sessionKey()).hasToString("b");
    assertThat(gap.from()).isEqualTo(Instant.ofEpochMilli(2_000));
    assertThat(gap.to()).as("a clock that was set back").isEqualTo(gap.from());
    assertThat(played.translated().get(1).arrival().provenance().reason())
        .isEqualTo("the socket broke, tape:2");
    assertThat(played.translated().get(1).arrival().provenance().source().instance())
        .isEqualTo("boot");
  }
}

package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.openclaw.Tape.KEY;
import static org.sessionledger.app.openclaw.Tape.map;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.session.SessionCommand.CompactSession;
import org.sessionledger.core.session.SessionCommand.FailRun;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TranslatorTest {

  @Test
  void the_first_frames_wait_for_the_session_id() {
    assertThat(
            new Tape()
                .run("r", "start")
                .run("r", "end")
                .projected("r", "end", "s-1", "done")
                .commands())
        .containsExactly(
            "3 OpenSession s-1", "1 StartRun r s-1", "2 CompleteRun r #1", "3 CompleteRun r #1");
  }

  @Test
  void what_never_shows_its_session_id_is_opened_with_an_inferred_one_at_the_end() {
    var commands = new Tape().run("r", "start").run("r", "end").commands();
    assertThat(commands).hasSize(3);
    assertThat(commands.get(0)).startsWith("1 OpenSession inferred-");
    assertThat(commands.get(1)).startsWith("1 StartRun r inferred-");
    assertThat(commands.get(2)).isEqualTo("2 CompleteRun r #1");
  }

  @Test
  void a_real_id_after_an_inferred_one_is_a_naming_and_no_rotation() {
    var commands =
        new Tape()
            .run("r", "start")
            .close(1_000)
            .hello("boot", 50_000)
            .row("s-1", "running")
            .run("r", "end")
            .run("q", "start")
            .row("s-1", "running")
            .commands();
    String inferred = commands.get(0).substring("1 OpenSession ".length());
    assertThat(commands)
        .containsExactly(
            "1 OpenSession " + inferred,
            "1 StartRun r " + inferred,
            "5 CompleteRun r #1",
            "6 StartRun q " + inferred);
  }

  @Test
  void the_later_start_of_a_run_is_its_next_attempt() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .run6("s-1", "r", "error", "error", "overloaded")
                .run6("s-1", "r", "start")
                .run6("s-1", "r", "end")
                .commands())
        .containsExactly(
            "1 OpenSession s-1",
            "1 StartRun r s-1",
            "2 FailRun r #1 s-1",
            "3 StartRun r #2 s-1",
            "4 CompleteRun r #2 s-1");
  }

  @Test
  void the_same_frame_on_a_second_connection_is_the_same_attempt_under_the_same_command_id() {
    String start =
        "{\"t\":1,\"frame\":{\"type\":\"event\",\"event\":\"agent\",\"payload\":{\"runId\":\"r\","
            + "\"stream\":\"lifecycle\",\"sessionKey\":\"k\",\"sessionId\":\"s-1\",\"seq\":1,\"ts\":5,"
            + "\"data\":{\"phase\":\"start\"}}}}";
    var played = new Tape().raw(start).raw(start).replay(new ScriptedDecider());
    assertThat(played.commands())
        .containsExactly("1 OpenSession s-1", "1 StartRun r s-1", "2 StartRun r s-1");
    assertThat(played.translated().get(1).arrival().commandId())
        .isEqualTo(played.translated().get(2).arrival().commandId());
  }

  @Test
  void a_projection_names_no_session_id_and_the_attempt_that_the_bus_told_under_its_stamp() {
    Tape tape = new Tape().run6("s-1", "r", "start").run6("s-1", "r", "error");
    long erred = tape.now() - 10;
    assertThat(
            tape.run6("s-1", "r", "start")
                .projected("r", "error", erred, "s-1", "failed")
                .commands())
        .endsWith("3 StartRun r #2 s-1", "4 FailRun r #1");
  }

  @Test
  void a_projection_of_an_unknown_run_is_handed_over_without_any_owner() {
    assertThat(new Tape().projected("r", "error", "s-1", "failed").commands())
        .containsExactly("1 OpenSession s-1", "1 FailRun r");
  }

  @Test
  void an_end_that_was_aborted_is_an_abort_and_so_is_its_projection() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .run6("s-1", "r", "end", "aborted", true)
                .projected("r", "end", "s-1", null)
                .run6("s-1", "q", "start")
                .run6("s-1", "q", "end", "status", "cancelled")
                .projected("p", "end", "s-1", "timeout")
                .commands())
        .contains("2 AbortRun r #1 s-1", "3 AbortRun r #1", "5 AbortRun q #1 s-1", "6 AbortRun p");
  }

  @Test
  void an_error_that_was_aborted_is_an_abort_only_as_the_attempts_first_terminal() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .run6("s-1", "r", "error", "aborted", true)
                .run6("s-1", "r", "error", "aborted", true)
                .commands())
        .endsWith("2 AbortRun r #1 s-1", "3 FailRun r #1 s-1");
  }

  @Test
  void phases_that_end_nothing_give_no_command() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .run6("s-1", "r", "model")
                .run6("s-1", "r", "fallback_step")
                .run6("s-1", "r", "finishing", "error", "x")
                .projected("r", "model", "s-1", "running")
                .commands())
        .containsExactly("1 OpenSession s-1", "1 StartRun r s-1");
  }

  @Test
  void a_terminal_without_a_start_opens_its_run_as_inferred() {
    var played =
        new Tape().run6("s-1", "r", "error", "error", "no model").replay(new ScriptedDecider());
    assertThat(played.commands())
        .containsExactly("1 OpenSession s-1", "1 StartRun r s-1 inferred", "1 FailRun r #1 s-1");
    FailRun fail = (FailRun) played.translated().get(2).arrival().command();
    assertThat(fail.errorMessage()).isEqualTo("no model");
  }

  @Test
  void a_terminal_without_a_start_after_a_rotation_may_be_of_an_older_generation() {
    assertThat(
            new Tape()
                .row("s-1", "running")
                .changed("reset", "s-2", "updatedAt", 7)
                .run("old", "error")
                .commands())
        .containsExactly("1 OpenSession s-1", "2 ResetSession s-2", "3 FailRun old");
    assertThat(
            new Tape().changed("reset", "s-1", "updatedAt", 7).run6("s-1", "old", "end").commands())
        .containsExactly("1 OpenSession s-1", "2 CompleteRun old");
  }

  @Test
  void a_terminal_of_another_sessions_run_opens_nothing_here() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .agent("agent:main:other", "o-1", "r", "end")
                .commands())
        .containsExactly(
            "1 OpenSession s-1", "1 StartRun r s-1", "2 OpenSession o-1", "2 CompleteRun r");
  }

  @Test
  void a_report_that_forgets_its_session_is_of_the_session_where_the_run_was_last_heard() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .agent(null, null, "r", "end")
                .agent(null, null, "unheard of", "end")
                .commands())
        .containsExactly("1 OpenSession s-1", "1 StartRun r s-1", "2 CompleteRun r #1");
  }

  @Test
  void a_reset_is_one_reset_whether_the_answer_or_the_event_comes_first() {
    assertThat(
            new Tape()
                .row("s-1", null)
                .ask("q", "sessions.reset")
                .resetAnswer("q", "s-2", 7)
                .row("s-2", null)
                .changed("reset", "s-2", "updatedAt", 7)
                .commands())
        .containsExactly("1 OpenSession s-1", "3 ResetSession s-2");
    assertThat(
            new Tape()
                .row("s-1", null)
                .ask("q", "sessions.reset")
                .changed("reset", "s-2", "updatedAt", 7)
                .resetAnswer("q", "s-2", 7)
                .commands())
        .containsExactly("1 OpenSession s-1", "3 ResetSession s-2");
  }

  @Test
  void a_reset_in_place_is_one_reset_and_the_next_one_is_another() {
    assertThat(
            new Tape()
                .row("s-1", null)
                .ask("a", "sessions.reset")
                .resetAnswer("a", "s-1", 7)
                .changed("reset", "s-1", "updatedAt", 7)
                .ask("b", "sessions.reset")
                .changed("reset", "s-1", "updatedAt", 9)
                .resetAnswer("b", "s-1", 9)
                .changed("reset", "s-1", "updatedAt", 11)
                .commands())
        .containsExactly(
            "1 OpenSession s-1", "3 ResetSession s-1", "6 ResetSession s-1", "8 ResetSession s-1");
  }

  @Test
  void a_reset_in_place_by_somebody_else_is_not_the_one_that_was_asked_for_later() {
    assertThat(
            new Tape()
                .row("s-1", null)
                .changed("reset", "s-1", "updatedAt", 7)
                .ask("a", "sessions.reset")
                .resetAnswer("a", "s-1", 9)
                .commands())
        .containsExactly("1 OpenSession s-1", "2 ResetSession s-1", "4 ResetSession s-1");
  }

  @Test
  void the_event_of_a_reset_in_place_may_come_after_the_row_was_touched_again() {
    assertThat(
            new Tape()
                .row("s-1", null)
                .ask("a", "sessions.reset")
                .resetAnswer("a", "s-1", 7)
                .run6("s-1", "r", "start")
                .changed("reset", "s-1", "updatedAt", 8)
                .run6("s-1", "r", "end")
                .commands())
        .containsExactly(
            "1 OpenSession s-1",
            "3 ResetSession s-1",
            "4 StartRun r s-1",
            "6 CompleteRun r #1 s-1");
  }

  @Test
  void an_inferred_reset_is_the_one_that_was_asked_for_before_and_none_that_comes_later() {
    assertThat(
            new Tape()
                .row("s-1", null)
                .ask("a", "sessions.reset")
                .row("s-2", null)
                .changed("reset", "s-2", "updatedAt", 7)
                .resetAnswer("a", "s-2", 7)
                .ask("b", "sessions.reset")
                .resetAnswer("b", "s-2", 9)
                .commands())
        .containsExactly("1 OpenSession s-1", "3 ResetSession s-2", "7 ResetSession s-2");
  }

  @Test
  void a_whole_run_after_a_reset_its_event_is_no_longer_waited_for() {
    assertThat(
            new Tape()
                .row("s-1", null)
                .ask("a", "sessions.reset")
                .resetAnswer("a", "s-1", 7)
                .run6("s-1", "r", "start")
                .run6("s-1", "r", "end")
                .changed("reset", "s-1", "updatedAt", 9)
                .commands())
        .endsWith("4 StartRun r s-1", "5 CompleteRun r #1 s-1", "6 ResetSession s-1");
  }

  @Test
  void an_event_that_a_later_answer_claims_is_no_longer_the_earlier_resets() {
    assertThat(
            new Tape()
                .row("s-1", null)
                .ask("a", "sessions.reset")
                .resetAnswer("a", "s-1", 7)
                .ask("b", "sessions.reset")
                .changed("reset", "s-1", "updatedAt", 9)
                .resetAnswer("b", "s-1", 9)
                .changed("reset", "s-1", "updatedAt", 7)
                .changed("reset", "s-1", "updatedAt", 11)
                .commands())
        .containsExactly(
            "1 OpenSession s-1", "3 ResetSession s-1", "6 ResetSession s-1", "8 ResetSession s-1");
  }

  @Test
  void the_same_event_on_a_second_connection_is_the_same_reset() {
    String event =
        "{\"t\":1,\"frame\":{\"type\":\"event\",\"event\":\"sessions.changed\",\"payload\":"
            + "{\"sessionKey\":\"k\",\"reason\":\"reset\",\"ts\":5,\"sessionId\":\"s-1\"}}}";
    assertThat(
            new Tape()
                .raw(event.replace(":5", ":4").replace("reset", "send"))
                .raw(event)
                .raw(event)
                .commands())
        .containsExactly("1 OpenSession s-1", "2 ResetSession s-1");
  }

  @Test
  void another_session_id_that_nothing_explains_is_an_inferred_reset() {
    assertThat(new Tape().row("s-1", "done").row("s-2", null).row("s-1", "done").commands())
        .containsExactly("1 OpenSession s-1", "2 ResetSession s-2");
  }

  @Test
  void a_run_that_starts_before_its_new_session_id_is_seen_belongs_to_the_new_one() {
    assertThat(
            new Tape()
                .row("s-1", "done")
                .run("r", "start")
                .projected("r", "start", "s-2", "running")
                .run("r", "end")
                .commands())
        .containsExactly(
            "1 OpenSession s-1",
            "3 ResetSession s-2",
            "2 StartRun r s-2",
            "3 StartRun r #1",
            "4 CompleteRun r #1");
  }

  @Test
  void a_run_that_started_before_a_reset_was_told_belongs_to_the_generation_before_it() {
    assertThat(
            new Tape()
                .row("s-1", "done")
                .run("r", "start")
                .ask("q", "sessions.reset")
                .resetAnswer("q", "s-2", 7)
                .commands())
        .containsExactly("1 OpenSession s-1", "2 StartRun r s-1", "4 ResetSession s-2");
  }

  @Test
  void a_listing_neither_opens_nor_rotates() {
    Tape tape = new Tape().ask("l", "sessions.list", map());
    var rows = java.util.List.of(map("key", KEY, "sessionId", "s-9", "status", "done"));
    assertThat(tape.answer("l", map("sessions", rows)).commands()).isEmpty();
    assertThat(
            new Tape()
                .row("s-1", "done")
                .ask("l", "sessions.list", map())
                .answer("l", map("sessions", rows))
                .commands())
        .containsExactly("1 OpenSession s-1");
  }

  @Test
  void a_retry_of_a_run_whose_generation_was_reset_names_no_generation() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .run6("s-1", "r", "error")
                .changed("reset", "s-1", "updatedAt", 7)
                .run6("s-1", "r", "start")
                .commands())
        .endsWith("3 ResetSession s-1", "4 StartRun r #2");
  }

  @Test
  void a_run_id_that_a_caller_uses_again_after_a_reset_is_a_run_of_the_new_generation() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .run6("s-1", "r", "end")
                .changed("reset", "s-2", "updatedAt", 7)
                .run6("s-2", "r", "start")
                .commands())
        .endsWith("3 ResetSession s-2", "4 StartRun r #2 s-2");
  }

  @Test
  void a_compaction_rotates_when_the_id_changes_and_else_compacts_in_place() {
    Tape tape =
        new Tape()
            .row("s-1", "done")
            .ask("a", "sessions.compact")
            .answer(
                "a",
                map(
                    "key",
                    KEY,
                    "compacted",
                    true,
                    "result",
                    map("sessionId", "s-2", "tokensBefore", 9)))
            .changed("compact", "s-2", "compacted", true)
            .ask("b", "sessions.compact")
            .answer("b", map("key", KEY, "compacted", true))
            .changed("compact", "s-2", "compacted", true)
            .changed("compact", "s-2", "compacted", false);
    var played = tape.replay(new ScriptedDecider());
    assertThat(played.commands())
        .containsExactly("1 OpenSession s-1", "3 CompactSession s-2", "6 CompactSession s-2");
    CompactSession compact = (CompactSession) played.translated().get(1).arrival().command();
    assertThat(compact.tokensBefore()).isEqualTo(9);
  }

  @Test
  void a_compaction_within_a_run_shows_its_id_after_the_run_and_refuses_nothing_of_it() {
    assertThat(
            new Tape()
                .run("r", "start")
                .projected("r", "start", "s-1", "running")
                .event(
                    "agent",
                    map(
                        "runId",
                        "r",
                        "stream",
                        "compaction",
                        "sessionKey",
                        KEY,
                        "data",
                        map("phase", "end", "completed", true, "willRetry", false)))
                .row("s-1", "running")
                .run("r", "end")
                .projected("r", "end", "s-2", "done")
                .commands())
        .containsExactly(
            "2 OpenSession s-1",
            "1 StartRun r s-1",
            "2 StartRun r #1",
            "5 CompleteRun r #1",
            "6 CompleteRun r #1",
            "6 CompactSession s-2");
  }

  @Test
  void a_run_that_retries_under_another_session_id_was_compacted() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .run6("s-2", "r", "start")
                .run6("s-1", "r", "end")
                .commands())
        .containsExactly(
            "1 OpenSession s-1",
            "1 StartRun r s-1",
            "2 CompactSession s-2",
            "2 StartRun r #2 s-2",
            "3 CompleteRun r #2");
  }

  @Test
  void a_deleted_session_is_closed_and_a_late_end_never_creates_it_again() {
    assertThat(
            new Tape()
                .run6("s-1", "r", "start")
                .ask("d", "sessions.delete")
                .answer("d", map("key", KEY, "deleted", true))
                .event("sessions.changed", map("sessionKey", KEY, "reason", "delete", "ts", 5))
                .projected("r", "end", "s-7", "done")
                .row("s-1", "done")
                .changed("send", "s-2")
                .commands())
        .containsExactly(
            "1 OpenSession s-1",
            "1 StartRun r s-1",
            "3 CloseSession",
            "5 CompleteRun r #1",
            "7 ReopenSession s-2");
  }

  @Test
  void a_checkpoint_branch_is_a_fork_and_a_restore_says_what_it_continues() {
    assertThat(
            new Tape()
                .row("s-1", "done")
                .changed("reset", "s-2", "updatedAt", 7)
                .ask("b", "sessions.compaction.branch")
                .answer(
                    "b",
                    map(
                        "sourceKey",
                        KEY,
                        "key",
                        "agent:main:branch",
                        "entry",
                        map("sessionId", "b-1"),
                        "checkpoint",
                        map("preCompaction", map("sessionId", "s-1"))))
                .changed("checkpoint-branch", "s-2")
                .ask("r", "sessions.compaction.restore")
                .answer(
                    "r",
                    map(
                        "key", KEY,
                        "entry", map("sessionId", "s-3"),
                        "checkpoint", map("preCompaction", map("sessionId", "s-1"))))
                .changed("checkpoint-restore", "s-3")
                .commands())
        .containsExactly(
            "1 OpenSession s-1",
            "2 ResetSession s-2",
            "4 ForkSession agent:main:branch from 1 b-1",
            "7 RestoreSession from 1 s-3");
  }

  @Test
  void another_boot_id_interrupts_what_the_dead_process_ran() {
    assertThat(
            new Tape()
                .hello("boot-1", 5_000)
                .run6("s-1", "r", "start")
                .close(1_000)
                .hello("boot-1", 6_000)
                .hello("boot-2", 100)
                .run6("s-1", "r", "start")
                .commands())
        .containsExactly(
            "2 OpenSession s-1", "2 StartRun r s-1", "5 InterruptRuns", "6 StartRun r #2 s-1");
  }

  @Test
  void without_a_boot_id_a_start_after_the_closed_socket_is_another_process() {
    assertThat(
            new Tape()
                .hello(null, 500_000)
                .run6("s-1", "r", "start")
                .close(1_005)
                .later(20_000)
                .hello(null, 600_000)
                .close(1_005)
                .later(20_000)
                .hello(null, 10_000)
                .commands())
        .containsExactly("2 OpenSession s-1", "2 StartRun r s-1", "6 InterruptRuns");
  }

  @Test
  void a_shutdown_or_an_abnormal_close_before_a_hello_is_another_process_without_boot_ids() {
    for (int code : new int[] {1_006, 1_012}) {
      assertThat(
              new Tape()
                  .hello(null, 500_000)
                  .run6("s-1", "r", "start")
                  .close(code)
                  .hello(null, 500_040)
                  .commands())
          .endsWith("4 InterruptRuns");
    }
    assertThat(
            new Tape()
                .hello(null, 500_000)
                .run6("s-1", "r", "start")
                .event("shutdown", map("reason", "update"))
                .close(1_005)
                .hello(null, 500_040)
                .commands())
        .endsWith("5 InterruptRuns");
  }

  @Test
  void the_end_of_a_recording_interrupts_nothing_and_the_next_recording_goes_on() {
    Recording first = new Tape().hello("boot-1", 5).run6("s-1", "r", "start").recording();
    Recording second = new Tape().hello("boot-2", 5).row("s-2", "running").recording();
    assertThat(Tape.play(new ScriptedDecider(), first).commands())
        .containsExactly("2 OpenSession s-1", "2 StartRun r s-1");
    assertThat(Tape.play(new ScriptedDecider(), first, second).commands())
        .containsExactly(
            "2 OpenSession s-1", "2 StartRun r s-1", "1 InterruptRuns", "2 ResetSession s-2");
  }

  @Test
  void a_session_that_the_ledger_has_open_by_an_older_id_was_reset_while_nobody_watched() {
    ScriptedDecider ledger = new ScriptedDecider().has(KEY, "s-1", 4, "already-open");
    assertThat(new Tape().run6("s-2", "r", "start").replay(ledger).commands())
        .containsExactly("1 OpenSession s-2", "1 ResetSession s-2", "1 StartRun r s-2");
  }

  @Test
  void a_session_that_the_ledger_has_open_by_an_inferred_id_is_only_named() {
    ScriptedDecider ledger = new ScriptedDecider().has(KEY, "inferred-1", 1, "already-open");
    assertThat(new Tape().run6("s-2", "r", "start").replay(ledger).commands())
        .containsExactly("1 OpenSession s-2", "1 StartRun r inferred-1");
  }

  @Test
  void a_session_that_the_ledger_has_closed_is_reopened_by_another_id_only() {
    ScriptedDecider ledger = new ScriptedDecider().has(KEY, "s-1", 4, "session-closed");
    assertThat(new Tape().run6("s-2", "r", "start").replay(ledger).commands())
        .containsExactly("1 OpenSession s-2", "1 ReopenSession s-2", "1 StartRun r s-2");
    assertThat(new Tape().run6("s-1", "r", "start").replay(ledger).commands())
        .containsExactly("1 OpenSession s-1", "1 StartRun r s-1");
  }

  @Test
  void the_same_frames_give_the_same_commands_under_the_same_ids() {
    Tape tape =
        new Tape()
            .hello("boot", 5)
            .run("r", "start")
            .projected("r", "start", "s-1", "running")
            .run("r", "error")
            .changed("reset", "s-2", "updatedAt", 7)
            .projected("r", "error", "s-2", "failed");
    var once = tape.replay(new ScriptedDecider()).translated();
    assertThat(tape.replay(new ScriptedDecider()).translated()).isEqualTo(once);
    assertThat(once.stream().map(t -> t.arrival().commandId())).doesNotHaveDuplicates();
  }

  @Test
  void each_command_says_which_frame_it_came_from_and_which_process_sent_it() {
    var start =
        new Tape()
            .hello("boot-1", 5)
            .run6("s-1", "r", "start")
            .replay(new ScriptedDecider())
            .translated()
            .get(1)
            .arrival()
            .provenance();
    assertThat(start.reason()).isEqualTo("agent start, tape:2");
    assertThat(start.source().component()).isEqualTo("openclaw");
    assertThat(start.source().instance()).isEqualTo("boot-1");
    assertThat(start.occurredAt()).isNotNull();
  }

  private static Tape sent(Tape tape, boolean sent, long updatedAt) {
    return tape.changed("send", "s-1", "systemSent", sent, "updatedAt", updatedAt);
  }

  @Test
  void a_row_that_was_prepared_and_is_not_any_more_has_begun_anew_under_its_session_id() {
    Tape tape = sent(new Tape(), false, 10);
    sent(sent(sent(tape, true, 20).run6("s-1", "r", "start"), true, 30), false, 40);
    sent(sent(sent(tape, false, 41), true, 50), false, 50);
    assertThat(tape.commands())
        .containsExactly(
            "1 OpenSession s-1", "3 StartRun r s-1", "5 ResetSession s-1", "8 ResetSession s-1");
  }

  @Test
  void a_row_that_comes_late_begins_nothing_anew() {
    Tape tape = sent(sent(new Tape(), true, 20), false, 19);
    assertThat(tape.commands()).containsExactly("1 OpenSession s-1");
    sent(sent(sent(tape, false, 30), true, 25), false, 31);
    sent(sent(sent(tape, false, 20), true, 26), false, 32);
    assertThat(tape.commands()).containsExactly("1 OpenSession s-1", "3 ResetSession s-1");
    sent(sent(sent(tape, true, 50), true, 40), false, 45);
    assertThat(tape.commands()).containsExactly("1 OpenSession s-1", "3 ResetSession s-1");
  }

  @Test
  void a_reset_in_place_that_a_row_shows_and_an_event_tells_is_one() {
    Tape before = sent(sent(new Tape(), true, 20), false, 30);
    before.changed("reset", "s-1", "systemSent", false, "updatedAt", 30);
    assertThat(before.commands()).containsExactly("1 OpenSession s-1", "2 ResetSession s-1");
    Tape after = sent(new Tape(), true, 20);
    after.changed("reset", "s-1", "systemSent", false, "updatedAt", 30);
    assertThat(sent(after, false, 40).commands())
        .containsExactly("1 OpenSession s-1", "2 ResetSession s-1");
  }

  @Test
  void what_was_prepared_before_a_compaction_in_place_still_is() {
    Tape tape = sent(new Tape(), true, 20);
    tape.changed("compact", "s-1", "compacted", true, "updatedAt", 30);
    assertThat(sent(tape, false, 40).commands())
        .containsExactly("1 OpenSession s-1", "2 CompactSession s-1", "3 ResetSession s-1");
  }

  /**
   * 2026.5.28 does so when a run was being prepared during the reset: no row of s-2 comes again.
   */
  @Test
  void a_run_does_not_wait_for_a_row_when_its_start_shows_that_the_gateway_undid_the_reset() {
    Tape tape = new Tape().run("r", "start").projected("r", "start", "s-1", "running");
    tape.changed("reset", "s-2").run("q", "start").row("s-1", "done");
    tape.agent("other", "o-1", "o", "start");
    tape.projected("q", "start", "s-1", "running").agent("other", "o-1", "o", "end");
    assertThat(tape.commands())
        .containsExactly(
            "2 OpenSession s-1",
            "1 StartRun r s-1",
            "2 StartRun r #1",
            "3 ResetSession s-2",
            "6 OpenSession o-1",
            "6 StartRun o o-1",
            "4 StartRun q s-2",
            "7 StartRun q #1",
            "8 CompleteRun o #1 o-1");
  }
}

package org.sessionledger.projections.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.projections.kit.TestLedger.compact;
import static org.sessionledger.projections.kit.TestLedger.complete;
import static org.sessionledger.projections.kit.TestLedger.fail;
import static org.sessionledger.projections.kit.TestLedger.open;
import static org.sessionledger.projections.kit.TestLedger.reset;
import static org.sessionledger.projections.kit.TestLedger.start;
import static org.sessionledger.projections.kit.TestLedger.startNext;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.PageAnswer;
import org.sessionledger.projections.kit.Story;
import org.sessionledger.projections.kit.StoryReader;
import org.sessionledger.projections.kit.Tables;
import org.sessionledger.projections.kit.TestDatabase;
import org.sessionledger.projections.kit.TestLedger;

class RunsViewTest {

  private static final SessionKey KEY = new SessionKey("agent:main");
  private static final String WIDE = "\uD83E\uDD9E";

  @Test
  void a_run_goes_from_its_start_to_its_end() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    RecordedEvent started = story.started(KEY, "r-1");
    story.progressed(KEY, "r-1", "half way", 40L);
    RecordedEvent progressed = story.progressed(KEY, "r-1", null, 50L);
    RecordedEvent failed = story.failed(KEY, "r-1", "timeout", "no answer");

    Run run = only(runs(story));
    assertThat(run.runId().value()).isEqualTo("r-1");
    assertThat(run.attempt()).isEqualTo(1);
    assertThat(run.generation()).isEqualTo(1);
    assertThat(run.generations()).containsExactly(1L);
    assertThat(run.status()).isEqualTo(Status.FAILED);
    assertThat(run.startedAt()).isEqualTo(started.recordedAt());
    assertThat(run.progressedAt()).isEqualTo(progressed.recordedAt());
    assertThat(run.endedAt()).isEqualTo(failed.recordedAt());
    assertThat(run.errorKind()).isEqualTo("timeout");
    assertThat(run.errorMessage()).isEqualTo("no answer");
    assertThat(run.source()).isEqualTo(new Source("gateway", "gw-1", null));
    assertThat(run.instance()).isEqualTo("gw-1");
    assertThat(run.note()).isEqualTo("half way");
    assertThat(run.tokens()).isEqualTo(50);
    assertThat(run.refusedReports()).isEmpty();
  }

  @Test
  void an_open_attempt_that_the_next_one_replaced_is_superseded() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.started(KEY, "r-1");
    story.completed(KEY, "r-1");

    List<Run> runs = runs(story);
    assertThat(runs).extracting(Run::attempt).containsExactly(1L, 2L);
    assertThat(runs).extracting(Run::status).containsExactly(Status.SUPERSEDED, Status.DONE);
    assertThat(runs.get(0).endedBy().type()).isEqualTo("RunStarted");
  }

  @Test
  void a_reset_supersedes_open_runs_and_says_who_did_it() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.started(KEY, "r-2");
    story.aborted(KEY, "r-1");
    story.by("ann", "stuck");
    RecordedEvent reset = story.reset(KEY, null);

    List<Run> runs = runs(story);
    assertThat(runs).extracting(Run::status).containsExactly(Status.ABORTED, Status.SUPERSEDED);
    assertThat(runs.get(1).endedAt()).isEqualTo(reset.recordedAt());
    assertThat(runs.get(1).endedBy().actor()).isEqualTo("ann");
    assertThat(runs.get(1).endedBy().reason()).isEqualTo("stuck");
    assertThat(runs.get(1).generation()).isEqualTo(1);
  }

  @Test
  void a_carried_run_belongs_to_every_generation_that_owned_it() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "carried");
    story.started(KEY, "left");
    story.compacted(KEY, "s-2", "carried");
    story.compacted(KEY, "s-3", "carried");
    story.started(KEY, "new");
    story.completed(KEY, "carried");

    List<Run> runs = runs(story);
    assertThat(runs)
        .extracting(run -> run.runId().value())
        .containsExactly("carried", "left", "new");
    assertThat(runs)
        .extracting(Run::status)
        .containsExactly(Status.DONE, Status.SUPERSEDED, Status.RUNNING);
    assertThat(runs.get(0).generations()).containsExactly(1L, 2L, 3L);
    assertThat(runs.get(0).generation()).isEqualTo(3);
    assertThat(runs(story, 2L)).extracting(run -> run.runId().value()).containsExactly("carried");
    assertThat(runs(story, 3L))
        .extracting(run -> run.runId().value())
        .containsExactly("carried", "new");
  }

  @Test
  void the_real_end_of_an_interrupted_run_corrects_it() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.interrupted(KEY, "r-1");
    assertThat(only(runs(story)).status()).isEqualTo(Status.INTERRUPTED);

    RecordedEvent corrected = story.corrected(KEY, "r-1");
    assertThat(only(runs(story)).status()).isEqualTo(Status.DONE);
    assertThat(only(runs(story)).endedAt()).isEqualTo(corrected.recordedAt());
  }

  @Test
  void closing_and_migrating_supersede_what_was_open() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.closed(KEY);
    story.reopened(KEY, "s-2");
    story.started(KEY, "r-2");
    story.migrated(KEY, new SessionKey("elsewhere"));

    assertThat(runs(story)).extracting(Run::status).containsOnly(Status.SUPERSEDED);
  }

  @Test
  void a_report_of_a_run_that_never_started_here_stops_the_view() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.completed(KEY, "r-1");
    try (HikariDataSource dataSource = TestDatabase.H2.create()) {
      RunsView view = new RunsView(dataSource, new StoryReader(story));
      Tables.of(dataSource, view);
      assertThatThrownBy(
              () ->
                  Tables.fold(
                      dataSource,
                      view.fold(Tables.of(dataSource, view)),
                      story.events().subList(2, 3)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("r-1#1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_a_run_reported_too_late_stands_beside_it(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, RunsView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-1", "r-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.accepted(start(KEY, "s-1", "r-2"));
      test.accepted(reset(KEY, "s-2"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, null, "r-1", null, "error", "late \u0000"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, null, "r-1", null, "error", "late \u0000"));
      test.accepted(startNext(KEY, "s-2", "r-1", 2));
      test.refused(Reason.ATTEMPT_SUPERSEDED, fail(KEY, null, "r-1", 1L, "error", "later"));
      test.refused(Reason.UNKNOWN_RUN, fail(KEY, null, "r-1", 9L, "error", "of no attempt"));
      test.caughtUp();

      List<Run> runs = find(test, 100, null).items();
      assertThat(runs)
          .extracting(run -> run.runId() + "#" + run.attempt())
          .containsExactly("r-1#1", "r-2#1", "r-1#2");
      assertThat(runs.get(0).refusedReports())
          .extracting(refused -> refused.reason())
          .containsExactly(Reason.UNKNOWN_RUN, Reason.RUN_SUPERSEDED, Reason.ATTEMPT_SUPERSEDED);
      assertThat(runs.get(0).refusedReports().get(1).count()).isEqualTo(2);
      assertThat(runs.get(0).refusedReports().get(1).presented().get("errorMessage").textValue())
          .isEqualTo("late \u0000");
      assertThat(runs.get(1).refusedReports()).isEmpty();
      assertThat(runs.get(2).refusedReports())
          .extracting(refused -> refused.presented().get("attempt").longValue())
          .containsExactly(9L);

      test.reopen();
      assertThat(find(test, 100, null).items()).isEqualTo(runs);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_longest_ids_and_the_longest_message_are_kept(TestDatabase database) {
    SessionKey longest = new SessionKey(WIDE.repeat(512));
    String run = WIDE.repeat(256);
    String message = "\u0001".repeat(65_536);
    try (TestLedger test = TestLedger.open(database, RunsView::new)) {
      test.accepted(open(longest, WIDE.repeat(256)));
      test.accepted(start(longest, WIDE.repeat(256), run));
      test.accepted(start(longest, WIDE.repeat(256), WIDE.repeat(255) + "x"));
      test.accepted(fail(longest, null, run, null, "\u0000", message + "cut"));
      test.caughtUp();

      Run failed =
          test.view(RunsView.class)
              .find(new FindRuns(longest, null, 1, null))
              .orElseThrow()
              .items()
              .get(0);
      assertThat(failed.runId().value()).isEqualTo(run);
      assertThat(failed.errorKind()).isEqualTo("\u0000");
      assertThat(failed.errorMessage()).isEqualTo(message);
      assertThat(failed.errorMessageLength()).isEqualTo(65_539);
    }
  }

  @ParameterizedTest
  @EnumSource
  void pages_follow_each_other_oldest_first(TestDatabase database) {
    Story story = new Story();
    story.opened(KEY, "s-1");
    List<String> started = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      story.started(KEY, "r-" + (9 - i));
      started.add("r-" + (9 - i));
    }
    try (HikariDataSource dataSource = database.create()) {
      RunsView view = folded(dataSource, story);
      List<String> paged = new ArrayList<>();
      String cursor = null;
      do {
        Page<Run> page = view.find(new FindRuns(KEY, null, 3, cursor)).orElseThrow();
        page.items().forEach(run -> paged.add(run.runId().value()));
        cursor = page.nextCursor();
      } while (cursor != null);
      assertThat(paged).isEqualTo(started);
      assertThat(view.find(new FindRuns(new SessionKey("never"), null, 3, null))).isEmpty();
    }
  }

  @Test
  void the_document_is_the_one_of_the_api() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, RunsView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.accepted(compact(KEY, "s-2", "r-1"));
      test.refused(Reason.STALE_GENERATION, fail(KEY, "s-1", "r-1", null, "error", "old id"));
      test.accepted(complete(KEY, "s-2", "r-1"));
      test.caughtUp();

      JsonNode page = Json.mapper().valueToTree(find(test, 100, null));
      assertThat(page.fieldNames()).toIterable().containsExactly("items");
      JsonNode run = page.get("items").get(0);
      assertThat(run.get("runId").textValue()).isEqualTo("r-1");
      assertThat(run.get("generation").longValue()).isEqualTo(2);
      assertThat(run.get("generations").toString()).isEqualTo("[1,2]");
      assertThat(run.get("status").textValue()).isEqualTo("done");
      assertThat(Instant.parse(run.get("startedAt").textValue())).isNotNull();
      assertThat(run.get("source").get("instance").textValue()).isEqualTo("gw-1");
      JsonNode refused = run.get("refusedReports").get(0);
      assertThat(refused.get("reason").textValue()).isEqualTo("stale-generation");
      assertThat(refused.get("commandType").textValue()).isEqualTo("FailRun");
      assertThat(refused.get("current").get("sessionId").textValue()).isEqualTo("s-2");
      assertThat(refused.get("ended").get("generation").longValue()).isEqualTo(1);
      assertThat(refused.get("supersededBy").get("type").textValue()).isEqualTo("SessionCompacted");
    }
  }

  @Test
  void the_question_can_be_asked_over_the_query_bus() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, RunsView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.caughtUp();

      assertThat(
              test.views()
                  .queries()
                  .query(new FindRuns(KEY, null, 10, null), PageAnswer.of(Run.class))
                  .get(60, TimeUnit.SECONDS)
                  .orElseThrow())
          .isEqualTo(find(test, 10, null));
    }
  }

  private static Page<Run> find(TestLedger test, int limit, String cursor) {
    return test.view(RunsView.class).find(new FindRuns(KEY, null, limit, cursor)).orElseThrow();
  }

  private static Run only(List<Run> runs) {
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  private static List<Run> runs(Story story) {
    return runs(story, null);
  }

  private static List<Run> runs(Story story, Long generation) {
    try (HikariDataSource dataSource = TestDatabase.H2.create()) {
      return folded(dataSource, story)
          .find(new FindRuns(KEY, generation, 100, null))
          .orElseThrow()
          .items();
    }
  }

  private static RunsView folded(HikariDataSource dataSource, Story story) {
    RunsView view = new RunsView(dataSource, new StoryReader(story));
    Tables.of(dataSource, view);
    Tables.fold(dataSource, view.fold(Tables.of(dataSource, view)), story.events());
    return view;
  }
}

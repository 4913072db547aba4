package org.sessionledger.projections.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.projections.kit.TestLedger.complete;
import static org.sessionledger.projections.kit.TestLedger.fail;
import static org.sessionledger.projections.kit.TestLedger.open;
import static org.sessionledger.projections.kit.TestLedger.reset;
import static org.sessionledger.projections.kit.TestLedger.start;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.Story;
import org.sessionledger.projections.kit.StoryReader;
import org.sessionledger.projections.kit.Tables;
import org.sessionledger.projections.kit.TestDatabase;
import org.sessionledger.projections.kit.TestLedger;

class TimelineViewTest {

  private static final SessionKey KEY = new SessionKey("agent:main");

  @ParameterizedTest
  @EnumSource
  void events_and_refusals_stand_in_the_order_of_their_decisions(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, TimelineView::new)) {
      test.refused(Reason.UNKNOWN_SESSION, start(KEY, "s-1", "r-0"));
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-1", "r-9"));
      test.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-1", "r-8"));
      test.by("ann", "stuck", reset(KEY, "s-2"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, null, "r-1", null, "error", "late"));
      test.accepted(start(KEY, "s-2", "r-2"));
      test.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-2", "r-9"));
      test.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-2", "r-9"));
      test.caughtUp();

      List<String> told = told(find(test, 1_000, null).items());
      assertThat(told)
          .containsExactly(
              "StartRun refused unknown-session",
              "1 SessionOpened",
              "2 RunStarted",
              "CompleteRun refused unknown-run",
              "CompleteRun refused unknown-run",
              "3 SessionReset",
              "FailRun refused run-superseded",
              "4 RunStarted",
              "CompleteRun refused unknown-run");
      for (int limit = 1; limit <= 5; limit++) {
        List<String> paged = new ArrayList<>();
        String cursor = null;
        do {
          Page<TimelineItem> page = find(test, limit, cursor);
          assertThat(page.items()).hasSizeBetween(1, limit);
          paged.addAll(told(page.items()));
          cursor = page.nextCursor();
        } while (cursor != null);
        assertThat(paged).isEqualTo(told);
      }

      test.reopen();
      assertThat(told(find(test, 1_000, null).items())).isEqualTo(told);
    }
  }

  @Test
  void a_refusal_waits_until_the_view_has_the_event_before_it() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    StoryReader reader = new StoryReader(story);
    reader.add(refusalAfter(2));
    try (HikariDataSource dataSource = TestDatabase.H2.create()) {
      TimelineView view = new TimelineView(dataSource, reader);
      Tables.of(dataSource, view);
      Tables.fold(dataSource, view.fold(Tables.of(dataSource, view)), story.events().subList(0, 1));
      Page<TimelineItem> early = view.find(new FindTimeline(KEY, 10, null)).orElseThrow();
      assertThat(told(early.items())).containsExactly("1 SessionOpened");
      assertThat(early.nextCursor()).isNull();

      Tables.fold(dataSource, view.fold(Tables.of(dataSource, view)), story.events().subList(1, 2));
      assertThat(told(view.find(new FindTimeline(KEY, 10, null)).orElseThrow().items()))
          .containsExactly("1 SessionOpened", "2 RunStarted", "CompleteRun refused unknown-run");
    }
  }

  @Test
  void a_key_that_was_never_opened_has_no_timeline() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, TimelineView::new)) {
      test.refused(Reason.UNKNOWN_SESSION, start(KEY, "s-1", "r-0"));
      assertThat(test.view(TimelineView.class).find(new FindTimeline(KEY, 10, null))).isEmpty();
      assertThat(test.view(TimelineView.class).find(new FindRotationAudit(KEY, null))).isEmpty();
    }
  }

  @Test
  void the_documents_are_those_of_the_api() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, TimelineView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.by("ann", "stuck", reset(KEY, "s-2"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, null, "r-1", null, "error", "late"));
      test.caughtUp();

      JsonNode items = Json.mapper().valueToTree(find(test, 10, null)).get("items");
      JsonNode reset = items.get(2);
      assertThat(reset.get("kind").textValue()).isEqualTo("event");
      assertThat(reset.get("type").textValue()).isEqualTo("SessionReset");
      assertThat(reset.get("version").longValue()).isEqualTo(3);
      assertThat(reset.get("position").longValue()).isEqualTo(3);
      assertThat(reset.get("generation").longValue()).isEqualTo(2);
      assertThat(reset.get("sessionId").textValue()).isEqualTo("s-2");
      assertThat(reset.get("actor").textValue()).isEqualTo("ann");
      assertThat(reset.get("reason").textValue()).isEqualTo("stuck");
      assertThat(reset.get("commandType").textValue()).isEqualTo("ResetSession");
      assertThat(reset.get("details").toString())
          .isEqualTo(
              "{\"ended\":{\"sessionId\":\"s-1\",\"generation\":1},"
                  + "\"supersededRuns\":[{\"runId\":\"r-1\",\"attempt\":1}]}");
      assertThat(items.get(1).get("runId").textValue()).isEqualTo("r-1");
      JsonNode refusal = items.get(3);
      assertThat(refusal.get("kind").textValue()).isEqualTo("refusal");
      assertThat(refusal.get("commandType").textValue()).isEqualTo("FailRun");
      assertThat(refusal.get("reason").textValue()).isEqualTo("run-superseded");
      assertThat(refusal.get("count").longValue()).isEqualTo(1);
      assertThat(refusal.get("afterVersion").longValue()).isEqualTo(3);
      assertThat(refusal.get("presented").get("errorMessage").textValue()).isEqualTo("late");
      assertThat(refusal.get("current").get("generation").longValue()).isEqualTo(2);
      assertThat(refusal.get("supersededBy").get("actor").textValue()).isEqualTo("ann");
      assertThat(refusal.hasNonNull("decisionId")).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatever_an_event_says_fits_a_row(TestDatabase database) {
    String nasty = "\u0001".repeat(256);
    Story story = new Story();
    story.opened(KEY, "s-1");
    for (int i = 0; i < 300; i++) {
      story.started(KEY, nasty.substring(0, 250) + i);
    }
    story.failed(KEY, nasty.substring(0, 250) + 0, "\u0000".repeat(9_000), "\u0000".repeat(65_536));
    story.reset(KEY, "s-2");
    try (HikariDataSource dataSource = database.create()) {
      TimelineView view = folded(dataSource, story);
      List<TimelineItem> items =
          view.find(new FindTimeline(KEY, 1_000, null)).orElseThrow().items();
      TimelineEvent failed = (TimelineEvent) items.get(301);
      assertThat(failed.details().get("errorMessage").textValue())
          .startsWith("\u0000")
          .endsWith("…")
          .hasSize(Details.TEXT_MAX + 1);
      TimelineEvent reset = (TimelineEvent) items.get(302);
      assertThat(reset.details().get("supersededRuns")).hasSize(Details.LIST_MAX);
      assertThat(reset.details().get("supersededRunsCount").intValue()).isEqualTo(299);
    }
  }

  @Test
  void an_event_that_the_ended_generation_slipped_in_breaks_the_audit() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    Generation ended = story.generation(KEY);
    story.reset(KEY, "s-2");
    assertThat(audit(story).intact()).isTrue();

    // What no ledger would accept: the ended generation's run changes the fresh one.
    story.add(
        KEY,
        new SessionEvent.RunFailed(
            KEY, story.generation(KEY), new RunId("r-1"), 1, "error", "late", null, true));
    assertThat(audit(story).changesFromEndedGeneration()).isEqualTo(1);
    assertThat(audit(story).intact()).isFalse();

    story.add(KEY, new SessionEvent.SessionForked(KEY, ended, ended, new SessionKey("x"), ended));
    assertThat(audit(story).changesFromEndedGeneration()).isEqualTo(2);
  }

  @Test
  void a_run_that_was_carried_or_begun_again_is_no_change_from_the_ended_generation() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "carried");
    story.started(KEY, "left");
    story.compacted(KEY, "s-2", "carried");
    story.completed(KEY, "carried");
    story.started(KEY, "left");
    story.completed(KEY, "left");

    RotationAudit audit = audit(story);
    assertThat(audit.carriedRuns()).containsExactly(new RunId("carried"));
    assertThat(audit.supersededRuns()).containsExactly(new RunId("left"));
    assertThat(audit.before().openRuns())
        .containsExactlyInAnyOrder(new RunId("carried"), new RunId("left"));
    assertThat(audit.after().openRuns()).containsExactly(new RunId("carried"));
    assertThat(audit.changesFromEndedGeneration()).isZero();
    assertThat(audit.intact()).isTrue();
  }

  private static RotationAudit audit(Story story) {
    try (HikariDataSource dataSource = TestDatabase.H2.create()) {
      return folded(dataSource, story).find(new FindRotationAudit(KEY, null)).orElseThrow();
    }
  }

  private static LoggedDecision refusalAfter(long version) {
    try (TestLedger other = TestLedger.open(TestDatabase.H2)) {
      other.accepted(open(KEY, "s-1"));
      for (int i = 1; i < version; i++) {
        other.accepted(start(KEY, "s-1", "r-" + i));
      }
      other.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-1", "nobody"));
      return other.ledger().reader().refusalsOf(KEY, 0, 1).get(0);
    }
  }

  private static TimelineView folded(HikariDataSource dataSource, Story story) {
    TimelineView view = new TimelineView(dataSource, new StoryReader(story));
    Tables.of(dataSource, view);
    Tables.fold(dataSource, view.fold(Tables.of(dataSource, view)), story.events());
    return view;
  }

  private static Page<TimelineItem> find(TestLedger test, int limit, String cursor) {
    return test.view(TimelineView.class).find(new FindTimeline(KEY, limit, cursor)).orElseThrow();
  }

  private static List<String> told(List<TimelineItem> items) {
    return items.stream()
        .map(
            item ->
                item instanceof TimelineEvent event
                    ? event.version() + " " + event.type()
                    : ((TimelineRefusal) item).refusal().commandType()
                        + " refused "
                        + ((TimelineRefusal) item).refusal().reason().code())
        .toList();
  }
}

package org.sessionledger.projections.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.projections.kit.TestLedger.close;
import static org.sessionledger.projections.kit.TestLedger.compact;
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
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionEvent;
import org.sessionledger.projections.kit.GenerationName;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.Story;
import org.sessionledger.projections.kit.StoryReader;
import org.sessionledger.projections.kit.Tables;
import org.sessionledger.projections.kit.TestDatabase;
import org.sessionledger.projections.kit.TestLedger;

class LineageViewTest {

  private static final SessionKey KEY = new SessionKey("agent:main");

  @Test
  void each_rotation_ends_one_generation_and_begins_the_next() {
    Story story = new Story();
    story.by("ann", "new topic").opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.started(KEY, "r-2");
    story.by(null, null).compacted(KEY, "s-2", "r-2");
    story.by("bob", "stuck").reset(KEY, null);
    story.by(null, null).restored(KEY, Generation.first(new SessionId("s-1")), "s-4");

    List<SessionGeneration> all = generations(story, KEY);
    assertThat(all).extracting(SessionGeneration::generation).containsExactly(1L, 2L, 3L, 4L);
    assertThat(all)
        .extracting(each -> each.sessionId().value())
        .containsExactly("s-1", "s-2", "s-2", "s-4");
    SessionGeneration first = all.get(0);
    assertThat(first.startedBy().type()).isEqualTo("SessionOpened");
    assertThat(first.startedBy().actor()).isEqualTo("ann");
    assertThat(first.startedBy().reason()).isEqualTo("new topic");
    assertThat(first.endedBy().type()).isEqualTo("SessionCompacted");
    assertThat(first.endedBy().compactionId().value()).isEqualTo("compaction-2");
    assertThat(first.endedAt()).isEqualTo(all.get(1).startedAt());
    assertThat(first.carriedRuns()).containsExactly(new RunId("r-2"));
    assertThat(first.supersededRuns()).containsExactly(new RunId("r-1"));
    assertThat(all.get(1).endedBy()).isEqualTo(all.get(2).startedBy());
    assertThat(all.get(1).endedBy().actor()).isEqualTo("bob");
    assertThat(all.get(1).supersededRuns()).containsExactly(new RunId("r-2"));
    assertThat(all.get(3).continues()).isEqualTo(new GenerationName(1, new SessionId("s-1")));
    assertThat(all.get(3).endedBy()).isNull();
    assertThat(all.get(3).carriedRuns()).isEmpty();
  }

  @Test
  void a_close_ends_a_generation_and_a_reopening_begins_the_next() {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.closed(KEY);
    assertThat(generations(story, KEY)).hasSize(1);
    assertThat(generations(story, KEY).get(0).endedBy().type()).isEqualTo("SessionClosed");
    story.reopened(KEY, "s-2");

    List<SessionGeneration> all = generations(story, KEY);
    assertThat(all).hasSize(2);
    assertThat(all.get(0).supersededRuns()).containsExactly(new RunId("r-1"));
    assertThat(all.get(1).startedBy().type()).isEqualTo("SessionReopened");
  }

  @Test
  void forks_and_migrations_tell_of_both_keys() {
    SessionKey fork = new SessionKey("fork");
    SessionKey moved = new SessionKey("moved");
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.by("ann", "try it").forked(KEY, fork);
    story.by(null, null).reset(KEY, "s-2");
    story.migrated(KEY, moved);

    List<SessionGeneration> all = generations(story, KEY);
    assertThat(all.get(0).forks()).hasSize(1);
    assertThat(all.get(0).forkCount()).isEqualTo(1);
    assertThat(all.get(0).forks().get(0).sessionKey()).isEqualTo(fork);
    assertThat(all.get(0).forks().get(0).by().actor()).isEqualTo("ann");
    assertThat(all.get(0).movedTo()).isNull();
    assertThat(all.get(1).endedBy().type()).isEqualTo("SessionMigrated");
    assertThat(all.get(1).movedTo()).isEqualTo(moved);
    assertThat(all.get(1).forks()).isEmpty();
    assertThat(generations(story, fork).get(0).origin())
        .isEqualTo(
            new SessionGeneration.Origin(
                SessionEvent.Origin.Kind.FORK, KEY, 1, new SessionId("s-1")));
    assertThat(generations(story, moved).get(0).origin().kind())
        .isEqualTo(SessionEvent.Origin.Kind.MIGRATION);
  }

  @ParameterizedTest
  @EnumSource
  void many_forks_are_counted_and_the_first_ones_listed(TestDatabase database) {
    Story story = new Story();
    story.opened(KEY, "s-1");
    for (int i = 0; i < SessionGeneration.FORKS_MAX + 3; i++) {
      story.forked(KEY, new SessionKey("fork " + i));
    }
    try (HikariDataSource dataSource = database.create()) {
      SessionGeneration first =
          folded(dataSource, story).find(all(KEY)).orElseThrow().items().get(0);
      assertThat(first.forkCount()).isEqualTo(SessionGeneration.FORKS_MAX + 3);
      assertThat(first.forks()).hasSize(SessionGeneration.FORKS_MAX);
      assertThat(first.forks().get(0).sessionKey().value()).isEqualTo("fork 0");
      assertThat(first.forks().get(99).sessionKey().value()).isEqualTo("fork 99");
    }
  }

  @ParameterizedTest
  @EnumSource
  void pages_follow_each_other_first_to_last(TestDatabase database) {
    Story story = new Story();
    story.opened(KEY, "s-1");
    for (int i = 2; i <= 8; i++) {
      story.reset(KEY, i % 3 == 0 ? null : "s-" + i);
    }
    try (HikariDataSource dataSource = database.create()) {
      LineageView view = folded(dataSource, story);
      List<SessionGeneration> paged = new ArrayList<>();
      String cursor = null;
      do {
        Page<SessionGeneration> page = view.find(new FindGenerations(KEY, 3, cursor)).orElseThrow();
        assertThat(page.items()).hasSizeBetween(1, 3);
        paged.addAll(page.items());
        cursor = page.nextCursor();
      } while (cursor != null);

      assertThat(paged).isEqualTo(view.find(all(KEY)).orElseThrow().items()).hasSize(8);
      assertThat(paged.subList(0, 7)).allMatch(each -> each.endedBy() != null);
      assertThat(view.find(all(new SessionKey("never")))).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_real_ledgers_generations_are_the_documents_of_the_api(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, LineageView::new)) {
      test.by("ann", "hello", open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.accepted(start(KEY, "s-1", "r-2"));
      test.by("bob", "too long", compact(KEY, "s-2", "r-1"));
      test.by("ann", "stuck", reset(KEY, "s-3"));
      test.accepted(close(KEY));
      test.caughtUp();

      Page<SessionGeneration> page = test.view(LineageView.class).find(all(KEY)).orElseThrow();
      JsonNode items = Json.mapper().valueToTree(page).get("items");
      assertThat(items).hasSize(3);
      JsonNode first = items.get(0);
      assertThat(first.get("generation").longValue()).isEqualTo(1);
      assertThat(first.get("sessionId").textValue()).isEqualTo("s-1");
      assertThat(first.get("startedBy").get("type").textValue()).isEqualTo("SessionOpened");
      assertThat(first.get("startedBy").get("version").longValue()).isEqualTo(1);
      assertThat(first.get("endedBy").get("reason").textValue()).isEqualTo("too long");
      assertThat(first.get("carriedRuns").toString()).isEqualTo("[\"r-1\"]");
      assertThat(first.get("supersededRuns").toString()).isEqualTo("[\"r-2\"]");
      assertThat(first.has("origin")).isFalse();
      assertThat(items.get(1).get("supersededRuns").toString()).isEqualTo("[\"r-1\"]");
      assertThat(items.get(2).get("endedBy").get("type").textValue()).isEqualTo("SessionClosed");

      test.reopen();
      assertThat(test.view(LineageView.class).find(all(KEY))).contains(page);
    }
  }

  private static FindGenerations all(SessionKey key) {
    return new FindGenerations(key, 1_000, null);
  }

  private static List<SessionGeneration> generations(Story story, SessionKey key) {
    try (HikariDataSource dataSource = TestDatabase.H2.create()) {
      return folded(dataSource, story).find(all(key)).orElseThrow().items();
    }
  }

  private static LineageView folded(HikariDataSource dataSource, Story story) {
    LineageView view = new LineageView(dataSource, new StoryReader(story));
    Tables.of(dataSource, view);
    Tables.fold(dataSource, view.fold(Tables.of(dataSource, view)), story.events());
    return view;
  }
}

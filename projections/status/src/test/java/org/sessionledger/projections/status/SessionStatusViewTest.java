package org.sessionledger.projections.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.projections.kit.TestLedger.fail;
import static org.sessionledger.projections.kit.TestLedger.open;
import static org.sessionledger.projections.kit.TestLedger.reset;
import static org.sessionledger.projections.kit.TestLedger.start;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.axonframework.messaging.responsetypes.ResponseTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.Page;
import org.sessionledger.projections.kit.PageAnswer;
import org.sessionledger.projections.kit.Sql;
import org.sessionledger.projections.kit.Story;
import org.sessionledger.projections.kit.Tables;
import org.sessionledger.projections.kit.TestDatabase;
import org.sessionledger.projections.kit.TestLedger;

class SessionStatusViewTest {

  private static final SessionKey KEY = new SessionKey("agent:main:slack:channel:C1");
  private static final String WIDE = "\uD83E\uDD9E";

  @ParameterizedTest
  @EnumSource
  void a_late_report_leaves_the_fresh_generation_idle_also_after_a_restart(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, SessionStatusView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.accepted(reset(KEY, "s-2"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, null, "r-1", null, "error", "too late"));
      test.caughtUp();

      SessionStatus shown = find(test, KEY);
      assertThat(shown.status()).isEqualTo(Status.IDLE);
      assertThat(shown.generation()).isEqualTo(2);
      assertThat(shown.sessionId().value()).isEqualTo("s-2");
      assertThat(shown.lastRun()).isNull();
      assertThat(shown).isEqualTo(test.ledger().reader().session(KEY).orElseThrow());

      test.reopen();
      assertThat(find(test, KEY)).isEqualTo(shown);
      assertThat(
              view(test).find(new FindSessionStatus(new SessionKey("agent:MAIN:slack:channel:C1"))))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_status_is_what_the_ledger_stored_beside_the_newest_event(TestDatabase database) {
    List<RecordedEvent> events = Story.random(7, 2_000).events();
    try (HikariDataSource dataSource = database.create()) {
      SessionStatusView view = folded(dataSource, events);
      List<SessionStatus> newest = new ArrayList<>();
      for (int i = events.size() - 1; i >= 0; i--) {
        SessionStatus after = events.get(i).session();
        if (newest.stream().noneMatch(each -> each.sessionKey().equals(after.sessionKey()))) {
          newest.add(after);
        }
      }

      List<SessionStatus> paged = new ArrayList<>();
      String cursor = null;
      do {
        Page<SessionStatus> page = view.find(new FindSessions(null, null, 3, cursor));
        assertThat(page.items()).hasSizeBetween(1, 3);
        paged.addAll(page.items());
        cursor = page.nextCursor();
      } while (cursor != null);
      assertThat(paged).isEqualTo(newest);

      for (Status status : Status.values()) {
        assertThat(view.find(new FindSessions(status, null, 1_000, null)).items())
            .isEqualTo(newest.stream().filter(each -> each.status() == status).toList());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_prefix_is_taken_to_the_letter(TestDatabase database) {
    List<String> keys =
        List.of(
            "50%_off!", "50%_off!more", "50xyoff!", "50%_OFF!", "a\\b", "a\\bc", "a_b", WIDE + "x");
    Story story = new Story();
    keys.forEach(key -> story.opened(new SessionKey(key), "s-1"));
    try (HikariDataSource dataSource = database.create()) {
      SessionStatusView view = folded(dataSource, story.events());

      assertThat(keys(view, "50%_off!")).containsExactly("50%_off!more", "50%_off!");
      assertThat(keys(view, "50")).hasSize(4);
      assertThat(keys(view, "a\\b")).containsExactly("a\\bc", "a\\b");
      assertThat(keys(view, "a_")).containsExactly("a_b");
      assertThat(keys(view, WIDE)).containsExactly(WIDE + "x");
      assertThat(keys(view, "%")).isEmpty();
      assertThat(keys(view, "")).hasSize(keys.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_longest_key_and_a_nul_in_an_error_message_are_kept(TestDatabase database) {
    SessionKey longest = new SessionKey(WIDE.repeat(512));
    String run = WIDE.repeat(256);
    Story story = new Story();
    story.opened(longest, WIDE.repeat(256));
    story.started(longest, run);
    story.failed(longest, run, "\u0000", "before \u0000 after");
    story.opened(new SessionKey(WIDE.repeat(511) + "x"), "s-1");
    try (HikariDataSource dataSource = database.create()) {
      SessionStatusView view = folded(dataSource, story.events());

      SessionStatus shown = view.find(new FindSessionStatus(longest)).orElseThrow();
      assertThat(shown).isEqualTo(story.status(longest));
      assertThat(shown.lastRun().errorMessage()).isEqualTo("before \u0000 after");
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_event_that_skips_a_version_is_not_taken_in(TestDatabase database) {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.completed(KEY, "r-1");
    try (HikariDataSource dataSource = database.create()) {
      SessionStatusView view = folded(dataSource, story.events().subList(0, 1));
      List<RecordedEvent> skipping = story.events().subList(2, 3);

      assertThatThrownBy(
              () -> Tables.fold(dataSource, view.fold(Tables.of(dataSource, view)), skipping))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("version 3 of session " + KEY + " follows version 1");
    }
  }

  @Test
  void a_row_that_another_writer_moved_is_not_overwritten() {
    Story story = new Story();
    RecordedEvent opened = story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    try (HikariDataSource dataSource = TestDatabase.H2.create()) {
      SessionStatusView view = folded(dataSource, story.events());
      StatusRow older = new StatusRow(opened.sessionNo(), opened.session());

      assertThatThrownBy(
              () ->
                  Sql.query(
                      dataSource,
                      connection -> {
                        new SessionStatusTable(Tables.of(dataSource, view))
                            .update(connection, List.of(older));
                        return null;
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another writer");
      assertThat(view.find(new FindSessionStatus(KEY))).contains(story.status(KEY));
    }
  }

  @Test
  void the_limit_of_a_page_is_held() {
    assertThatThrownBy(() -> new FindSessions(null, null, 1_001, null))
        .isInstanceOf(InvalidField.class);
    assertThatThrownBy(() -> new FindSessions(null, null, 0, null))
        .isInstanceOf(InvalidField.class);
  }

  @Test
  void both_questions_can_be_asked_over_the_query_bus() throws Exception {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, SessionStatusView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.caughtUp();

      assertThat(
              test.views()
                  .queries()
                  .query(
                      new FindSessionStatus(KEY),
                      ResponseTypes.optionalInstanceOf(SessionStatus.class))
                  .get(60, TimeUnit.SECONDS))
          .contains(find(test, KEY));
      assertThat(
              test.views()
                  .queries()
                  .query(
                      new FindSessions(null, "agent:", 10, null),
                      PageAnswer.of(SessionStatus.class))
                  .get(60, TimeUnit.SECONDS)
                  .orElseThrow()
                  .items())
          .containsExactly(find(test, KEY));
    }
  }

  private static List<String> keys(SessionStatusView view, String prefix) {
    return view.find(new FindSessions(null, prefix, 100, null)).items().stream()
        .map(session -> session.sessionKey().value())
        .toList();
  }

  private static SessionStatusView folded(HikariDataSource dataSource, List<RecordedEvent> events) {
    SessionStatusView view = new SessionStatusView(dataSource);
    Tables.of(dataSource, view);
    Tables.fold(dataSource, view.fold(Tables.of(dataSource, view)), events);
    return view;
  }

  private static SessionStatusView view(TestLedger test) {
    return test.view(SessionStatusView.class);
  }

  private static SessionStatus find(TestLedger test, SessionKey key) {
    return view(test).find(new FindSessionStatus(key)).orElseThrow();
  }
}

package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.session.Past.*;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.CompactionId;

/** A session that was saved and read again has everything that it decides by. */
class SnapshotTest {

  @Test
  void a_saved_session_says_all_that_it_is() {
    Session session = new Session();
    session.on(
        new SessionEvent.SessionOpened(KEY, FIRST, RunPolicy.SINGLE, Map.of("team", "blue"), null));
    session.on((SessionEvent.RunStarted) started(FIRST, "r-1"), 1);
    session.on((SessionEvent.RunProgressed) progressed(FIRST, "r-1"), 2);
    session.on((SessionEvent.CompactionBegun) begun(FIRST, "c-1"));
    String saved = Json.write(session);
    assertThat(saved)
        .isEqualTo(
            """
            {"key":"agent:main:slack:channel:C1","current":{"number":1,"sessionId":"s-1"},\
            "runPolicy":"single","attributes":{"team":"blue"},\
            "runs":[{"runId":"r-1","attempt":1,"instance":"gw-1","startedVersion":2,\
            "renewedVersion":3}],\
            "begun":"c-1","closed":false}""");
    assertThat(Json.write(Json.read(saved, Session.class))).isEqualTo(saved);
  }

  @Test
  void a_closed_and_a_migrated_session_are_saved_as_such() {
    Session closed = new Session();
    closed.on((SessionEvent.SessionOpened) opened());
    closed.on((SessionEvent.SessionClosed) closed(FIRST));
    Session again = Json.read(Json.write(closed), Session.class);
    assertThat(again.open(new SessionCommand.OpenSession(KEY, null, null, null)))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.SESSION_CLOSED));

    Session moved = new Session();
    moved.on((SessionEvent.SessionOpened) opened());
    moved.on((SessionEvent.SessionMigrated) migrated(FIRST, generation(1, "m-1")));
    assertThat(Json.write(moved)).contains("\"movedTo\":\"" + OTHER_KEY + "\"");
    assertThat(Json.write(Json.read(Json.write(moved), Session.class)))
        .isEqualTo(Json.write(moved));
  }

  @Test
  void what_is_carried_is_saved_with_its_old_renewal_and_a_begun_compaction_is_over() {
    Session session = new Session();
    session.on((SessionEvent.SessionOpened) opened());
    session.on((SessionEvent.RunStarted) started(FIRST, "r-1"), 1);
    session.on((SessionEvent.RunStarted) started(FIRST, "r-2"), 2);
    session.on(new SessionEvent.CompactionBegun(KEY, FIRST, new CompactionId("c-1"), 1));
    session.on(
        (SessionEvent.SessionCompacted)
            compacted(FIRST, SECOND, "c-1", List.of(run("r-2")), List.of(run("r-1"))));
    assertThat(Json.write(session))
        .contains("\"current\":{\"number\":2,\"sessionId\":\"s-2\"}")
        .contains("\"runs\":[{\"runId\":\"r-2\",\"attempt\":1,\"instance\":\"gw-1\"")
        .contains("\"renewedVersion\":3}]")
        .doesNotContain("begun");
  }

  @Test
  void what_is_over_holds_no_runs_and_no_compaction() {
    SessionEvent[] ends = {closed(FIRST, "r-1"), migrated(FIRST, generation(1, "m-1"), "r-1")};
    for (SessionEvent end : ends) {
      Session session = new Session();
      session.on((SessionEvent.SessionOpened) opened());
      session.on((SessionEvent.RunStarted) started(FIRST, "r-1"), 1);
      session.on((SessionEvent.CompactionBegun) begun(FIRST, "c-1"));
      if (end instanceof SessionEvent.SessionClosed closed) {
        session.on(closed);
      } else {
        session.on((SessionEvent.SessionMigrated) end);
      }
      assertThat(Json.write(session)).contains("\"runs\":[]").doesNotContain("begun");
    }
  }

  @Test
  void a_generation_that_the_history_has_lost_is_a_broken_assumption() {
    Session session = new Session();
    session.on((SessionEvent.SessionOpened) opened());
    session.on((SessionEvent.SessionReset) reset(FIRST, SECOND));
    assertThat(session.generation(2L, new FoldedHistory())).isEqualTo(SECOND);
    assertThat(session.generation(null, new FoldedHistory())).isEqualTo(SECOND);
    assertThatThrownBy(() -> session.generation(1L, new FoldedHistory()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no generation 1 of " + KEY);
  }
}

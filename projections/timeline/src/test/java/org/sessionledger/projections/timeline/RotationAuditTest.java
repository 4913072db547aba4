package org.sessionledger.projections.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.projections.kit.TestLedger.close;
import static org.sessionledger.projections.kit.TestLedger.compact;
import static org.sessionledger.projections.kit.TestLedger.complete;
import static org.sessionledger.projections.kit.TestLedger.fail;
import static org.sessionledger.projections.kit.TestLedger.open;
import static org.sessionledger.projections.kit.TestLedger.reset;
import static org.sessionledger.projections.kit.TestLedger.start;
import static org.sessionledger.projections.kit.TestLedger.startNext;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.TestDatabase;
import org.sessionledger.projections.kit.TestLedger;

class RotationAuditTest {

  private static final SessionKey KEY = new SessionKey("agent:main");

  @ParameterizedTest
  @EnumSource
  void the_recorded_race_is_told_with_its_late_report(TestDatabase database) {
    try (TestLedger test = TestLedger.open(database, TimelineView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-1", "r-7"));
      test.by("ann", "stuck", reset(KEY, "s-2"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, null, "r-1", null, "error", "late"));
      test.refused(Reason.STALE_GENERATION, fail(KEY, "s-1", "r-1", null, "error", "late"));
      test.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-2", "r-7"));
      test.accepted(start(KEY, "s-2", "r-2"));
      test.caughtUp();

      RotationAudit audit = audit(test, null);
      assertThat(audit.rotation().type()).isEqualTo("SessionReset");
      assertThat(audit.rotation().actor()).isEqualTo("ann");
      assertThat(audit.rotation().reason()).isEqualTo("stuck");
      assertThat(audit.before())
          .isEqualTo(
              new RotationAudit.Side(
                  1, new SessionId("s-1"), Status.RUNNING, List.of(new RunId("r-1")), 2));
      assertThat(audit.after())
          .isEqualTo(new RotationAudit.Side(2, new SessionId("s-2"), Status.IDLE, List.of(), 3));
      assertThat(audit.supersededRuns()).containsExactly(new RunId("r-1"));
      assertThat(audit.carriedRuns()).isEmpty();
      assertThat(reasons(audit)).containsExactly(Reason.RUN_SUPERSEDED, Reason.STALE_GENERATION);
      assertThat(audit.changesFromEndedGeneration()).isZero();
      assertThat(audit.intact()).isTrue();

      assertThat(audit(test, 1L)).isEqualTo(audit);
      assertThat(test.view(TimelineView.class).find(new FindRotationAudit(KEY, 2L))).isEmpty();
      JsonNode document = Json.mapper().valueToTree(audit);
      assertThat(document.fieldNames())
          .toIterable()
          .containsExactly(
              "sessionKey",
              "rotation",
              "before",
              "after",
              "carriedRuns",
              "supersededRuns",
              "lateArrivals",
              "changesFromEndedGeneration",
              "intact");
      assertThat(document.get("lateArrivals").get(0).get("reason").textValue())
          .isEqualTo("run-superseded");
      assertThat(document.get("before").get("openRuns").toString()).isEqualTo("[\"r-1\"]");

      test.reopen();
      assertThat(audit(test, 1L)).isEqualTo(audit);
    }
  }

  @Test
  void an_in_place_reset_hands_the_session_id_on_so_the_id_alone_names_the_new_generation() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, TimelineView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.accepted(reset(KEY, "s-1"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, "s-1", "r-1", null, "error", "late"));
      test.refused(Reason.UNKNOWN_RUN, complete(KEY, "s-1", "r-7"));
      test.refused(
          Reason.STALE_GENERATION,
          new SessionCommand.CompleteRun(KEY, null, 1L, new RunId("r-7"), null));
      test.refused(
          Reason.EXPECTED_GENERATION, new SessionCommand.ResetSession(KEY, null, 1L, null));
      test.caughtUp();

      assertThat(reasons(audit(test, 1L)))
          .containsExactly(
              Reason.RUN_SUPERSEDED, Reason.STALE_GENERATION, Reason.EXPECTED_GENERATION);
    }
  }

  @Test
  void a_later_attempt_belongs_to_its_own_generation() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, TimelineView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.accepted(reset(KEY, "s-2"));
      test.accepted(startNext(KEY, "s-2", "r-1", 2));
      test.refused(Reason.ATTEMPT_SUPERSEDED, fail(KEY, null, "r-1", 1L, "error", "of the old"));
      test.accepted(complete(KEY, null, "r-1"));
      test.refused(Reason.RUN_ENDED, fail(KEY, null, "r-1", null, "error", "of the new"));
      test.caughtUp();

      RotationAudit audit = audit(test, 1L);
      assertThat(reasons(audit)).containsExactly(Reason.ATTEMPT_SUPERSEDED);
      assertThat(audit.changesFromEndedGeneration()).isZero();
    }
  }

  @Test
  void each_rotation_has_its_own_audit_and_the_latest_is_told_by_default() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, TimelineView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.accepted(start(KEY, "s-1", "r-1"));
      test.accepted(start(KEY, "s-1", "r-2"));
      test.accepted(compact(KEY, "s-2", "r-1"));
      test.refused(Reason.STALE_GENERATION, fail(KEY, "s-1", "r-1", null, "error", "old id"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, "s-2", "r-2", null, "error", "left"));
      test.accepted(reset(KEY, "s-3"));
      test.refused(Reason.RUN_SUPERSEDED, fail(KEY, null, "r-1", null, "error", "carried once"));
      test.accepted(close(KEY));
      test.refused(Reason.SESSION_CLOSED, start(KEY, "s-3", "r-9"));
      test.caughtUp();

      assertThat(reasons(audit(test, 1L)))
          .containsExactly(Reason.STALE_GENERATION, Reason.RUN_SUPERSEDED);
      assertThat(audit(test, 1L).rotation().type()).isEqualTo("SessionCompacted");
      assertThat(reasons(audit(test, 2L))).containsExactly(Reason.RUN_SUPERSEDED);
      RotationAudit latest = audit(test, null);
      assertThat(latest).isEqualTo(audit(test, 3L));
      assertThat(latest.rotation().type()).isEqualTo("SessionClosed");
      assertThat(latest.after().status()).isEqualTo(Status.CLOSED);
      assertThat(reasons(latest)).containsExactly(Reason.SESSION_CLOSED);
    }
  }

  @Test
  void a_session_that_never_rotated_has_no_audit() {
    try (TestLedger test = TestLedger.open(TestDatabase.H2, TimelineView::new)) {
      test.accepted(open(KEY, "s-1"));
      test.caughtUp();
      assertThat(test.view(TimelineView.class).find(new FindRotationAudit(KEY, null))).isEmpty();
    }
  }

  private static List<Reason> reasons(RotationAudit audit) {
    return audit.lateArrivals().stream().map(late -> late.refusal().reason()).toList();
  }

  private static RotationAudit audit(TestLedger test, Long generation) {
    return test.view(TimelineView.class).find(new FindRotationAudit(KEY, generation)).orElseThrow();
  }
}

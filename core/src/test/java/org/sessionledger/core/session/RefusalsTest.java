package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.session.Past.FIRST;
import static org.sessionledger.core.session.Past.KEY;
import static org.sessionledger.core.session.Past.OTHER_KEY;
import static org.sessionledger.core.session.Past.SECOND;
import static org.sessionledger.core.session.Past.SECOND_IN_PLACE;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sessionledger.core.identity.Claim;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.CompactionId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;

/** The words of a refusal are all that an operator has at night. */
class RefusalsTest {

  private static final RunId RUN = new RunId("r-1");

  /** A refusal, what its detail must name of both sides, and what its way out must name. */
  static Stream<Arguments> refusals() {
    Claim old = new Claim(FIRST.sessionId(), 1L);
    Claim never = new Claim(new SessionId("s-9"), null);
    Claim mixed = new Claim(FIRST.sessionId(), 2L);
    MalformedCommand malformed =
        new MalformedCommand(
            new CommandId("c"),
            null,
            null,
            "runId",
            "'runId' is missing: StartRun needs it",
            JsonNodeFactory.instance.objectNode(),
            Provenance.NONE,
            false);
    return Stream.of(
        told(Refusals.unknownSession(KEY), List.of(KEY.value()), "OpenSession"),
        told(
            Refusals.migrated(KEY, OTHER_KEY, FIRST),
            List.of(KEY.value(), OTHER_KEY.value(), "1 (s-1)"),
            OTHER_KEY.value()),
        told(Refusals.closed(KEY, FIRST), List.of(KEY.value(), "1 (s-1)"), "ReopenSession"),
        told(
            Refusals.alreadyOpen(KEY, FIRST, new SessionId("s-9")),
            List.of(KEY.value(), "1 (s-1)", "s-9"),
            "ResetSession"),
        told(Refusals.alreadyOpen(KEY, FIRST, null), List.of(KEY.value(), "1 (s-1)."), "rotate"),
        told(Refusals.targetExists(OTHER_KEY), List.of(OTHER_KEY.value()), "never opened"),
        told(Refusals.malformed(malformed), List.of("'runId' is missing"), "Mend"),
        told(Refusals.commandIdReused(new CommandId("c-1")), List.of("'c-1'"), "id of its own"),
        told(
            Refusals.expected(old, FIRST, SECOND),
            List.of("generation 1 (s-1)", "2 (s-2)"),
            "decide whether the current generation should end"),
        told(
            Refusals.stale(old, FIRST, SECOND),
            List.of("generation 1 (s-1)", "2 (s-2)"),
            "session id s-2"),
        told(
            Refusals.stale(new Claim(FIRST.sessionId(), null), FIRST, SECOND),
            List.of("session id s-1", "(generation 1)", "2 (s-2)"),
            "start a new run"),
        told(
            Refusals.unknownGeneration(never, SECOND),
            List.of("session id s-9", "2 (s-2)"),
            "session id or number"),
        told(
            Refusals.unknownGeneration(Claim.NONE, SECOND),
            List.of("without saying which generation", "2 (s-2)"),
            "session id or number"),
        told(Refusals.unknownFrom(7, SECOND), List.of("generation 7", "2 (s-2)"), "1 to 2"),
        told(
            Refusals.mismatch(mixed, SECOND),
            List.of("s-1", "number 2", "2 (s-2)"),
            "pair that belongs together"),
        told(
            Refusals.unknownRun(RUN, null, SECOND),
            List.of("'r-1' was never started", "2 (s-2)"),
            "start first"),
        told(
            Refusals.unknownRun(RUN, 4L, SECOND),
            List.of("'r-1' has no attempt 4", "2 (s-2)"),
            "start first"),
        told(
            Refusals.superseded(RUN, FIRST, SECOND),
            List.of("'r-1'", "1 (s-1)", "2 (s-2)"),
            "next attempt, or as a new run"),
        told(
            Refusals.attemptSuperseded(RUN, 1, 2),
            List.of("attempt 1", "'r-1'", "attempt 2"),
            "attempt 2"),
        told(Refusals.attemptTooHigh(RUN, 5, 2), List.of("is 5", "'r-1'", "is 2"), "attempt 2"),
        told(
            Refusals.ended(RUN, 1, Status.ABORTED),
            List.of("Attempt 1", "'r-1'", "aborted"),
            "start attempt 2 if the run goes on"),
        told(
            Refusals.ended(RUN, 1, Status.INTERRUPTED),
            List.of("Attempt 1", "'r-1'", "interrupted"),
            "report its real end, or start attempt 2"),
        told(Refusals.runActive(RUN), List.of("one run at a time", "'r-1'"), "Wait"),
        told(Refusals.tooManyRuns(), List.of("1000"), "InterruptRuns"),
        told(
            Refusals.compactionSuperseded(new CompactionId("c-1"), "was abandoned", SECOND),
            List.of("'c-1' was abandoned", "2 (s-2)"),
            "under a new id"),
        told(
            Refusals.sessionIdReused(FIRST.sessionId(), FIRST, SECOND),
            List.of("s-1", "generation 1", "2 (s-2)"),
            "new session id"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void every_refusal_names_both_sides_and_the_way_out(
      Outcome.Refused refused, List<String> both, String wayOut) {
    assertThat(refused.detail()).contains(both);
    assertThat(refused.next()).contains(wayOut).endsWith(".");
  }

  @Test
  void every_reason_has_words() {
    assertThat(refusals().map(each -> ((Outcome.Refused) each.get()[0]).reason()))
        .contains(Reason.values());
  }

  @Test
  void what_has_ended_is_told_where_there_is_such_a_generation() {
    Claim old = new Claim(FIRST.sessionId(), 1L);
    assertThat(Refusals.stale(old, FIRST, SECOND).ended()).isEqualTo(FIRST);
    assertThat(Refusals.superseded(RUN, FIRST, SECOND).ended()).isEqualTo(FIRST);
    assertThat(Refusals.expected(old, FIRST, SECOND).ended()).isEqualTo(FIRST);
    assertThat(Refusals.expected(old, null, SECOND).ended()).isNull();
    assertThat(Refusals.closed(KEY, FIRST).ended()).isEqualTo(FIRST);
    assertThat(Refusals.migrated(KEY, OTHER_KEY, FIRST).ended()).isEqualTo(FIRST);
    assertThat(Refusals.migrated(KEY, OTHER_KEY, FIRST).movedTo()).isEqualTo(OTHER_KEY);
  }

  @Test
  void the_id_that_a_close_retired_belongs_to_no_generation_before_the_last() {
    assertThat(Refusals.sessionIdReused(FIRST.sessionId(), FIRST, SECOND).ended()).isEqualTo(FIRST);
    assertThat(Refusals.sessionIdReused(FIRST.sessionId(), FIRST, FIRST).ended()).isNull();
    assertThat(
            Refusals.sessionIdReused(FIRST.sessionId(), SECOND_IN_PLACE, SECOND_IN_PLACE).ended())
        .isNull();
  }

  @Test
  void what_is_invalid_blames_a_field() {
    assertThat(Refusals.attemptTooHigh(RUN, 5, 2).field()).isEqualTo("attempt");
    MalformedCommand malformed =
        new MalformedCommand(
            new CommandId("c"),
            null,
            null,
            "runId",
            "'runId' is missing",
            JsonNodeFactory.instance.objectNode(),
            Provenance.NONE,
            false);
    assertThat(Outcome.invalid(malformed)).isEqualTo(Refusals.malformed(malformed));
    assertThat(Refusals.malformed(malformed).field()).isEqualTo("runId");
    assertThat(Refusals.malformed(malformed).detail()).isEqualTo("'runId' is missing");
  }

  @Test
  void an_id_that_is_remembered_for_another_command_is_refused_in_the_same_words() {
    CommandId id = new CommandId("c-1");
    assertThat(Outcome.commandIdReused(id)).isEqualTo(Refusals.commandIdReused(id));
  }

  @Test
  void the_reason_codes_are_a_contract() {
    assertThat(Arrays.stream(Reason.values()).map(Reason::code))
        .containsExactlyInAnyOrder(
            "unknown-session",
            "already-open",
            "stale-generation",
            "unknown-generation",
            "generation-mismatch",
            "expected-generation",
            "unknown-run",
            "run-ended",
            "run-superseded",
            "run-active",
            "attempt-superseded",
            "session-id-reused",
            "compaction-superseded",
            "session-closed",
            "session-migrated",
            "too-many-runs",
            "command-id-reused",
            "invalid");
  }

  @Test
  void a_reason_is_found_by_its_code_and_is_its_code_in_json() {
    for (Reason reason : Reason.values()) {
      assertThat(Reason.of(reason.code())).isEqualTo(reason);
      assertThat(Json.write(reason)).isEqualTo('"' + reason.code() + '"');
      assertThat(Json.read('"' + reason.code() + '"', Reason.class)).isEqualTo(reason);
      assertThat(reason.title()).isNotBlank();
    }
    assertThatThrownBy(() -> Reason.of("STALE_GENERATION"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'STALE_GENERATION'");
  }

  private static Arguments told(Outcome.Refused refused, List<String> both, String wayOut) {
    return Arguments.of(refused, both, wayOut);
  }
}

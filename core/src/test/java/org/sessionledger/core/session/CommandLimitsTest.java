package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.session.Past.KEY;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.RunId;

/** Limits hold at their edge, and whoever breaks one is told its name. */
class CommandLimitsTest {

  private static final String ROCKET = "\uD83D\uDE80";

  /** Every counting field of every command, with the least number that it takes. */
  static Stream<Arguments> counters() {
    List<String> fromOne = List.of("generation", "expectedGeneration", "fromGeneration", "attempt");
    List<String> fromZero = List.of("tokens", "tokensBefore", "tokensAfter", "lastRenewedVersion");
    return Samples.commands()
        .map(command -> CommandJson.canonical(arrival(command)))
        .flatMap(
            json ->
                Stream.concat(
                    fromOne.stream().filter(json::has).map(f -> Arguments.of(json, f, 1)),
                    fromZero.stream().filter(json::has).map(f -> Arguments.of(json, f, 0))));
  }

  @ParameterizedTest(name = "{1} of {0}")
  @MethodSource("counters")
  void a_counter_is_good_from_its_least_number_on(ObjectNode command, String field, long least) {
    ObjectNode sent = CommandJsonTest.sent(command);
    assertThat(CommandJsonTest.read(sent.deepCopy().put(field, least))).isInstanceOf(Arrival.class);
    assertThat(CommandJsonTest.read(sent.deepCopy().put(field, Long.MAX_VALUE)))
        .isInstanceOf(Arrival.class);
    assertThat(CommandJsonTest.malformed(sent.deepCopy().put(field, least - 1)).field())
        .isEqualTo(field);
    assertThat(CommandJsonTest.malformed(sent.deepCopy().put(field, least - 1)).problem())
        .startsWith("'" + field + "' ")
        .contains(String.valueOf(least - 1));
  }

  /** Every id of every command; a key has twice the limit. */
  static Stream<Arguments> ids() {
    Map<String, Integer> limits = new HashMap<>();
    List.of(
            "commandId",
            "sessionId",
            "expectedSessionId",
            "newSessionId",
            "runId",
            "resumesRunId",
            "compactionId",
            "instance",
            "actor")
        .forEach(field -> limits.put(field, 256));
    limits.put("sessionKey", 512);
    limits.put("newSessionKey", 512);
    return Samples.commands()
        .map(command -> CommandJson.canonical(arrival(command)).put("actor", "ops"))
        .flatMap(
            json ->
                limits.entrySet().stream()
                    .filter(limit -> json.has(limit.getKey()))
                    .map(limit -> Arguments.of(json, limit.getKey(), limit.getValue())));
  }

  @ParameterizedTest(name = "{1} of {0}")
  @MethodSource("ids")
  void an_id_is_good_up_to_its_limit_and_the_field_that_held_it_is_told(
      ObjectNode command, String field, int limit) {
    ObjectNode sent = CommandJsonTest.sent(command);
    assertThat(CommandJsonTest.read(sent.deepCopy().put(field, ROCKET.repeat(limit))))
        .isInstanceOf(Arrival.class);
    MalformedCommand tooLong =
        CommandJsonTest.malformed(sent.deepCopy().put(field, "x".repeat(limit + 1)));
    assertThat(tooLong.field()).isEqualTo(field);
    assertThat(tooLong.problem())
        .isEqualTo(
            "'%s' has %d characters, at most %d are allowed".formatted(field, limit + 1, limit));
    MalformedCommand empty = CommandJsonTest.malformed(sent.deepCopy().put(field, ""));
    assertThat(empty.field()).isEqualTo(field);
    assertThat(empty.problem()).isEqualTo("'" + field + "' must not be empty");
    assertThat(CommandJsonTest.malformed(sent.deepCopy().put(field, "a\uD83D")).field())
        .isEqualTo(field);
  }

  static Stream<Arguments> readableTexts() {
    return Stream.of(Arguments.of("note", 4_096), Arguments.of("reason", 4_096));
  }

  @ParameterizedTest
  @MethodSource("readableTexts")
  void a_text_that_people_read_may_be_empty_and_has_a_limit(String field, int limit) {
    ObjectNode progress = CommandJsonTest.command("ReportProgress").put("runId", "r-1");
    assertThat(CommandJsonTest.read(progress.deepCopy().put(field, "")))
        .isInstanceOf(Arrival.class);
    assertThat(CommandJsonTest.read(progress.deepCopy().put(field, ROCKET.repeat(limit))))
        .isInstanceOf(Arrival.class);
    MalformedCommand refused =
        CommandJsonTest.malformed(progress.deepCopy().put(field, "x".repeat(limit + 1)));
    assertThat(refused.field()).isEqualTo(field);
    assertThat(refused.problem()).contains("4097", "4096");
    assertThat(CommandJsonTest.malformed(progress.deepCopy().put(field, "\uDE80")).field())
        .isEqualTo(field);
  }

  @Test
  void an_errors_kind_and_message_may_be_empty_and_hold_no_lone_surrogates() {
    ObjectNode fail = CommandJsonTest.command("FailRun").put("runId", "r-1");
    assertThat(CommandJsonTest.read(fail.deepCopy().put("errorKind", "").put("errorMessage", "")))
        .isInstanceOf(Arrival.class);
    assertThat(CommandJsonTest.malformed(fail.deepCopy().put("errorKind", "\uD83D")).field())
        .isEqualTo("errorKind");
    assertThat(CommandJsonTest.malformed(fail.deepCopy().put("errorMessage", "\uD83D")).field())
        .isEqualTo("errorMessage");
  }

  @Test
  void sixty_four_attributes_are_the_most() {
    assertThat(new SessionCommand.OpenSession(KEY, null, null, attributes(64)).attributes())
        .hasSize(64);
    assertThatThrownBy(() -> new SessionCommand.OpenSession(KEY, null, null, attributes(65)))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'attributes' has 65 entries, at most 64 are allowed");
  }

  @Test
  void attributes_have_names_and_values_within_limits() {
    assertThat(open(Map.of(ROCKET.repeat(256), ROCKET.repeat(4_096)))).isNotNull();
    assertThat(open(Map.of("a", ""))).isNotNull();
    List<Map<String, String>> wrong =
        List.of(
            Map.of("", "a"),
            Map.of("x".repeat(257), "a"),
            Map.of("a", "x".repeat(4_097)),
            Map.of("a\uD83D", "a"),
            Map.of("a", "\uD83D"),
            Map.of("a\0", "a"));
    for (Map<String, String> attributes : wrong) {
      assertThatThrownBy(() -> open(attributes))
          .isInstanceOfSatisfying(
              InvalidField.class, e -> assertThat(e.field()).isEqualTo("attributes"));
    }
  }

  @Test
  void attributes_are_kept_in_the_order_of_their_names_and_never_change() {
    Map<String, String> given = new HashMap<>(Map.of("b", "2", "a", "1"));
    SessionCommand.OpenSession open = open(given);
    given.put("c", "3");
    assertThat(open.attributes().keySet()).containsExactly("a", "b");
    assertThatThrownBy(() -> open.attributes().put("c", "3"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_thousand_carried_runs_are_the_most() {
    assertThat(compact(runs(1_000)).carryRuns()).hasSize(1_000);
    assertThatThrownBy(() -> compact(runs(1_001)))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'carryRuns' has 1001 entries, at most 1000 are allowed");
  }

  @Test
  void a_run_that_is_carried_twice_is_carried_once_and_null_is_no_run() {
    assertThat(compact(List.of(new RunId("a"), new RunId("b"), new RunId("a"))).carryRuns())
        .containsExactly(new RunId("a"), new RunId("b"));
    assertThatThrownBy(() -> compact(Collections.singletonList(null)))
        .isInstanceOf(InvalidField.class)
        .hasMessage("'carryRuns' must not hold null");
  }

  @Test
  void interrupting_names_an_instance_or_one_run_and_never_both() {
    RunId run = new RunId("r-1");
    assertInvalid("instance", () -> new SessionCommand.InterruptRuns(KEY, null, null, null, null));
    assertInvalid("instance", () -> new SessionCommand.InterruptRuns(KEY, null, null, 1L, null));
    assertInvalid("sessionKey", () -> new SessionCommand.InterruptRuns(null, null, run, 1L, null));
    assertInvalid("runId", () -> new SessionCommand.InterruptRuns(KEY, "gw-1", run, null, null));
    assertInvalid("attempt", () -> new SessionCommand.InterruptRuns(KEY, "gw-1", null, 1L, null));
    assertInvalid(
        "lastRenewedVersion", () -> new SessionCommand.InterruptRuns(KEY, "gw-1", null, null, 1L));
    assertThatThrownBy(() -> new SessionCommand.InterruptRuns(KEY, "gw-1", run, null, null))
        .hasMessage("'runId' does not go with 'instance'");
  }

  @Test
  void a_session_neither_forks_nor_migrates_to_itself() {
    assertInvalid("newSessionKey", () -> new SessionCommand.ForkSession(KEY, KEY, null, null));
    assertInvalid(
        "newSessionKey", () -> new SessionCommand.MigrateSession(KEY, KEY, null, null, null));
    assertThatThrownBy(() -> new SessionCommand.ForkSession(KEY, KEY, null, null))
        .hasMessage("'newSessionKey' must differ from the session key");
  }

  @Test
  void a_source_has_members_within_limits_and_none_is_needed() {
    assertThat(new Source(null, null, null)).isEqualTo(Source.UNKNOWN);
    assertThat(new Source(ROCKET.repeat(256), ROCKET.repeat(256), ROCKET.repeat(256))).isNotNull();
    assertInvalid("source.component", () -> new Source("x".repeat(257), null, null));
    assertInvalid("source.instance", () -> new Source(null, "", null));
    assertInvalid("source.host", () -> new Source(null, null, "\uD83D"));
  }

  private static void assertInvalid(
      String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable make) {
    assertThatThrownBy(make)
        .isInstanceOfSatisfying(InvalidField.class, e -> assertThat(e.field()).isEqualTo(field));
  }

  private static Arrival arrival(SessionCommand command) {
    return Arrival.of(new CommandId("id-1"), command, Provenance.NONE);
  }

  private static SessionCommand.OpenSession open(Map<String, String> attributes) {
    return new SessionCommand.OpenSession(KEY, null, null, attributes);
  }

  private static Map<String, String> attributes(int count) {
    return IntStream.range(0, count)
        .boxed()
        .collect(Collectors.toMap(i -> "name-" + i, i -> "value"));
  }

  private static SessionCommand.CompactSession compact(List<RunId> runs) {
    return new SessionCommand.CompactSession(KEY, null, null, null, null, null, runs, null, null);
  }

  private static List<RunId> runs(int count) {
    return IntStream.range(0, count).mapToObj(i -> new RunId("run-" + i)).toList();
  }
}

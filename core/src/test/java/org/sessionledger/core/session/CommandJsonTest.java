package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.SessionKey;

class CommandJsonTest {

  private static final CommandId MADE = new CommandId("made");
  private static final String ROCKET = "\uD83D\uDE80";

  // What goes in comes out

  static Stream<SessionCommand> commands() {
    return Samples.commands();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void a_command_is_read_back_as_it_was_kept(SessionCommand command) {
    Provenance provenance =
        new Provenance(
            new Source("gateway", "gw-1", "host-1"),
            "ops",
            "",
            Instant.parse("2026-05-31T09:00:00.123456789Z"),
            "00-4bf9-00f0-01");
    for (Provenance each : List.of(provenance, Provenance.NONE)) {
      Arrival arrival = Arrival.of(new CommandId("c-1"), command, each);
      JsonNode canonical = Json.tree(CommandJson.canonical(arrival).toString());
      assertThat(CommandJson.recall(canonical)).isEqualTo(arrival);
      assertThat(CommandJson.provenance(canonical)).isEqualTo(each);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void a_command_that_is_sent_as_it_is_kept_is_the_same(SessionCommand command) {
    ObjectNode sent = sent(CommandJson.canonical(Arrival.of(MADE, command, Provenance.NONE)));
    Incoming read = read(sent);
    assertThat(read).isInstanceOf(Arrival.class);
    assertThat(CommandJson.content(((Arrival) read).command()))
        .isEqualTo(CommandJson.content(command));
  }

  @Test
  void a_command_without_an_id_is_given_one() throws Exception {
    Incoming read =
        CommandJson.read("{\"type\":\"CloseSession\",\"sessionKey\":\"k\"}", () -> MADE);
    assertThat(read)
        .isEqualTo(
            Arrival.of(
                MADE,
                new SessionCommand.CloseSession(new SessionKey("k"), null, null),
                Provenance.NONE));
  }

  @Test
  void a_command_with_an_id_keeps_it() {
    assertThat(read(command("CloseSession").put("commandId", "c-1")).commandId())
        .isEqualTo(new CommandId("c-1"));
  }

  @Test
  void a_dry_run_is_one_only_when_it_says_true() {
    assertThat(read(command("CloseSession").put("dryRun", true)).dryRun()).isTrue();
    assertThat(read(command("CloseSession").put("dryRun", false)).dryRun()).isFalse();
    assertThat(read(command("CloseSession")).dryRun()).isFalse();
    assertThat(read(command("Unheard").put("dryRun", true)).dryRun()).isTrue();
  }

  @Test
  void null_is_absent_everywhere() {
    ObjectNode nulls =
        command("CompactSession")
            .putNull("sessionId")
            .putNull("generation")
            .putNull("trigger")
            .putNull("carryRuns")
            .putNull("commandId")
            .putNull("occurredAt")
            .putNull("actor")
            .putNull("reason")
            .putNull("traceparent")
            .putNull("dryRun")
            .putNull("source");
    assertThat(read(nulls)).isEqualTo(read(command("CompactSession")));
    ObjectNode members = command("OpenSession");
    members.putObject("source").putNull("component").put("instance", "gw-1").putNull("host");
    members.putObject("attributes").putNull("a").put("b", "1");
    Arrival read = (Arrival) read(members);
    assertThat(read.provenance()).isEqualTo(provenanceOf(null, "gw-1"));
    assertThat(((SessionCommand.OpenSession) read.command()).attributes())
        .isEqualTo(Map.of("b", "1"));
  }

  @Test
  void reading_does_not_change_what_was_given() {
    ObjectNode given = command("CloseSession").putNull("actor").put("commandId", "c-1");
    ObjectNode before = given.deepCopy();
    read(given);
    assertThat(given).isEqualTo(before);
    ObjectNode kept =
        CommandJson.canonical(
            Arrival.of(
                MADE, Samples.commands().skip(8).findFirst().orElseThrow(), Provenance.NONE));
    assertThat(kept.has("errorMessageLength")).isTrue();
    CommandJson.recall(kept);
    assertThat(kept.has("errorMessageLength")).isTrue();
  }

  @Test
  void a_long_error_message_is_cut_and_its_length_is_kept_beside_for_good() {
    ObjectNode fail =
        command("FailRun").put("runId", "r-1").put("errorMessage", ROCKET.repeat(65_537));
    Arrival arrival = (Arrival) read(fail);
    SessionCommand.FailRun command = (SessionCommand.FailRun) arrival.command();
    assertThat(command.errorMessage()).isEqualTo(ROCKET.repeat(65_536));
    assertThat(command.errorMessageLength()).isEqualTo(65_537);
    assertThat(CommandJson.recall(CommandJson.canonical(arrival))).isEqualTo(arrival);
  }

  @Test
  void an_error_message_at_the_limit_has_no_length_beside() {
    ObjectNode fail =
        command("FailRun").put("runId", "r-1").put("errorMessage", ROCKET.repeat(65_536));
    assertThat(((SessionCommand.FailRun) ((Arrival) read(fail)).command()).errorMessageLength())
        .isNull();
  }

  @Test
  void an_error_message_of_any_length_ends_its_run() {
    ObjectNode fail =
        command("FailRun").put("runId", "r-1").put("errorMessage", "x".repeat(3_000_000));
    assertThat(read(fail))
        .isInstanceOfSatisfying(
            Arrival.class,
            arrival ->
                assertThat(((SessionCommand.FailRun) arrival.command()).errorMessageLength())
                    .isEqualTo(3_000_000));
  }

  @Test
  void the_length_of_a_message_is_no_field_of_a_sender() {
    MalformedCommand refused =
        malformed(command("FailRun").put("runId", "r-1").put("errorMessageLength", 9));
    assertThat(refused.field()).isEqualTo("errorMessageLength");
    assertThat(refused.problem())
        .isEqualTo(
            "'errorMessageLength' is no field of FailRun, its fields are sessionKey, sessionId,"
                + " generation, runId, attempt, errorKind, errorMessage");
  }

  @Test
  void what_is_too_large_to_keep_is_refused() {
    ObjectNode fail = command("FailRun").put("runId", "r-1");
    int rest =
        1_000_000
            - "{'type':'FailRun','commandId':'made','sessionKey':'k','runId':'r-1','errorKind':''}"
                .length();
    assertThat(read(fail.deepCopy().put("errorKind", "x".repeat(rest))))
        .isInstanceOf(Arrival.class);
    MalformedCommand refused = malformed(fail.deepCopy().put("errorKind", "x".repeat(rest + 1)));
    assertThat(refused.field()).isEqualTo("command");
    assertThat(refused.problem()).contains("at most 1000000 characters");
  }

  @Test
  void of_a_message_that_is_cut_the_part_that_is_kept_counts() {
    ObjectNode fail =
        command("FailRun").put("runId", "r-1").put("errorMessage", "x".repeat(70_000));
    int rest =
        1_000_000
            - 65_536
            - "{'type':'FailRun','commandId':'made','sessionKey':'k','runId':'r-1','errorKind':''"
                .length()
            - ",'errorMessage':''".length()
            - ",'errorMessageLength':70000}".length();
    assertThat(read(fail.deepCopy().put("errorKind", "y".repeat(rest))))
        .isInstanceOf(Arrival.class);
    assertThat(malformed(fail.deepCopy().put("errorKind", "y".repeat(rest + 1))).field())
        .isEqualTo("command");
  }

  // What is no command

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"type\":\"CloseSession\"",
        "{} {}",
        "{}x",
        "[1,]",
        "{\"a\":NaN}",
        "{\"a\":+1}",
        "{\"a\":Infinity}",
        "{'a':1}",
        "{a:1}",
        "nope",
        "{\"a\":01}",
        "{\"a\":\"\u0001\"}",
        "\"\\q\"",
        "{\"a\":1,\"a\":}",
        "{\"a\":1,\"a\":2} x"
      })
  void what_is_no_json_is_unreadable_and_as_a_line_it_is_malformed(String text) {
    assertThatThrownBy(() -> CommandJson.read(text, () -> MADE))
        .isInstanceOf(CommandJson.Unreadable.class)
        .hasMessageContaining("is no JSON: ");
    MalformedCommand line = (MalformedCommand) CommandJson.readLine(text, () -> MADE);
    assertThat(line.commandId()).isEqualTo(MADE);
    assertThat(line.problem()).startsWith("The line is no JSON: ");
    assertThat(line.type()).isNull();
    assertThat(line.sessionKey()).isNull();
    assertThat(line.field()).isNull();
    assertThat(line.dryRun()).isFalse();
    assertThat(line.provenance()).isEqualTo(Provenance.NONE);
    assertThat(line.received().get("raw").textValue()).isEqualTo(text);
    assertThat(line.received().get("characters").intValue()).isEqualTo(text.length());
  }

  @Test
  void what_is_unreadable_tells_where() {
    assertThatThrownBy(() -> CommandJson.read("{\"a\":\n  nope}", () -> MADE))
        .hasMessageContaining("(line 2, column ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":", "["})
  void absurd_nesting_is_unreadable_and_does_not_break_the_reader(String nest) {
    String text = nest.repeat(200_000);
    assertThatThrownBy(() -> CommandJson.read(text, () -> MADE))
        .isInstanceOf(CommandJson.Unreadable.class)
        .hasMessageContaining("nesting depth");
    MalformedCommand line = (MalformedCommand) CommandJson.readLine(text, () -> MADE);
    assertThat(line.received().get("raw").textValue()).hasSize(CommandJson.RECEIVED_MAX);
    assertThat(line.received().get("characters").intValue()).isEqualTo(text.length());
  }

  @Test
  void nesting_that_json_allows_is_still_no_command() {
    String deep = "[".repeat(900) + "]".repeat(900);
    MalformedCommand refused =
        (MalformedCommand)
            CommandJson.readLine(
                "{\"type\":\"CloseSession\",\"sessionKey\":" + deep + "}", () -> MADE);
    assertThat(refused.field()).isEqualTo("sessionKey");
  }

  @Test
  void a_good_line_is_read_as_a_command() {
    assertThat(CommandJson.readLine("{\"type\":\"CloseSession\",\"sessionKey\":\"k\"}", () -> MADE))
        .isInstanceOf(Arrival.class);
  }

  static Stream<Arguments> otherValues() {
    return Stream.of(
        Arguments.of("[]", "a list"),
        Arguments.of("true", "true or false"),
        Arguments.of("null", "null"),
        Arguments.of("17", "a number"),
        Arguments.of("\"text\"", "a text"),
        Arguments.of("", "nothing"));
  }

  @ParameterizedTest
  @MethodSource("otherValues")
  void json_that_is_no_object_is_no_command(String text, String kind) throws Exception {
    MalformedCommand refused = (MalformedCommand) CommandJson.read(text, () -> MADE);
    assertThat(refused.problem()).isEqualTo("A command is a JSON object, this is " + kind);
    assertThat(refused.field()).isNull();
    assertThat(refused.commandId()).isEqualTo(MADE);
  }

  @Test
  void a_command_says_what_it_is() {
    assertThat(malformed(object()).problem())
        .isEqualTo("'type' is missing: a command says what it is");
    assertThat(malformed(object().putNull("type")).field()).isEqualTo("type");
    assertThat(malformed(object().put("type", 7)).problem())
        .isEqualTo("'type' has the wrong type: a text is expected");
    assertThat(malformed(object().put("type", "")).field()).isEqualTo("type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Unheard", "closesession", "CloseSession ", "SessionClosed", "EndRun"})
  void an_unknown_type_is_told_the_known_ones(String type) {
    MalformedCommand refused = malformed(object().put("type", type).put("sessionKey", "k"));
    assertThat(refused.field()).isEqualTo("type");
    assertThat(refused.type()).isEqualTo(type);
    assertThat(refused.sessionKey()).isEqualTo(new SessionKey("k"));
    assertThat(refused.problem())
        .startsWith("'type' is '" + type + "', known are AbandonCompaction, AbortRun, ")
        .endsWith(", StartRun");
    assertThat(CommandJson.typeNames()).hasSize(17);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void an_unknown_field_is_invalid_whatever_the_command(SessionCommand command) {
    ObjectNode sent = sent(CommandJson.canonical(Arrival.of(MADE, command, Provenance.NONE)));
    MalformedCommand refused = malformed(sent.put("expectedSesionId", "s-1"));
    assertThat(refused.field()).isEqualTo("expectedSesionId");
    assertThat(refused.problem())
        .startsWith("'expectedSesionId' is no field of " + command.type() + ", its fields are ")
        .contains("sessionKey");
    assertThat(refused.type()).isEqualTo(command.type());
  }

  @Test
  void a_field_of_another_command_is_unknown() {
    assertThat(malformed(command("CloseSession").put("runId", "r-1")).field()).isEqualTo("runId");
    assertThat(malformed(command("CloseSession").put("newSessionId", "s-1")).field())
        .isEqualTo("newSessionId");
    assertThat(malformed(command("ResetSession").put("sessionId", "s-1")).field())
        .isEqualTo("sessionId");
  }

  @Test
  void an_unknown_field_is_unknown_even_when_it_is_empty() {
    assertThat(malformed(command("CloseSession").put("force", "")).field()).isEqualTo("force");
  }

  @Test
  void what_is_missing_is_named() {
    Map<String, List<String>> required = new TreeMap<>();
    for (String run : List.of("StartRun", "ReportProgress", "CompleteRun", "FailRun", "AbortRun")) {
      required.put(run, List.of("sessionKey", "runId"));
    }
    required.put("OpenSession", List.of("sessionKey"));
    required.put("InterruptRuns", List.of("instance"));
    required.put("ReportGap", List.of("sessionKey", "from", "to"));
    required.put("ResetSession", List.of("sessionKey"));
    required.put("BeginCompaction", List.of("sessionKey", "compactionId"));
    required.put("AbandonCompaction", List.of("sessionKey", "compactionId"));
    required.put("CompactSession", List.of("sessionKey"));
    required.put("RestoreSession", List.of("sessionKey", "fromGeneration"));
    required.put("ForkSession", List.of("sessionKey", "newSessionKey"));
    required.put("MigrateSession", List.of("sessionKey", "newSessionKey"));
    required.put("CloseSession", List.of("sessionKey"));
    required.put("ReopenSession", List.of("sessionKey"));
    assertThat(required.keySet()).isEqualTo(CommandJson.typeNames());
    required.forEach(
        (type, fields) -> {
          ObjectNode sent = object().put("type", type);
          for (String field : fields) {
            MalformedCommand refused = malformed(sent);
            assertThat(refused.field()).as(type).isEqualTo(field);
            assertThat(refused.problem()).startsWith("'" + field + "' is missing: ");
            if (field.equals("fromGeneration")) {
              sent.put(field, 1);
            } else if (field.equals("from") || field.equals("to")) {
              sent.put(field, "2026-05-31T09:00:00Z");
            } else {
              sent.put(field, field);
            }
          }
          assertThat(read(sent)).as(type).isInstanceOf(Arrival.class);
        });
  }

  // Wrong types

  static Stream<Arguments> wrongTypes() {
    String text = "a text is expected";
    String number = "a whole number is expected";
    return Stream.of(
            wrong(command("StartRun").put("runId", "r"), "sessionKey", text, texts()),
            wrong(command("StartRun").put("runId", "r"), "sessionId", text, texts()),
            wrong(command("StartRun").put("runId", "r"), "runId", text, texts()),
            wrong(command("StartRun").put("runId", "r"), "resumesRunId", text, texts()),
            wrong(command("ReportProgress").put("runId", "r"), "note", text, texts()),
            wrong(command("FailRun").put("runId", "r"), "errorKind", text, texts()),
            wrong(command("FailRun").put("runId", "r"), "errorMessage", text, texts()),
            wrong(object().put("type", "InterruptRuns"), "instance", text, texts()),
            wrong(command("BeginCompaction"), "compactionId", text, texts()),
            wrong(command("ForkSession"), "newSessionKey", text, texts()),
            wrong(command("CloseSession"), "commandId", text, texts()),
            wrong(command("CloseSession"), "actor", text, texts()),
            wrong(command("CloseSession"), "reason", text, texts()),
            wrong(command("CloseSession"), "traceparent", text, texts()),
            wrong(command("CloseSession"), "occurredAt", text, texts()),
            wrong(command("StartRun").put("runId", "r"), "generation", number, numbers()),
            wrong(command("StartRun").put("runId", "r"), "attempt", number, numbers()),
            wrong(command("RestoreSession"), "fromGeneration", number, numbers()),
            wrong(command("ReportProgress").put("runId", "r"), "tokens", number, numbers()),
            wrong(
                command("StartRun").put("runId", "r"),
                "inferred",
                "true or false is expected",
                "\"true\"",
                "1",
                "0",
                "\"\"",
                "[]",
                "{}"),
            wrong(
                command("CloseSession"),
                "dryRun",
                "must be true or false",
                "\"true\"",
                "1",
                "\"\"",
                "[]",
                "{}"),
            wrong(
                command("OpenSession"),
                "runPolicy",
                "one of concurrent, single is expected",
                "\"Single\"",
                "\"SINGLE\"",
                "\"\"",
                "\"0\"",
                "1",
                "0",
                "true",
                "[]",
                "{}"),
            wrong(
                command("CompactSession"),
                "trigger",
                "one of manual, auto, preflight, overflow is expected",
                "\"AUTO\"",
                "\"\"",
                "0"),
            wrong(
                command("CompactSession"),
                "carryRuns",
                "a list is expected",
                "\"r-1\"",
                "\"\"",
                "1",
                "{}",
                "true"),
            wrong(command("CompactSession"), "carryRuns", text, "[1]", "[[]]", "[{}]", "[true]"),
            wrong(command("CompactSession"), "carryRuns", "must not hold null", "[null]"),
            wrong(command("CompactSession"), "carryRuns", "must not be empty", "[\"\"]"),
            wrong(
                command("OpenSession"),
                "attributes",
                "an object is expected",
                "[]",
                "\"a\"",
                "\"\"",
                "1"),
            wrong(
                command("OpenSession"),
                "attributes",
                text,
                "{\"a\":1}",
                "{\"a\":1.5}",
                "{\"a\":true}",
                "{\"a\":[]}",
                "{\"a\":{}}"),
            wrong(command("CloseSession"), "source", "an object is expected", "[]", "\"gw\"", "1"))
        .flatMap(each -> each);
  }

  @ParameterizedTest(name = "{1} = {2} of {0}")
  @MethodSource("wrongTypes")
  void a_value_of_the_wrong_type_is_invalid_and_names_its_field(
      ObjectNode command, String field, String value, String problem) {
    MalformedCommand refused = malformed(command.deepCopy().set(field, Json.tree(value)));
    assertThat(refused.field()).isEqualTo(field);
    assertThat(refused.problem()).startsWith("'" + field + "' ").contains(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775808", "-9223372036854775809", "1e400", "99999999999999999999999"})
  void a_number_that_is_too_big_is_invalid(String number) throws Exception {
    MalformedCommand refused =
        (MalformedCommand)
            CommandJson.read(
                "{\"type\":\"RestoreSession\",\"sessionKey\":\"k\",\"fromGeneration\":"
                    + number
                    + "}",
                () -> MADE);
    assertThat(refused.field()).isEqualTo("fromGeneration");
    assertThat(refused.problem())
        .matches("'fromGeneration' has the wrong type: (the value does not fit|a whole number .*)");
  }

  @Test
  void a_number_of_absurd_length_is_unreadable() {
    assertThatThrownBy(
            () -> CommandJson.read("{\"attempt\":" + "9".repeat(100_000) + "}", () -> MADE))
        .isInstanceOf(CommandJson.Unreadable.class);
  }

  @Test
  void a_source_has_three_members_and_no_other() {
    ObjectNode command = command("CloseSession");
    command.putObject("source").put("component", "gateway").put("instance", "gw-1");
    assertThat(read(command).provenance()).isEqualTo(provenanceOf("gateway", "gw-1"));
    command.withObject("source").put("pid", "17");
    MalformedCommand refused = malformed(command);
    assertThat(refused.field()).isEqualTo("source.pid");
    assertThat(refused.problem()).contains("component, instance, host");
    command.putObject("source").put("instance", 17);
    assertThat(malformed(command).field()).isEqualTo("source.instance");
    assertThat(malformed(command).problem()).contains("a text is expected");
    command.putObject("source").put("host", "");
    assertThat(malformed(command).field()).isEqualTo("source.host");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-05-31",
        "2026-05-31T09:00:00",
        "2026-02-30T09:00:00Z",
        "2026-05-31 09:00:00Z",
        "1780218000",
        "2026-05-31T09:00:00+99:00"
      })
  void an_instant_that_is_malformed_is_invalid(String instant) {
    MalformedCommand refused = malformed(command("CloseSession").put("occurredAt", instant));
    assertThat(refused.field()).isEqualTo("occurredAt");
    assertThat(refused.problem())
        .isEqualTo("'occurredAt' is no instant such as 2026-05-31T09:00:00Z");
  }

  /** Views keep instants in columns, and a year of ten digits fits none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "+10000-01-01T00:00:00Z",
        "+999999999-12-31T23:59:59-18:00",
        "-0001-01-01T00:00:00Z",
        "0000-12-31T23:59:59Z",
        "9999-12-31T23:59:59-01:00"
      })
  void an_instant_beyond_four_digits_of_years_is_invalid(String instant) {
    assertThat(malformed(command("CloseSession").put("occurredAt", instant)).field())
        .isEqualTo("occurredAt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"})
  void an_instant_may_be_skewed_by_any_number_of_days(String instant) {
    assertThat(read(command("CloseSession").put("occurredAt", instant)).provenance().occurredAt())
        .isEqualTo(Instant.parse(instant));
  }

  @Test
  void an_instant_with_an_offset_is_the_instant() {
    assertThat(
            read(command("CloseSession").put("occurredAt", "2026-05-31T11:00:00.5+02:00"))
                .provenance()
                .occurredAt())
        .isEqualTo(Instant.parse("2026-05-31T09:00:00.5Z"));
  }

  @Test
  void a_traceparent_of_absurd_length_is_invalid() {
    assertThat(read(command("CloseSession").put("traceparent", "x".repeat(256))))
        .isInstanceOf(Arrival.class);
    MalformedCommand refused =
        malformed(command("CloseSession").put("traceparent", "x".repeat(257)));
    assertThat(refused.field()).isEqualTo("traceparent");
    assertThat(refused.problem()).contains("257", "256");
  }

  // A field twice

  @Test
  void a_field_that_stands_twice_is_invalid() throws Exception {
    MalformedCommand refused =
        (MalformedCommand)
            CommandJson.read(
                """
                {"type":"ResetSession","commandId":"c-1","sessionKey":"k",\
                "expectedSessionId":"s-1","expectedSessionId":"s-2"}""",
                () -> MADE);
    assertThat(refused.field()).isEqualTo("expectedSessionId");
    assertThat(refused.problem()).isEqualTo("'expectedSessionId' stands twice");
    assertThat(refused.type()).isEqualTo("ResetSession");
    assertThat(refused.commandId()).isEqualTo(new CommandId("c-1"));
    assertThat(refused.sessionKey()).isEqualTo(new SessionKey("k"));
    assertThat(refused.received().get("raw").textValue()).contains("\"s-1\"", "\"s-2\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"it's", "a\\nb", "a' for b"})
  void a_strange_name_that_stands_twice_is_invalid_too(String name) throws Exception {
    MalformedCommand refused =
        (MalformedCommand) CommandJson.read("{\"%1$s\":1,\"%1$s\":2}".formatted(name), () -> MADE);
    assertThat(refused.field()).isEqualTo(name.replace("\\n", "\n"));
  }

  @Test
  void a_field_that_stands_twice_inside_another_is_invalid() throws Exception {
    assertThat(CommandJson.read("[{\"a\":1,\"a\":2}]", () -> MADE))
        .isInstanceOfSatisfying(
            MalformedCommand.class, refused -> assertThat(refused.field()).isEqualTo("a"));
  }

  // What is kept of the malformed

  @Test
  void what_is_malformed_keeps_what_can_be_read_of_it() {
    ObjectNode sent =
        command("FailRun")
            .put("commandId", "c-1")
            .put("runId", 7)
            .put("actor", "ops")
            .put("occurredAt", "2026-05-31T09:00:00Z");
    sent.putObject("source").put("instance", "gw-1");
    MalformedCommand refused = malformed(sent);
    assertThat(refused.commandId()).isEqualTo(new CommandId("c-1"));
    assertThat(refused.type()).isEqualTo("FailRun");
    assertThat(refused.sessionKey()).isEqualTo(new SessionKey("k"));
    assertThat(refused.provenance().actor()).isEqualTo("ops");
    assertThat(refused.provenance().source().instance()).isEqualTo("gw-1");
    assertThat(refused.received()).isEqualTo(sent);
  }

  @Test
  void an_unusable_id_key_or_source_is_left_out() {
    ObjectNode sent =
        object()
            .put("type", "CloseSession")
            .put("commandId", "x".repeat(257))
            .put("sessionKey", "a\nb")
            .put("actor", "");
    MalformedCommand refused = malformed(sent);
    assertThat(refused.commandId()).isEqualTo(MADE);
    assertThat(refused.sessionKey()).isNull();
    assertThat(refused.provenance()).isEqualTo(Provenance.NONE);
    assertThat(malformed(object().put("type", "CloseSession").put("sessionKey", 7)).sessionKey())
        .isNull();
  }

  @Test
  void a_malformed_dry_run_is_no_dry_run() {
    assertThat(malformed(command("CloseSession").put("dryRun", "true")).dryRun()).isFalse();
    assertThat(malformed(command("CloseSession").put("dryRun", 1)).dryRun()).isFalse();
  }

  @Test
  void what_was_received_is_kept_up_to_a_limit() {
    MalformedCommand whole = malformed(object().put("type", "x".repeat(16_384 - 11)));
    assertThat(whole.received().toString()).hasSize(16_384);
    assertThat(whole.received().get("type")).isNotNull();
    assertThat(whole.type()).hasSize(256);
    MalformedCommand cut = malformed(object().put("type", "x".repeat(16_384 - 10)));
    assertThat(cut.received().get("raw").textValue()).hasSize(16_384);
    assertThat(cut.received().get("characters").intValue()).isEqualTo(16_385);
  }

  /** One text with a lone surrogate in it, or a NUL in a column, would refuse its whole group. */
  @Test
  void nothing_that_is_kept_of_the_malformed_is_unstorable() {
    String bad = "\uD83D\0";
    List<ObjectNode> all =
        List.of(
            object().put("type", bad).put("sessionKey", "k" + bad).put("commandId", bad),
            command("CloseSession").put(bad, 1),
            command("CloseSession").set("source", object().put(bad, 1)),
            command("OpenSession").set("attributes", object().put("a", bad)),
            command("StartRun").put("runId", bad));
    for (ObjectNode sent : all) {
      MalformedCommand refused = malformed(sent);
      ObjectNode canonical = CommandJson.canonical(refused);
      assertStorable(canonical.toString());
      assertStorable(refused.problem());
      assertStorable(String.valueOf(refused.field()));
      assertStorable(String.valueOf(refused.type()));
      assertThat(String.valueOf(refused.type())).doesNotContain("\0");
    }
    MalformedCommand line = (MalformedCommand) CommandJson.readLine("{\"" + bad, () -> MADE);
    assertStorable(line.problem());
    assertStorable(CommandJson.canonical(line).toString());
  }

  @Test
  void only_what_is_no_character_is_replaced() {
    assertThat(malformed(object().put("type", "\uD7FF\uD800.\uDFFF\uE000" + ROCKET)).type())
        .isEqualTo("\uD7FF\uFFFD.\uFFFD\uE000" + ROCKET);
  }

  @Test
  void the_malformed_is_kept_with_its_provenance() {
    ObjectNode sent = command("FailRun").put("commandId", "c-1").put("actor", "ops");
    assertThat(CommandJson.canonical(malformed(sent)).toString())
        .isEqualTo(
            """
            {"commandId":"c-1","type":"FailRun","received":{"type":"FailRun","sessionKey":"k",\
            "commandId":"c-1","actor":"ops"},"actor":"ops"}""");
    assertThat(CommandJson.canonical(malformed(object())).toString())
        .isEqualTo("{\"commandId\":\"made\",\"received\":{}}");
  }

  @Test
  void a_refusal_shows_the_identities_and_the_content_that_were_presented() {
    ObjectNode canonical =
        CommandJson.canonical(
            Arrival.of(
                MADE,
                Samples.commands().skip(8).findFirst().orElseThrow(),
                Provenance.from("gateway", "gw-1")));
    assertThat(CommandJson.presented(canonical).toString())
        .isEqualTo(
            """
            {"sessionId":"s-1","generation":1,"runId":"r-1","attempt":2,"errorKind":"timeout",\
            "errorMessage":"slow","errorMessageLength":70000}""");
    assertThat(CommandJson.presented(object().putNull("runId"))).isEmpty();
  }

  @Test
  void the_ends_of_a_gap_are_instants_of_any_offset() {
    ObjectNode sent =
        command("ReportGap")
            .put("from", "2026-05-31T11:00:00+02:00")
            .put("to", "2026-05-31T09:00:00.5Z");
    assertThat(((Arrival) read(sent)).command())
        .isEqualTo(
            new SessionCommand.ReportGap(
                new SessionKey("k"),
                Instant.parse("2026-05-31T09:00:00Z"),
                Instant.parse("2026-05-31T09:00:00.500Z")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1748682000", "\"yesterday\"", "\"+99999-01-01T00:00:00Z\"", "{}", "\"\""})
  void the_end_of_a_gap_that_is_no_instant_is_named(String value) {
    ObjectNode sent = command("ReportGap").put("from", "2026-05-31T11:00:00Z");
    sent.set("to", Json.tree(value));
    assertThat(malformed(sent).field()).isEqualTo("to");
  }

  // What makes two commands the same

  @Test
  void times_texts_counters_and_traces_are_no_content() {
    same(
        command("ReportProgress").put("runId", "r-1").put("note", "a").put("tokens", 1),
        command("ReportProgress")
            .put("runId", "r-1")
            .put("occurredAt", "2026-05-31T09:00:00Z")
            .put("traceparent", "00-1-2-3")
            .put("reason", "because")
            .put("actor", "ops"));
    same(
        command("FailRun").put("runId", "r-1").put("errorKind", "a").put("errorMessage", "b"),
        command("FailRun").put("runId", "r-1").put("errorMessage", "x".repeat(70_000)));
    same(
        command("CompactSession").put("tokensBefore", 1).put("tokensAfter", 2),
        command("CompactSession"));
    same(
        command("ReportGap").put("from", "2026-05-31T09:00:00Z").put("to", "2026-05-31T09:00:01Z"),
        command("ReportGap").put("from", "2026-05-30T09:00:00Z").put("to", "2026-05-31T09:00:01Z"));
    same(
        command("InterruptRuns").put("runId", "r-1").put("lastRenewedVersion", 3),
        command("InterruptRuns").put("runId", "r-1").put("lastRenewedVersion", 4));
    ObjectNode attributes = command("OpenSession");
    attributes.putObject("attributes").put("team", "blue");
    same(attributes, command("OpenSession"));
    same(
        command("StartRun").put("runId", "r-1").put("inferred", true),
        command("StartRun").put("runId", "r-1"));
    ObjectNode source = command("CloseSession");
    source.putObject("source").put("instance", "gw-2");
    same(source, command("CloseSession").put("dryRun", true));
  }

  static Stream<Arguments> choices() {
    ObjectNode start =
        command("StartRun")
            .put("sessionId", "s-1")
            .put("generation", 1)
            .put("runId", "r-1")
            .put("attempt", 1)
            .put("resumesRunId", "r-0");
    ObjectNode reset =
        command("ResetSession")
            .put("expectedSessionId", "s-1")
            .put("expectedGeneration", 1)
            .put("newSessionId", "s-2");
    ObjectNode compact =
        command("CompactSession").put("compactionId", "c-1").put("trigger", "auto");
    compact.putArray("carryRuns").add("r-1");
    return Stream.of(
        Arguments.of(start, "type", "\"ReportProgress\"", "resumesRunId"),
        Arguments.of(start, "sessionKey", "\"K\"", ""),
        Arguments.of(start, "sessionId", "\"s-2\"", ""),
        Arguments.of(start, "generation", "2", ""),
        Arguments.of(start, "runId", "\"r-2\"", ""),
        Arguments.of(start, "attempt", "2", ""),
        Arguments.of(start, "attempt", "null", ""),
        Arguments.of(start, "resumesRunId", "\"r-9\"", ""),
        Arguments.of(reset, "expectedSessionId", "\"s-9\"", ""),
        Arguments.of(reset, "expectedGeneration", "9", ""),
        Arguments.of(reset, "newSessionId", "\"s-9\"", ""),
        Arguments.of(compact, "compactionId", "\"c-9\"", ""),
        Arguments.of(compact, "trigger", "\"manual\"", ""),
        Arguments.of(compact, "carryRuns", "[\"r-2\"]", ""),
        Arguments.of(compact, "carryRuns", "[]", ""),
        Arguments.of(compact, "carryRuns", "null", ""),
        Arguments.of(command("OpenSession"), "runPolicy", "\"single\"", ""),
        Arguments.of(
            object().put("type", "InterruptRuns").put("instance", "gw-1"),
            "instance",
            "\"gw-2\"",
            ""),
        Arguments.of(command("RestoreSession").put("fromGeneration", 1), "fromGeneration", "2", ""),
        Arguments.of(
            command("ForkSession").put("newSessionKey", "n"), "newSessionKey", "\"m\"", ""));
  }

  @ParameterizedTest(name = "{1} = {2}")
  @MethodSource("choices")
  void identities_and_choices_are_content(
      ObjectNode command, String field, String other, String without) {
    ObjectNode changed = command.deepCopy();
    changed.remove(without);
    ObjectNode base = changed.deepCopy();
    changed.set(field, Json.tree(other));
    assertThat(content(changed)).isNotEqualTo(content(base));
  }

  @Test
  void a_command_and_another_type_with_the_same_fields_are_two() {
    assertThat(content(command("CompleteRun").put("runId", "r-1")))
        .isNotEqualTo(content(command("AbortRun").put("runId", "r-1")));
    assertThat(content(command("BeginCompaction").put("compactionId", "c")))
        .isNotEqualTo(content(command("AbandonCompaction").put("compactionId", "c")));
  }

  // What a test needs

  static Incoming read(JsonNode command) {
    return CommandJson.read(command, () -> MADE);
  }

  static MalformedCommand malformed(JsonNode command) {
    Incoming read = read(command);
    assertThat(read)
        .as(command.toString().substring(0, Math.min(500, command.toString().length())))
        .isInstanceOf(MalformedCommand.class);
    return (MalformedCommand) read;
  }

  static ObjectNode command(String type) {
    return object().put("type", type).put("sessionKey", "k");
  }

  /** A canonical command as a runtime would send it. */
  static ObjectNode sent(ObjectNode canonical) {
    ObjectNode sent = canonical.deepCopy();
    sent.remove("errorMessageLength");
    return sent;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static Provenance provenanceOf(String component, String instance) {
    return Provenance.from(component, instance);
  }

  private static String content(ObjectNode command) {
    return CommandJson.content(((Arrival) read(command)).command());
  }

  private static void same(ObjectNode a, ObjectNode b) {
    assertThat(content(a)).isEqualTo(content(b));
  }

  private static void assertStorable(String text) {
    assertThat(text.codePoints().filter(c -> Character.getType(c) == Character.SURROGATE))
        .as(text)
        .isEmpty();
  }

  private static Stream<Arguments> wrong(
      ObjectNode command, String field, String problem, String... values) {
    return Stream.of(values).map(value -> Arguments.of(command, field, value, problem));
  }

  private static String[] texts() {
    return new String[] {"7", "1.5", "true", "[]", "[\"a\"]", "{}", "{\"value\":\"a\"}"};
  }

  private static String[] numbers() {
    return new String[] {"\"1\"", "1.0", "1.5", "1e0", "true", "\"\"", "[]", "[1]", "{}"};
  }
}

package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;

/**
 * Stored names and JSON are a contract: what stands in the resources under {@code golden} was
 * written by a released ledger. A line that no longer fits means that stored data no longer reads;
 * add lines, never change one.
 */
class GoldenTest {

  private static final Provenance PROVENANCE =
      new Provenance(
          new Source("gateway", "gw-1", "host-1"),
          "ops",
          "stuck",
          Instant.parse("2026-05-31T09:00:00Z"),
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

  @Test
  void every_event_is_stored_as_it_always_was() {
    assertThat(Samples.events().map(event -> event.type() + " " + Json.write(event)))
        .containsExactlyElementsOf(golden("events.txt"));
  }

  @Test
  void every_event_that_was_ever_stored_is_read_again() {
    Map<String, Class<?>> types = leaves(SessionEvent.class);
    List<SessionEvent> read =
        golden("events.txt").stream()
            .map(line -> line.split(" ", 2))
            .map(line -> (SessionEvent) Json.read(line[1], types.get(line[0])))
            .toList();
    assertThat(read).isEqualTo(Samples.events().toList());
  }

  @Test
  void every_command_is_stored_as_it_always_was() {
    assertThat(
            Samples.commands()
                .map(command -> Arrival.of(new CommandId("id-1"), command, PROVENANCE))
                .map(arrival -> CommandJson.canonical(arrival).toString()))
        .containsExactlyElementsOf(golden("commands.txt"));
  }

  @Test
  void every_command_that_was_ever_stored_is_read_again() {
    assertThat(golden("commands.txt").stream().map(line -> CommandJson.recall(Json.tree(line))))
        .containsExactlyElementsOf(
            Samples.commands()
                .map(command -> Arrival.of(new CommandId("id-1"), command, PROVENANCE))
                .toList());
  }

  @Test
  void no_event_and_no_command_is_missing() {
    assertThat(Samples.events().map(SessionEvent::type).collect(Collectors.toSet()))
        .isEqualTo(leaves(SessionEvent.class).keySet());
    assertThat(Samples.commands().map(SessionCommand::type).collect(Collectors.toSet()))
        .isEqualTo(leaves(SessionCommand.class).keySet())
        .isEqualTo(CommandJson.typeNames());
  }

  @Test
  void every_code_is_as_it_always_was() {
    assertThat(
            Stream.of(
                    codes(Status.values()),
                    codes(Verdict.values()),
                    codes(Reason.values()),
                    codes(RunPolicy.values()),
                    codes(CompactionTrigger.values()),
                    codes(SessionEvent.Origin.Kind.values()))
                .flatMap(codes -> codes))
        .containsExactlyElementsOf(golden("codes.txt"));
  }

  @Test
  void a_status_and_a_verdict_have_one_name_in_json_and_in_tables() {
    for (Status status : Status.values()) {
      assertThat(Json.write(status)).isEqualTo('"' + status.code() + '"');
      assertThat(Status.of(status.code())).isEqualTo(status);
    }
    for (Verdict verdict : Verdict.values()) {
      assertThat(Json.write(verdict)).isEqualTo('"' + verdict.code() + '"');
    }
  }

  @Test
  void a_session_is_stored_beside_its_events_as_it_always_was() {
    SessionStatus status =
        new SessionStatus(
            Past.KEY,
            Past.SECOND.sessionId(),
            2,
            Status.RUNNING,
            1,
            7,
            40,
            new SessionStatus.LastRun(
                new RunId("r-2"),
                1,
                Status.RUNNING,
                Instant.parse("2026-05-31T09:00:02.000001Z"),
                null,
                null,
                null),
            new SessionStatus.LastRun(
                new RunId("r-1"),
                2,
                Status.FAILED,
                Instant.parse("2026-05-31T09:00:00Z"),
                Instant.parse("2026-05-31T09:00:01Z"),
                "timeout",
                "slow"),
            3,
            512L,
            RunPolicy.SINGLE,
            Map.of("team", "blue"),
            new SessionEvent.Origin(SessionEvent.Origin.Kind.FORK, Past.OTHER_KEY, Past.FIRST),
            Past.OTHER_KEY,
            Instant.parse("2026-05-31T08:00:00Z"),
            Instant.parse("2026-05-31T09:00:02.000001Z"));
    assertThat(golden("session.txt")).containsExactly(Json.write(status));
    assertThat(Json.read(golden("session.txt").get(0), SessionStatus.class)).isEqualTo(status);
  }

  private static Stream<String> codes(Enum<?>[] values) {
    return Arrays.stream(values)
        .map(
            value ->
                value.getDeclaringClass().getSimpleName()
                    + "."
                    + value.name()
                    + " "
                    + Json.write(value));
  }

  private static Map<String, Class<?>> leaves(Class<?> type) {
    return types(type).collect(Collectors.toMap(Class::getSimpleName, each -> each));
  }

  private static Stream<Class<?>> types(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(GoldenTest::types)
        : Stream.of(type);
  }

  private static List<String> golden(String name) {
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/" + name)) {
      assertThat(in).as("golden/" + name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

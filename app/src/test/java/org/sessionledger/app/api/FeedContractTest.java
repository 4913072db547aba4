package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The live feeds, as {@code docs/http.md} has them. */
class FeedContractTest extends ServerTest {

  private static final String CHANGES = "/v1/changes";
  private static final String REFUSALS = "/v1/decisions/changes";

  private EventStream stream(String path, Long lastEventId) {
    return EventStream.open(client.server(), path, lastEventId);
  }

  /** No key of another test begins so. */
  @Override
  String freshKey() {
    return super.freshKey() + ":";
  }

  private void run(String key, String runId) {
    client.accepted(command("StartRun", key, runId));
  }

  private static String command(String type, String key, String runId) {
    return """
        {"type":"%s","sessionKey":"%s","sessionId":"s-1","runId":"%s"}"""
        .formatted(type, key, runId);
  }

  private long position() {
    return client.stats().path("position").asLong();
  }

  @Test
  void each_accepted_event_is_one_message_with_the_session_as_of_then() {
    String key = freshKey();
    try (EventStream changes = stream(CHANGES + "?prefix=" + key, null)) {
      client.open(key, "s-1");
      run(key, "r-1");
      client.accepted(command("CompleteRun", key, "r-1"));

      List<EventStream.Message> heard = changes.next(3);
      assertThat(heard).extracting(EventStream.Message::event).containsOnly("session.changed");
      for (int version = 1; version <= 3; version++) {
        EventStream.Message message = heard.get(version - 1);
        JsonNode then =
            client.get("/v1/sessions/" + Client.encode(key) + "?atVersion=" + version).json();
        assertThat(message.data()).isEqualTo(then);
        assertThat(message.id()).isEqualTo(then.path("position").asLong());
      }
      assertThat(heard.get(2).data()).isEqualTo(client.session(key, 3).json());
    }
  }

  @Test
  void from_the_beginning_ids_are_all_positions_without_a_gap() {
    String key = freshKey();
    client.open(key, "s-1");
    client.batch(
        IntStream.range(0, 600)
            .mapToObj(i -> command("StartRun", key, "r-" + i))
            .toArray(String[]::new));
    long position = position();
    try (EventStream changes = stream(CHANGES, 0L)) {
      assertThat(changes.upTo(position))
          .extracting(EventStream.Message::id)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, position).boxed().toList());
      run(key, "r-live");
      assertThat(changes.next().id()).isEqualTo(position + 1);
    }
  }

  @Test
  void without_an_id_it_begins_with_what_comes_next() {
    String key = freshKey();
    client.open(key, "s-1");
    long before = position();
    try (EventStream changes = stream(CHANGES, null)) {
      run(key, "r-1");
      assertThat(changes.next().id()).isEqualTo(before + 1);
    }
  }

  @Test
  void seed_41_a_reader_that_comes_and_goes_while_others_write_misses_nothing_and_repeats_nothing()
      throws Exception {
    Random random = new Random(41);
    String key = freshKey();
    client.open(key, "s-1");
    long position = position();
    Thread writer =
        new Thread(() -> IntStream.range(0, 200).forEach(i -> run(key, "r-" + i)), "writer");
    writer.start();
    long last = position;
    while (last < position + 200) {
      try (EventStream changes = stream(CHANGES, last)) {
        for (int left = 1 + random.nextInt(40); left > 0 && last < position + 200; left--) {
          EventStream.Message message = changes.next();
          assertThat(message.id()).isEqualTo(last + 1);
          last = message.id();
        }
      }
    }
    writer.join();
  }

  @Test
  void a_prefix_is_compared_to_the_letter_and_takes_any_character() {
    String key = freshKey();
    List<String> keys = List.of(key + "%_", key + "x_", key + "%_/é", key.toUpperCase() + "%_");
    try (EventStream some = stream(CHANGES + "?prefix=" + Client.encode(key + "%_"), null);
        EventStream all = stream(CHANGES + "?prefix=", null)) {
      keys.forEach(each -> client.open(each, "s-1"));
      assertThat(some.next(2))
          .extracting(message -> message.data().path("sessionKey").asText())
          .containsExactly(keys.get(0), keys.get(2));
      assertThat(all.next(4))
          .extracting(message -> message.data().path("sessionKey").asText())
          .containsExactlyElementsOf(keys);
    }
    // The same from the database, far behind.
    try (EventStream some = stream(CHANGES + "?prefix=" + Client.encode(key + "%_"), 0L)) {
      assertThat(some.next(2))
          .extracting(message -> message.data().path("sessionKey").asText())
          .containsExactly(keys.get(0), keys.get(2));
    }
  }

  @Test
  void a_fork_is_two_messages_source_first() {
    String key = freshKey();
    String fork = freshKey();
    client.open(key, "s-1");
    try (EventStream changes = stream(CHANGES, position())) {
      client.accepted(
          """
          {"type":"ForkSession","sessionKey":"%s","newSessionKey":"%s"}"""
              .formatted(key, fork));
      assertThat(changes.next(2))
          .extracting(message -> message.data().path("sessionKey").asText())
          .containsExactly(key, fork);
    }
  }

  @Test
  void a_refusal_changes_no_session_and_is_told_to_those_who_listen_for_refusals() {
    String key = freshKey();
    client.open(key, "s-1");
    try (EventStream changes = stream(CHANGES + "?prefix=" + key, null);
        EventStream refusals = stream(REFUSALS + "?prefix=" + key, null)) {
      String decisionId = client.command(command("CompleteRun", key, "no-1")).text("/decisionId");
      // Repeats are counted on that line; duplicates are no refusals.
      client.command(command("CompleteRun", key, "no-1"));
      client.open(key, "s-1");
      String other = client.command(command("CompleteRun", key, "no-2")).text("/decisionId");
      run(key, "r-1");

      List<EventStream.Message> heard = refusals.next(2);
      assertThat(heard).extracting(EventStream.Message::event).containsOnly("command.rejected");
      assertThat(heard)
          .extracting(message -> message.data().path("decisionId").asText())
          .containsExactly(decisionId, other);
      assertThat(heard.get(1).data()).isEqualTo(client.get("/v1/decisions/" + other).json());
      assertThat(heard.get(1).id()).isGreaterThan(heard.get(0).id());
      assertThat(changes.next().data().path("version").asLong()).isEqualTo(2);

      try (EventStream again = stream(REFUSALS + "?prefix=" + key, heard.get(0).id())) {
        EventStream.Message second = again.next();
        assertThat(second.data()).isEqualTo(heard.get(1).data());
        assertThat(second.id()).isEqualTo(heard.get(1).id());
      }
      // A message is the same whenever it is read.
      assertThat(client.get("/v1/decisions/" + decisionId).json().path("count").asLong())
          .isEqualTo(2);
      try (EventStream first = stream(REFUSALS + "?prefix=" + key, 0L)) {
        assertThat(first.next()).isEqualTo(heard.get(0));
      }
    }
  }

  @Test
  void refusals_from_the_beginning_are_all_that_there_are_however_many() {
    String key = freshKey();
    // More than are read at once, with others in between.
    client.batch(
        IntStream.range(0, 150)
            .mapToObj(i -> command("CompleteRun", i % 3 == 2 ? "other" + key : key, "no-" + i))
            .toArray(String[]::new));
    try (EventStream refusals = stream(REFUSALS + "?prefix=" + key, 0L)) {
      assertThat(refusals.next(100))
          .extracting(EventStream.Message::id)
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void a_refusal_without_a_readable_key_is_told_to_those_who_want_all() {
    try (EventStream refusals = stream(REFUSALS, null);
        EventStream some = stream(REFUSALS + "?prefix=a", null)) {
      client.command("{\"type\":\"OpenSession\",\"sessionKey\":7}");
      client.command("{\"type\":\"CompleteRun\",\"sessionKey\":\"a-never\",\"runId\":\"r\"}");
      assertThat(refusals.next().data().path("reason").asText()).isEqualTo("invalid");
      assertThat(some.next().data().path("sessionKey").asText()).isEqualTo("a-never");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "1.5", "0x1", "99999999999999999999", "1,2", "c-17"})
  void an_id_that_is_none_is_a_problem(String id) {
    for (String path : List.of(CHANGES, REFUSALS)) {
      Client.Answer answer = client.get(path, "Last-Event-ID", id);
      problem(answer, 400, "bad-header");
      assertThat(answer.text("/header")).isEqualTo("Last-Event-ID");
      assertThat(answer.text("/detail")).contains(id);
    }
  }

  @Test
  void an_id_of_another_ledger_is_a_problem_that_names_the_newest() {
    client.open(freshKey(), "s-1");
    long newest = position();
    Client.Answer answer = client.get(CHANGES, "Last-Event-ID", Long.toString(newest + 1));
    problem(answer, 400, "bad-header");
    assertThat(answer.text("/detail"))
        .contains("is " + (newest + 1))
        .contains("is " + newest + ":");
    problem(client.get(REFUSALS, "Last-Event-ID", "123456789"), 400, "bad-header");
    try (EventStream changes = stream(CHANGES, newest)) {
      client.open(freshKey(), "s-1");
      assertThat(changes.next().id()).isEqualTo(newest + 1);
    }
  }

  @Test
  void what_is_no_parameter_or_no_method_of_it_is_a_problem() {
    problem(client.get(CHANGES + "?limit=1"), 400, "bad-parameter");
    problem(client.get(REFUSALS + "?reason=unknown-run"), 400, "bad-parameter");
    problem(client.get(CHANGES, "Accept", "application/json"), 406, "not-acceptable");
    RawSocket.Answer head =
        RawSocket.send(
            client.server(), "HEAD /v1/changes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.head()).containsIgnoringCase("content-type: text/event-stream");
    RawSocket.Answer noId =
        RawSocket.send(
            client.server(),
            "HEAD /v1/changes HTTP/1.1\r\nHost: x\r\nLast-Event-ID: \r\nConnection: close\r\n\r\n");
    assertThat(noId.status()).as("an empty id is none").isEqualTo(200);
  }

  @Test
  void many_readers_at_once_each_hear_everything_and_are_forgotten_when_they_leave() {
    int before = server.bean(Feeds.class).readers();
    String key = freshKey();
    client.open(key, "s-1");
    long position = position();
    List<EventStream> readers =
        IntStream.range(0, 60)
            .mapToObj(i -> stream(CHANGES, i % 3 == 0 ? position : null))
            .toList();
    List<String> lines =
        IntStream.range(0, 200).mapToObj(i -> command("StartRun", key, "r-" + i)).toList();
    client.batch(lines.toArray(String[]::new));
    for (EventStream reader : readers) {
      assertThat(reader.upTo(position + 200))
          .extracting(EventStream.Message::id)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(position + 1, position + 200).boxed().toList());
      reader.close();
    }
    Await.until(
        "those who left are forgotten",
        Duration.ofSeconds(20),
        () -> {
          // They are noticed when they are written to.
          client.open(freshKey(), "s-1");
          return server.bean(Feeds.class).readers() <= before;
        });
  }
}

package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.openclaw.Tape.KEY;
import static org.sessionledger.app.openclaw.Tape.map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionCommand.FailRun;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileFramesTest {

  @Test
  void a_row_that_is_none_takes_nothing_from_the_others_of_its_page() throws Exception {
    FrameDecoder decoder = new FrameDecoder();
    Place place = new Place("r", 1);
    decoder.decode(
        new RecordedFrame(
            place, 1L, Json.tree("{\"type\":\"req\",\"id\":\"1\",\"method\":\"sessions.list\"}")));
    GatewayFrame frame =
        decoder.decode(
            new RecordedFrame(
                place,
                1L,
                Json.tree(
                    "{\"type\":\"res\",\"id\":\"1\",\"ok\":true,\"payload\":{\"sessions\":["
                        + "{\"key\":\"a\",\"sessionId\":\"s-1\"},{\"key\":7},{\"key\":\"\"},null,"
                        + "{\"key\":\"b\",\"sessionId\":{}},{\"key\":\"c\",\"sessionId\":\"s-2\"}]}}")));
    assertThat(frame)
        .isInstanceOfSatisfying(
            GatewayFrame.Listing.class,
            listing -> {
              assertThat(listing.rows().keySet())
                  .extracting(Object::toString)
                  .containsExactly("a", "c");
              assertThat(listing.problem())
                  .contains("a row of the listing is skipped: 'key' must be");
            });
  }

  @Test
  void an_id_of_another_type_is_told_with_its_field_and_what_was_good_counts() {
    var played =
        new Tape()
            .run6("s-1", "r", "start")
            .event("agent", lifecycle("runId", 17, "sessionKey", KEY))
            .event("agent", lifecycle("runId", "r", "sessionKey", List.of("x")))
            .event("agent", lifecycle("runId", "r", "sessionKey", "a\u0007b"))
            .event("agent", lifecycle("runId", "", "sessionKey", KEY))
            .event("agent", lifecycle("runId", "r", "sessionKey", "k".repeat(513)))
            .event("agent", lifecycle("runId", null, "sessionKey", KEY))
            .event("sessions.changed", map("sessionKey", KEY, "sessionId", true))
            .event("sessions.changed", map("sessionKey", KEY, "sessionId", "s-1", "status", 3))
            .frame(map("type", List.of()))
            .run6("s-1", "r", "end")
            .replay(new ScriptedDecider());
    assertThat(played.commands())
        .containsExactly("1 OpenSession s-1", "1 StartRun r s-1", "11 CompleteRun r #1 s-1");
    assertThat(played.replay().unreadable())
        .containsExactly(
            "tape:2: 'payload.runId' must be a text, but is of type number",
            "tape:3: 'payload.sessionKey' must be a text, but is of type array",
            "tape:4: 'payload.sessionKey' must not hold control characters",
            "tape:5: 'payload.runId' must not be empty",
            "tape:6: 'payload.sessionKey' has 513 characters, at most 512 are allowed",
            "tape:7: 'payload.runId' is missing",
            "tape:8: 'payload.sessionId' must be a text, but is of type boolean",
            "tape:9: 'payload.status' must be a text, but is of type number",
            "tape:10: 'type' must be a text, but is of type array");
  }

  private static java.util.Map<String, Object> lifecycle(Object... fields) {
    var payload = map(fields);
    payload.put("stream", "lifecycle");
    payload.put("data", map("phase", "end"));
    return payload;
  }

  @Test
  void unknown_frames_are_read_and_say_nothing() {
    var played =
        new Tape()
            .frame(map("type", "telepathy", "payload", 3))
            .frame(map("no", "type"))
            .event("weather", map("sessionKey", KEY))
            .event("agent", map("stream", "assistant", "runId", 7))
            .event("sessions.changed", map("reason", "update"))
            .replay(new ScriptedDecider());
    assertThat(played.commands()).isEmpty();
    assertThat(played.replay().frames()).isEqualTo(5);
    assertThat(played.replay().unreadableLines()).isZero();
  }

  @Test
  void clocks_may_say_anything() {
    for (Object ts : new Object[] {Long.MAX_VALUE, Long.MIN_VALUE, -1, 1e300, "yesterday", null}) {
      var payload = map("runId", "r", "stream", "lifecycle", "sessionKey", KEY, "sessionId", "s-1");
      payload.put("ts", ts);
      payload.put("seq", ts);
      payload.put("data", map("phase", "start"));
      var played =
          new Tape()
              .raw("{\"t\":9223372036854775807,\"frame\":" + hello(Long.MIN_VALUE) + "}")
              .event("agent", payload)
              .close(1_005)
              .raw("{\"t\":-9223372036854775808,\"frame\":" + hello(Long.MAX_VALUE) + "}")
              .replay(new ScriptedDecider());
      assertThat(played.replay().unreadable()).isEmpty();
      assertThat(played.commands()).contains("2 OpenSession s-1", "2 StartRun r s-1");
    }
  }

  private static String hello(long uptime) {
    return "{\"type\":\"res\",\"id\":\"1\",\"ok\":true,\"payload\":{\"type\":\"hello-ok\","
        + "\"server\":{\"version\":\"1\"},\"snapshot\":{\"uptimeMs\":"
        + uptime
        + "}}}";
  }

  @Test
  void an_error_text_is_kept_to_its_limit_and_loses_only_what_is_no_character() {
    String huge = "e".repeat(70_000);
    var played =
        new Tape()
            .run6("s-1", "r", "error", "error", huge)
            .raw(
                "{\"frame\":{\"type\":\"event\",\"event\":\"agent\",\"payload\":{\"runId\":\"q\","
                    + "\"stream\":\"lifecycle\",\"sessionKey\":\""
                    + KEY
                    + "\",\"sessionId\":\"s-1\",\"data\":{\"phase\":\"error\","
                    + "\"error\":\"lone \\ud800 half\"}}}}")
            .replay(new ScriptedDecider());
    FailRun first = (FailRun) played.translated().get(2).arrival().command();
    FailRun second = (FailRun) played.translated().get(4).arrival().command();
    assertThat(first.errorMessage()).hasSize(65_536);
    assertThat(first.errorMessageLength()).isEqualTo(70_000);
    assertThat(second.errorMessage()).isEqualTo("lone \uFFFD half");
  }

  @Test
  void a_gateway_that_never_tells_a_session_id_fills_nothing() {
    Tape tape = new Tape();
    for (int i = 0; i < 1_000; i++) {
      tape.run("run-" + i, "start");
    }
    List<String> commands = tape.commands();
    assertThat(commands).hasSize(1_001);
    assertThat(commands.get(0)).startsWith("1 OpenSession inferred-");
  }

  @Test
  void sessions_without_number_are_forgotten_when_they_were_not_looked_at_for_long() {
    Translator translator = new Translator();
    for (int i = 0; i < 200_000; i++) {
      var facts =
          new GatewayFrame.RunFacts(
              new org.sessionledger.core.identity.RunId("r-" + i),
              Phase.START,
              new org.sessionledger.core.identity.SessionId("s-" + i),
              1L,
              (long) i,
              false,
              null,
              null,
              null);
      var key = new org.sessionledger.core.identity.SessionKey("k-" + i);
      translator.translate(new GatewayFrame.RunReport(new Place("r", i), key, facts));
      translator.opened(key, null, 1, false);
    }
    assertThat(translator.sessions()).hasSizeLessThanOrEqualTo(50_000);
  }

  @Test
  void seeds_1_to_60_mangled_recordings_never_crash_and_count_to_the_last_unit() throws Exception {
    List<String> lines = new ArrayList<>();
    for (String name :
        List.of(
            "2026.5.28/reset-idle",
            "2026.5.28/restart-sigkill",
            "2026.5.28/compact-manual",
            "2026.9.6/reset-during-run")) {
      lines.addAll(Files.readAllLines(RecordingsTest.file(name + ".jsonl")));
    }
    try (ScratchLedger ledger = new ScratchLedger()) {
      for (long seed = 1; seed <= 60; seed++) {
        Replay replay = mangled(lines, new Random(seed)).replay(ledger.decider()).replay();
        assertThat(replay.arrivals())
            .as("seed " + seed)
            .isEqualTo(replay.accepted() + replay.duplicates() + replay.rejected());
      }
    }
  }

  private static Tape mangled(List<String> lines, Random random) throws Exception {
    ObjectMapper json = new ObjectMapper();
    Tape tape = new Tape();
    List<String> mangled = new ArrayList<>(lines.subList(0, random.nextInt(lines.size())));
    if (random.nextInt(3) == 0) {
      Collections.shuffle(mangled, random);
    }
    for (String line : mangled) {
      switch (random.nextInt(12)) {
        case 0 -> tape.raw(line.substring(0, random.nextInt(line.length())));
        case 1 -> tape.raw(line).raw(line);
        case 2 -> {}
        case 3, 4 -> tape.raw(mangle(json.readTree(line), random).toString());
        default -> tape.raw(line);
      }
    }
    return tape;
  }

  /** Gives one value somewhere in the frame another type, or takes it out. */
  private static JsonNode mangle(JsonNode node, Random random) {
    JsonNode at = node;
    while (at instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      JsonNode value = object.get(name);
      if (!(value instanceof ObjectNode) || random.nextInt(4) == 0) {
        switch (random.nextInt(6)) {
          case 0 -> object.remove(name);
          case 1 -> object.put(name, random.nextLong());
          case 2 -> object.put(name, random.nextBoolean());
          case 3 -> object.putNull(name);
          case 4 -> object.set(name, new ArrayNode(null));
          default -> object.put(name, "x".repeat(random.nextInt(600)));
        }
        return node;
      }
      at = value;
    }
    return node;
  }
}

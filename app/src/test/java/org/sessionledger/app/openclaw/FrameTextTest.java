package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.core.session.Json;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FrameTextTest {

  private final FrameText text = new FrameText(new Secret(ScriptedGateway.TOKEN));

  /** The decoder's word on a frame: what it says, or what is wrong with it. */
  private static Object decoded(JsonNode frame) {
    try {
      return new FrameDecoder().decode(new RecordedFrame(new Place("r", 1), 1L, frame));
    } catch (MalformedFrame e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void a_value_of_another_type_is_as_wrong_as_it_was(long seed) throws Exception {
    Random random = new Random(seed);
    List<JsonNode> frames = new ArrayList<>();
    for (RecordingsTest.Expected expected : RecordingsTest.RECORDINGS) {
      FollowRecordingsTest.lines(expected.recording()).forEach(l -> frames.add(l.get("frame")));
    }
    for (int i = 0; i < 1_000; i++) {
      ObjectNode frame = frames.get(random.nextInt(frames.size())).deepCopy();
      mutate(frame, random);
      assertThat(decoded(text.read(Json.write(frame)))).as("%s", frame).isEqualTo(decoded(frame));
    }
  }

  /** Gives one field, somewhere, another value. */
  private static void mutate(ObjectNode in, Random random) {
    List<String> names = new ArrayList<>();
    in.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    if (in.get(name) instanceof ObjectNode deeper && random.nextInt(4) > 0) {
      mutate(deeper, random);
      return;
    }
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    List<JsonNode> values =
        List.of(
            nodes.numberNode(7),
            nodes.numberNode(-1.5),
            nodes.booleanNode(true),
            nodes.nullNode(),
            nodes.textNode("end"),
            nodes.textNode(""),
            nodes.objectNode().put("sessionId", "s"),
            nodes.arrayNode().add("x"));
    in.set(name, values.get(random.nextInt(values.size())));
  }

  @Test
  void a_frame_that_would_fill_the_memory_is_malformed_and_content_costs_nothing()
      throws Exception {
    StringBuilder many = new StringBuilder("{\"sessions\":[{}");
    many.append(",{}".repeat(FrameText.VALUES_MAX)).append("]}");
    assertThatThrownBy(() -> text.read(many.toString()))
        .isInstanceOf(MalformedFrame.class)
        .hasMessageContaining("more than 200000 values");
    ArrayNode numbers = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i <= FrameText.VALUES_MAX; i++) {
      numbers.add(1);
    }
    JsonNode content =
        text.read("{\"type\":\"event\",\"message\":" + numbers + ",\"text\":\"words\"}");
    assertThat(content).hasToString("{\"type\":\"event\"}");
  }

  @Test
  void long_error_messages_do_not_wait_for_a_session_id_until_the_memory_is_full()
      throws Exception {
    FrameIntake intake = new FrameIntake(new ScriptedDecider(), ReplayListener.NONE, 10);
    String error = "x".repeat((8 << 20) - 2_048);
    for (int i = 1; i <= 5; i++) {
      assertThat(intake.tally().arrivals()).isZero();
      String frame =
          "{\"type\":\"event\",\"event\":\"agent\",\"payload\":{\"runId\":\"r-%d\",\"stream\":"
              + "\"lifecycle\",\"sessionKey\":\"k\",\"seq\":1,\"data\":{\"phase\":\"error\","
              + "\"error\":\"%s\"}}}";
      intake.frame(new RecordedFrame(new Place("r", i), 1L, text.read(frame.formatted(i, error))));
    }
    assertThat(intake.tally().arrivals()).isPositive();
  }

  @Test
  void small_frames_do_not_wait_until_the_memory_is_full_either() throws Exception {
    FrameIntake intake = new FrameIntake(new ScriptedDecider(), ReplayListener.NONE);
    String frame =
        "{\"type\":\"event\",\"event\":\"agent\",\"payload\":{\"runId\":\"r\",\"stream\":\"lifecycle\","
            + "\"sessionKey\":\"k-%d\",\"seq\":1,\"data\":{\"phase\":\"start\"}}}";
    for (int i = 1; i <= 33_000; i++) {
      intake.frame(new RecordedFrame(new Place("r", i), 1L, text.read(frame.formatted(i))));
      if (i == 32_000) {
        assertThat(intake.tally().arrivals()).isZero();
      }
    }
    assertThat(intake.tally().arrivals()).isPositive();
  }

  @Test
  void the_token_is_recognised_in_what_it_is_encoded_to() throws Exception {
    String token = "a b/c+d=e&f-ÿ-0123";
    Secret secret = new Secret(token);
    Base64.Encoder base64 = Base64.getEncoder();
    byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
    for (String encoded :
        List.of(
            token,
            URLEncoder.encode(token, StandardCharsets.UTF_8),
            "a%20b%2fc%2bd%3de%26f-%c3%bf-0123",
            HexFormat.of().formatHex(bytes),
            HexFormat.of().withUpperCase().formatHex(bytes),
            base64.encodeToString(bytes),
            base64.encodeToString(("u:" + token).getBytes(StandardCharsets.UTF_8)),
            base64.encodeToString(("Bearer " + token + "!").getBytes(StandardCharsets.UTF_8)),
            Base64.getUrlEncoder().encodeToString(bytes))) {
      String told = secret.redact("<" + encoded + ">");
      assertThat(told).as(encoded).contains(Secret.REDACTED).hasSizeLessThan(30);
    }
    assertThat(secret.redactPieces("begins with a b/c+d=e, ends with 0123"))
        .isEqualTo("begins with REDACTED, ends with 0123");
    assertThat(new Secret("short").redactPieces("a short one")).isEqualTo("a short one");
  }

  @Test
  void a_number_that_is_the_token_is_none() throws Exception {
    String frame = "{\"type\":\"event\",\"seq\":123456789012,\"payload\":{\"ts\":123456789013}}";
    FrameText text = new FrameText(new Secret("123456789012"));
    StringWriter copy = new StringWriter();
    text.copy(frame, copy);
    assertThat(text.read(frame).toString() + copy)
        .doesNotContain("123456789012")
        .contains("123456789013");
  }

  @Test
  void a_short_token_is_recognised_where_it_stands_alone() {
    Secret secret = new Secret("dev");
    assertThat(secret.redact("dev")).isEqualTo(Secret.REDACTED);
    assertThat(secret.redact("agent:dev:main")).isEqualTo("agent:dev:main");
    assertThat(secret).hasToString(Secret.REDACTED);
    assertThatThrownBy(() -> new Secret("two\nlines"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("two");
  }
}

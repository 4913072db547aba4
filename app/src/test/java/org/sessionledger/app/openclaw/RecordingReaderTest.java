package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RecordingReaderTest {

  private static final String FRAME = "{\"t\":1,\"frame\":{\"type\":\"event\"}}";

  @Test
  void a_line_that_is_no_json_is_told_with_its_place_and_the_others_are_read() throws Exception {
    assertThat(
            read(FRAME, "{\"t\":1,\"frame\":{\"type\":\"ev", FRAME, "", "  ", "\"x\"", "[]", FRAME))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("1 frame"),
            line -> assertThat(line).startsWith("r.jsonl:2: is not JSON: Unexpected end-of-input"),
            line -> assertThat(line).isEqualTo("3 frame"),
            line -> assertThat(line).contains("r.jsonl:6: is no recorded frame"),
            line -> assertThat(line).contains("r.jsonl:7: is no recorded frame"),
            line -> assertThat(line).isEqualTo("8 frame"));
  }

  @Test
  void a_frame_that_is_cut_at_the_end_of_the_file_says_so() throws Exception {
    String whole = FRAME + "\n" + FRAME;
    assertThat(readBytes(whole.substring(0, whole.length() - 4).getBytes(StandardCharsets.UTF_8)))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("1 frame"),
            line -> assertThat(line).startsWith("r.jsonl:2: is not JSON, or cut off"));
    assertThat(readBytes(whole.getBytes(StandardCharsets.UTF_8)))
        .containsExactly("1 frame", "2 frame");
  }

  @Test
  void nan_a_second_object_and_a_field_twice_are_not_json() throws Exception {
    assertThat(
            read(
                "{\"t\":NaN,\"frame\":{}}",
                FRAME + FRAME,
                "{\"t\":1,\"t\":2,\"frame\":{}}",
                "{\"frame\":{\"a\":1,\"a\":2}}"))
        .hasSize(4)
        .allSatisfy(line -> assertThat(line).contains(": is not JSON"));
  }

  @Test
  void absurd_nesting_is_refused_and_not_followed() throws Exception {
    String deep = "{\"frame\":" + "[".repeat(200_000) + "]".repeat(200_000) + "}";
    assertThat(read(deep, FRAME))
        .satisfiesExactly(
            line -> assertThat(line).contains("r.jsonl:1: is not JSON"),
            line -> assertThat(line).isEqualTo("2 frame"));
  }

  @Test
  void bytes_that_are_not_utf8_are_refused() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write("{\"frame\":{\"type\":\"".getBytes(StandardCharsets.UTF_8));
    bytes.write(0xC3);
    bytes.write("\"}}\n".getBytes(StandardCharsets.UTF_8));
    bytes.write(FRAME.getBytes(StandardCharsets.UTF_8));
    assertThat(readBytes(bytes.toByteArray()))
        .containsExactly("r.jsonl:1: is not UTF-8", "2 frame");
  }

  @Test
  void a_line_is_read_up_to_its_limit_and_a_longer_one_is_skipped() throws Exception {
    String line = FRAME + " ".repeat(10);
    byte[] bytes = (line + "\n" + line + " \r\n" + FRAME).getBytes(StandardCharsets.UTF_8);
    List<String> read = new ArrayList<>();
    try (RecordingReader reader =
        new RecordingReader("r.jsonl", new ByteArrayInputStream(bytes), line.length())) {
      collect(reader, read);
    }
    assertThat(read)
        .containsExactly(
            "1 frame",
            "r.jsonl:2: has "
                + (line.length() + 2)
                + " bytes, at most "
                + line.length()
                + " are read",
            "3 frame");
  }

  private static List<String> read(String... lines) throws IOException {
    return readBytes(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> readBytes(byte[] bytes) throws IOException {
    List<String> read = new ArrayList<>();
    try (RecordingReader reader = new RecordingReader("r.jsonl", new ByteArrayInputStream(bytes))) {
      collect(reader, read);
    }
    return read;
  }

  private static void collect(RecordingReader reader, List<String> into) throws IOException {
    RecordingReader.Sink sink =
        new RecordingReader.Sink() {
          @Override
          public void frame(RecordedFrame frame) {
            into.add(frame.place().line() + " frame");
          }

          @Override
          public void unreadable(Place place, String problem) {
            into.add(place + ": " + problem);
          }
        };
    boolean more = true;
    while (more) {
      more = reader.next(sink);
    }
  }
}

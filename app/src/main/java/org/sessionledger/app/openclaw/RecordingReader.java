package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a recording line by line. A line that is no frame is told with its place and skipped; the
 * lines before and after it count.
 */
final class RecordingReader implements AutoCloseable {

  /** Longest line that is read; a longer one is skipped, without being kept in memory. */
  static final int LINE_BYTES_MAX = 16 * 1_024 * 1_024;

  /** Takes what the reader finds. */
  interface Sink {

    void frame(RecordedFrame frame);

    void unreadable(Place place, String problem);
  }

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String name;
  private final InputStream in;
  private final byte[] buffer = new byte[65_536];
  private int from;
  private int to;
  private final int lineBytesMax;
  private long line;
  private long bytesRead;
  private boolean atEnd;

  RecordingReader(String name, InputStream in) {
    this(name, in, LINE_BYTES_MAX);
  }

  RecordingReader(String name, InputStream in, int lineBytesMax) {
    this.name = name;
    this.in = in;
    this.lineBytesMax = lineBytesMax;
  }

  long bytesRead() {
    return bytesRead;
  }

  /** Reads one line into the sink; false at the end. */
  boolean next(Sink sink) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4_096);
    long length = 0;
    boolean lineEnded = false;
    while (!lineEnded && fill()) {
      int end = from;
      while (end < to && buffer[end] != '\n') {
        end++;
      }
      if (length <= lineBytesMax) {
        bytes.write(buffer, from, end - from);
      }
      length += end - from;
      lineEnded = end < to;
      from = lineEnded ? end + 1 : end;
    }
    if (!lineEnded && length == 0) {
      return false;
    }
    atEnd = !lineEnded;
    bytesRead += length + 1;
    Place place = new Place(name, ++line);
    if (length > lineBytesMax) {
      sink.unreadable(place, "has " + length + " bytes, at most " + lineBytesMax + " are read");
    } else {
      read(place, bytes.toByteArray(), sink);
    }
    return true;
  }

  /** False at the end. */
  private boolean fill() throws IOException {
    if (from == to) {
      from = 0;
      to = Math.max(0, in.read(buffer));
    }
    return from < to;
  }

  private void read(Place place, byte[] bytes, Sink sink) throws IOException {
    JsonNode recorded;
    try {
      recorded = isAscii(bytes) ? JSON.readTree(bytes) : decoded(bytes);
    } catch (JsonProcessingException e) {
      sink.unreadable(place, "is not JSON" + (atEnd ? ", or cut off" : "") + ": " + problem(e));
      return;
    } catch (CharacterCodingException e) {
      sink.unreadable(place, "is not UTF-8");
      return;
    }
    if (recorded.isMissingNode()) {
      return; // A blank line.
    }
    JsonNode frame = recorded.get("frame");
    if (frame == null || !frame.isObject()) {
      sink.unreadable(place, "is no recorded frame: it has no object 'frame'");
      return;
    }
    sink.frame(new RecordedFrame(place, at(recorded.get("t")), frame));
  }

  /** Most lines are, and need no decoder, which is slow to make. */
  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /** Jackson alone would let some bytes pass that are no UTF-8. */
  private static JsonNode decoded(byte[] bytes) throws IOException {
    try (Reader text =
        new InputStreamReader(
            new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder())) {
      return JSON.readTree(text);
    }
  }

  private static @Nullable Long at(@Nullable JsonNode t) {
    return t != null && t.isIntegralNumber() && t.canConvertToLong() ? t.longValue() : null;
  }

  /** The parser's own words without its echo of the source, which could be long. */
  private static String problem(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message.length() <= 200 ? message : message.substring(0, 200) + "…";
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

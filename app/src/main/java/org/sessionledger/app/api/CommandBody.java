package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Reads request bodies within their limits, as strict UTF-8; nothing is decided before the end. */
final class CommandBody {

  static final int COMMAND_BYTES_MAX = 4 << 20;
  static final int BATCH_BYTES_MAX = 64 << 20;
  static final int BATCH_LINES_MAX = 10_000;

  private CommandBody() {}

  /** One command's text. */
  static String one(HttpServletRequest request, BodyRoom.Share room) throws IOException {
    requirePlainUtf8(request);
    byte[] body =
        read(request, room, COMMAND_BYTES_MAX, "One command is at most 4 MiB; the body is longer.");
    String text = decode(body, 0, body.length);
    if (text == null) {
      throw Problems.unreadable("is not UTF-8");
    }
    if (text.isBlank()) {
      throw Problems.unreadable("is empty");
    }
    return text;
  }

  /** A batch's lines without the blank ones; null stands for a line that is not UTF-8. */
  static List<@Nullable String> lines(HttpServletRequest request, BodyRoom.Share room)
      throws IOException {
    requirePlainUtf8(request);
    byte[] body =
        read(request, room, BATCH_BYTES_MAX, "A batch is at most 64 MiB; the body is longer.");
    List<int[]> spans = spans(body);
    List<@Nullable String> lines = new ArrayList<>(spans.size());
    for (int[] span : spans) {
      lines.add(decode(body, span[0], span[1] - span[0]));
    }
    return lines;
  }

  private static List<int[]> spans(byte[] body) {
    List<int[]> spans = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        int end = i > start && body[i - 1] == '\r' ? i - 1 : i;
        if (!blank(body, start, end)) {
          spans.add(new int[] {start, end});
          requireWithinLimits(spans.size(), end - start);
        }
        start = i + 1;
      }
    }
    return spans;
  }

  private static void requireWithinLimits(int lines, int bytes) {
    if (lines > BATCH_LINES_MAX) {
      throw Problems.tooLarge("A batch is at most 10,000 lines; the body has more.");
    }
    if (bytes > COMMAND_BYTES_MAX) {
      throw Problems.tooLarge("A line is at most 4 MiB; command " + lines + " is longer.");
    }
  }

  private static boolean blank(byte[] body, int from, int to) {
    for (int i = from; i < to; i++) {
      if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private static byte[] read(
      HttpServletRequest request, BodyRoom.Share room, int bytesMax, String problem)
      throws IOException {
    long declared = request.getContentLengthLong();
    if (declared > bytesMax) {
      throw Problems.tooLarge(problem);
    }
    InputStream in = new TimedBody(new WaitedBody(request));
    byte[] first = in.readNBytes(BodyRoom.FREE_BYTES);
    if (first.length < BodyRoom.FREE_BYTES) {
      return first;
    }
    // What does not say how long it is may be as long as any.
    room.take((int) (declared < 0 ? bytesMax : declared));
    byte[] body =
        new SequenceInputStream(new ByteArrayInputStream(first), in).readNBytes(bytesMax + 1);
    if (body.length > bytesMax) {
      throw Problems.tooLarge(problem);
    }
    return body;
  }

  private static @Nullable String decode(byte[] body, int offset, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(body, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static void requirePlainUtf8(HttpServletRequest request) {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw Problems.mediaType(
          "The content encoding '" + Problems.echo(encoding) + "' is not supported.");
    }
    String charset;
    try {
      charset = MediaType.parseMediaType(request.getContentType()).getParameter("charset");
    } catch (InvalidMediaTypeException e) {
      throw Problems.mediaType("The Content-Type is broken.");
    }
    if (charset != null && !charset.replace("\"", "").equalsIgnoreCase("utf-8")) {
      throw Problems.mediaType(
          "The charset '" + Problems.echo(charset) + "' is not supported: JSON is UTF-8.");
    }
  }
}

package org.sessionledger.app.openclaw.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.FrameText;
import org.sessionledger.core.session.Json;

/**
 * Keeps frames as recordings that {@code openclaw replay} reads, the newest so many files of so
 * many bytes. A disk that takes no more ends the keeping, not the following.
 */
final class RawFrames implements AutoCloseable {

  /** Only what such a name has is ever deleted. */
  private static final Pattern NAME = Pattern.compile("live-\\d{8}T\\d{6}Z-\\d{9}\\.jsonl");

  private final FollowOptions.RawOptions options;
  private final String name;
  private final FrameText frameText;
  private final Consumer<String> trouble;
  private @Nullable OutputStream out;
  private long bytes;
  private boolean ended;

  /**
   * @param name begins each file's name; the number of its first frame follows
   */
  RawFrames(
      FollowOptions.RawOptions options,
      String name,
      FrameText frameText,
      Consumer<String> trouble) {
    this.options = options;
    this.name = name;
    this.frameText = frameText;
    this.trouble = trouble;
  }

  /** Fails when there is no such folder, and none can be made. */
  void open() throws IOException {
    Files.createDirectories(options.folder());
    if (!Files.isWritable(options.folder())) {
      throw new IOException("it is not writable");
    }
  }

  /** A frame that came, as it was understood and as it was written. */
  void in(long number, long t, JsonNode frame, String text) {
    if (ended) {
      return;
    }
    String kept = options.content() ? whole(text) : null;
    line(number, t, "in", kept == null ? Json.write(frame) : kept);
  }

  /** A frame that was sent, without the token, or one that stands for something else. */
  void note(long number, long t, String dir, JsonNode frame) {
    if (!ended) {
      line(number, t, dir, Json.write(frame));
    }
  }

  /** Keeps the place of something that was no frame. */
  void unreadable(long number, long t, String problem) {
    ObjectNode frame = JsonNodeFactory.instance.objectNode();
    frame.put("type", "_unreadable").put("problem", problem);
    note(number, t, "in", frame);
  }

  /** Null when it cannot be copied, or nobody could read the line. */
  private @Nullable String whole(String text) {
    try {
      StringWriter copy = new StringWriter(text.length() + 64);
      frameText.copy(text, copy);
      String whole = copy.toString();
      return whole.length() > FrameText.LINE_CHARS_MAX ? null : whole;
    } catch (IOException e) {
      return null;
    }
  }

  private void line(long number, long t, String dir, String frame) {
    String line = "{\"t\":" + t + ",\"dir\":\"" + dir + "\",\"frame\":" + frame + "}\n";
    byte[] encoded = line.getBytes(StandardCharsets.UTF_8);
    try {
      if (out == null || bytes + encoded.length > options.fileBytes()) {
        next(number);
      }
      if (out != null) {
        out.write(encoded);
        bytes += encoded.length;
      }
    } catch (IOException e) {
      end(e);
    }
  }

  private void next(long number) throws IOException {
    if (out != null) {
      out.close();
    }
    Path file = options.folder().resolve(String.format(Locale.ROOT, "%s-%09d.jsonl", name, number));
    OutputStream made =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (UnsupportedOperationException e) {
      // A file system without owners keeps them from nobody.
    }
    out = new BufferedOutputStream(made, 1 << 16);
    bytes = 0;
    prune();
  }

  private void prune() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(options.folder())) {
      files =
          all.filter(path -> NAME.matcher(path.getFileName().toString()).matches())
              .sorted()
              .toList();
    }
    for (Path file : files.subList(0, Math.max(0, files.size() - options.files()))) {
      Files.deleteIfExists(file);
    }
  }

  void flush() {
    try {
      if (out != null) {
        out.flush();
      }
    } catch (IOException e) {
      end(e);
    }
  }

  private void end(IOException e) {
    ended = true;
    trouble.accept("Raw frames are not kept any more: " + e.getMessage() + ".");
    close();
  }

  @Override
  public void close() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      if (!ended) {
        trouble.accept("The last raw frames were not kept: " + e.getMessage() + ".");
      }
    } finally {
      out = null;
      ended = true;
    }
  }
}

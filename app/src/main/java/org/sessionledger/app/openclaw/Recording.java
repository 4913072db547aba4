package org.sessionledger.app.openclaw;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Frames of a gateway, one a line.
 *
 * @param name how its places are told: {@code name:line}
 * @param bytes its length, 0 when that is not known
 */
public record Recording(String name, long bytes, Source source) {

  /** Opens the recording for one reading. */
  @FunctionalInterface
  public interface Source {

    InputStream open() throws IOException;
  }

  /**
   * The one that {@code demo} plays: a late error of a run lands on the session after its reset.
   */
  public static Recording demo() {
    String name = "reset-in-error-grace.jsonl";
    return new Recording(
        name,
        0,
        () -> {
          InputStream in = Recording.class.getResourceAsStream("/demo/" + name);
          if (in == null) {
            throw new IllegalStateException("the jar was built without its demo recording");
          }
          return in;
        });
  }

  /** A file; only its own name is told. */
  public static Recording of(Path file) {
    try {
      Path name = file.getFileName();
      return new Recording(
          name == null ? file.toString() : name.toString(),
          Files.size(file),
          () -> Files.newInputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}

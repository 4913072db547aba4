package org.sessionledger.app.openclaw.follow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;

/**
 * Where the following of a gateway stands, in a file: so that the time in which nobody followed is
 * a gap, too, and what a gateway ran that died meanwhile is interrupted. Written after what it
 * stands for was decided, every two seconds at most; a kill loses no more than that.
 */
final class Mark {

  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Path file;
  private long writeAt = System.nanoTime();

  Mark(Path file) {
    this.file = file;
  }

  /**
   * The frame to begin with; null when it was never followed.
   *
   * @throws IOException when there is one that cannot be read
   */
  @Nullable ObjectNode read() throws IOException {
    try {
      JsonNode frame = Json.mapper().readTree(Files.readString(file, StandardCharsets.UTF_8));
      if (frame instanceof ObjectNode object && object.path("heardAt").isIntegralNumber()) {
        return object;
      }
      throw new IOException("is none");
    } catch (NoSuchFileException e) {
      return null;
    } catch (JsonProcessingException e) {
      throw new IOException("is not JSON", e);
    }
  }

  boolean isDue() {
    return System.nanoTime() - writeAt >= 0;
  }

  /** Puts the frame in the place of the one before, whole or not at all. */
  void write(ObjectNode frame) throws IOException {
    writeAt = System.nanoTime() + EVERY_NANOS;
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(draft, Json.write(frame), StandardCharsets.UTF_8);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

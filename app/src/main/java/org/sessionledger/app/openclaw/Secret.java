package org.sessionledger.app.openclaw;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A gateway's token. It is told to the gateway and to nobody else. */
public final class Secret {

  /** Stands where the token stood. */
  public static final String REDACTED = "REDACTED";

  /** A longer file is no token's. */
  private static final int BYTES_MAX = 4_096;

  /** A shorter one may be part of any word: it is recognised on its own only. */
  private static final int PART_MIN = 8;

  private final String value;

  /**
   * @throws IllegalArgumentException when it is blank or has control characters; the message does
   *     not tell it
   */
  public Secret(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("is empty");
    }
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("has more than one line, or control characters in it");
    }
    this.value = value;
  }

  /**
   * Reads a file that holds a token and nothing else.
   *
   * @throws IllegalArgumentException when it holds none
   */
  public static Secret read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IllegalArgumentException("has more than " + BYTES_MAX + " bytes");
    }
    return new Secret(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip());
  }

  /** For the gateway only. */
  public String reveal() {
    return value;
  }

  /** The text without the token. */
  public String redact(String text) {
    if (value.length() < PART_MIN) {
      return text.equals(value) ? REDACTED : text;
    }
    return text.contains(value) ? text.replace(value, REDACTED) : text;
  }

  @Override
  public String toString() {
    return REDACTED;
  }
}

package org.sessionledger.app.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads commands, one a line, of any number. */
final class CommandLines implements AutoCloseable {

  /** Longest line, in bytes. */
  static final int LINE_BYTES_MAX = 4 << 20;

  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * A line that is not blank.
   *
   * @param number counts from 1, blank lines included
   * @param bytes its length
   * @param text null when it is not UTF-8, or over the limit
   */
  record Line(long number, long bytes, @Nullable String text) {

    boolean tooLong() {
      return bytes > LINE_BYTES_MAX;
    }
  }

  private final InputStream in;
  private long number;

  CommandLines(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
  }

  /** The next line that is not blank; null at the end. */
  @Nullable Line next() throws IOException {
    while (true) {
      ByteArrayOutputStream kept = new ByteArrayOutputStream();
      long length = 0;
      boolean blank = true;
      int b;
      while ((b = in.read()) >= 0 && b != '\n') {
        blank &= b == ' ' || b == '\t' || b == '\r';
        if (length++ < LINE_BYTES_MAX) {
          kept.write(b);
        }
      }
      if (b < 0 && length == 0) {
        return null;
      }
      number++;
      if (!blank) {
        String text = length > LINE_BYTES_MAX ? null : decode(kept.toByteArray());
        return new Line(number, length, text);
      }
    }
  }

  /** True when the next line, if any, would have to be waited for. */
  boolean waits() throws IOException {
    return in.available() == 0;
  }

  private static @Nullable String decode(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

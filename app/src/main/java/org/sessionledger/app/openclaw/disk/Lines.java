package org.sessionledger.app.openclaw.disk;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of a file, one in memory at a time, and none that is longer than the limit. */
final class Lines implements AutoCloseable {

  /** Longest line that is read. */
  static final int BYTES_MAX = 16 * 1_024 * 1_024;

  private final InputStream in;
  private final byte[] buffer;
  private int from;
  private int to;
  private byte[] line = new byte[8_192];
  private int length;
  private long total;
  private long number;
  private boolean ended;

  /**
   * @param buffer to read through; another file may use it after this one was closed
   */
  Lines(InputStream in, byte[] buffer) {
    this.in = in;
    this.buffer = buffer;
  }

  /** Goes to the next line; false at the end. */
  boolean next() throws IOException {
    length = 0;
    total = 0;
    boolean any = false;
    ended = false;
    while (!ended) {
      if (from == to) {
        from = 0;
        to = Math.max(0, in.read(buffer));
        if (to == 0) {
          if (any) {
            number++;
          }
          return any;
        }
      }
      any = true;
      int end = from;
      while (end < to && buffer[end] != '\n') {
        end++;
      }
      append(end - from);
      ended = end < to;
      from = ended ? end + 1 : end;
    }
    number++;
    return true;
  }

  private void append(int count) {
    total += count;
    if (total > BYTES_MAX) {
      return;
    }
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.max(length + count, line.length * 2));
    }
    System.arraycopy(buffer, from, line, length, count);
    length += count;
  }

  /** Counts from 1. */
  long number() {
    return number;
  }

  /** The bytes of the line; only the first {@link #length()} count. */
  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  boolean tooLong() {
    return total > BYTES_MAX;
  }

  long total() {
    return total;
  }

  /** Whether the line's end is missing: the last line of a file that was cut. */
  boolean cut() {
    return !ended;
  }

  boolean blank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\r' && line[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

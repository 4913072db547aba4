package org.sessionledger.app.api;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A request's body that does not come for ever: each piece may take as long as the web server
 * waits, but all of them together have a time, so that nobody keeps a thread by a byte now and
 * then.
 */
final class TimedBody extends InputStream {

  /** So long may any body take. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Longer ones have a second more for each of these. */
  static final int BYTES_A_SECOND = 64 << 10;

  private final InputStream in;
  private final LongSupplier nanos;
  private final long since;
  private long bytes;

  TimedBody(InputStream in) {
    this(in, System::nanoTime);
  }

  TimedBody(InputStream in, LongSupplier nanos) {
    this.in = in;
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  @Override
  public int read() throws IOException {
    int read = in.read();
    came(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = in.read(into, offset, length);
    came(Math.max(0, read));
    return read;
  }

  private void came(int more) {
    bytes += more;
    long allowed = PATIENCE.plusSeconds(bytes / BYTES_A_SECOND).toNanos();
    if (nanos.getAsLong() - since > allowed) {
      throw Problems.ofStatus(
          408,
          "The body came too slowly: it has "
              + PATIENCE.toSeconds()
              + " seconds, and one more for each 64 KiB. Nothing of it was decided.");
    }
  }
}

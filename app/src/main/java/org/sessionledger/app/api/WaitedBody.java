package org.sessionledger.app.api;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.LockSupport;
import org.apache.coyote.Request;

/** The body of whoever is known. A read that has to wait for him takes one of few places. */
final class WaitedBody extends InputStream {

  /** Of one token. */
  static final int OF_ONE_MAX = 48;

  /** A third of the web server's threads. */
  private static final int MAX = 64;

  private static final WaitingPlaces PLACES = new WaitingPlaces(OF_ONE_MAX, MAX);

  private final ServletInputStream in;
  private final Request sent;
  private final boolean chunked;
  private final String who;

  WaitedBody(HttpServletRequest request) throws IOException {
    this.in = request.getInputStream();
    this.sent = HangUp.response(request).getRequest();
    this.chunked = QuickBody.isChunked(request);
    this.who = Callers.of(request).account();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (isThere()) {
      return in.read(into, offset, length);
    }
    boolean hasPlace = entersOrComes();
    try {
      return in.read(into, offset, length);
    } finally {
      if (hasPlace) {
        PLACES.leave(who);
      }
    }
  }

  /**
   * Of a chunked one, a part of its frame may be there, for whose rest a read would wait. What was
   * taken over from the connection stands first: a look at the connection would overwrite it.
   */
  private boolean isThere() throws IOException {
    return !chunked && (in.available() > 0 || sent.isFinished() || QuickBody.hasCome(sent));
  }

  /**
   * True when he has a place, false when he needs none any more.
   *
   * @throws ApiProblem when he has none, and sends nothing
   */
  private boolean entersOrComes() throws IOException {
    long deadline = System.nanoTime() + WaitingPlaces.WITHOUT_PLACE.toNanos();
    while (!PLACES.enter(who)) {
      if (System.nanoTime() - deadline > 0) {
        throw Problems.later(
            "unavailable",
            "Too many bodies are waited for",
            "Too many requests whose bodies come slowly are under way. Nothing of this one was"
                + " decided; send it again in a second.");
      }
      LockSupport.parkNanos(QuickBody.LOOK_AGAIN_NANOS);
      if (isThere()) {
        return false;
      }
    }
    return true;
  }
}

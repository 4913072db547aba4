package org.sessionledger.app.api;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The short body of somebody whom nobody knows yet. A read waits as long as the web server waits
 * for whoever is known; so this one reads only what is there, and looks again.
 */
final class QuickBody {

  static final long LOOK_AGAIN_NANOS = Duration.ofMillis(2).toNanos();

  /** Nobody is waited for twice. */
  private static final String LATE = QuickBody.class.getName() + ".late";

  private static final int PIECE_BYTES = 8 << 10;

  /** By address; few of the web server's threads are for strangers who take their time. */
  private static final WaitingPlaces PLACES = new WaitingPlaces(8, 32);

  private QuickBody() {}

  static boolean isThere(HttpServletRequest request) {
    return request.getContentLengthLong() > 0 || isChunked(request);
  }

  /** It does not say how long it is, and a part of its frame is waited for like a body. */
  static boolean isChunked(HttpServletRequest request) {
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
  }

  /**
   * Reads a body that says how long it is.
   *
   * @return null when it is not whole in time
   */
  static byte @Nullable [] read(HttpServletRequest request, Duration patience) throws IOException {
    if (request.getAttribute(LATE) != null) {
      return null;
    }
    byte[] body = read(request, patience.toNanos(), Callers.neighbourhood(request));
    if (body == null) {
      request.setAttribute(LATE, true);
    }
    return body;
  }

  private static byte @Nullable [] read(HttpServletRequest request, long patienceNanos, String who)
      throws IOException {
    Request sent = HangUp.response(request).getRequest();
    ServletInputStream in = request.getInputStream();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE_BYTES];
    long since = System.nanoTime();
    boolean hasPlace = false;
    try {
      while (System.nanoTime() - since < patienceNanos) {
        if (in.available() > 0 || (!sent.isFinished() && hasCome(sent))) {
          int read = in.read(piece);
          if (read < 0) {
            return body.toByteArray();
          }
          body.write(piece, 0, read);
        } else if (sent.isFinished()) {
          return body.toByteArray();
        } else {
          hasPlace = hasPlace || PLACES.enter(who);
          if (!hasPlace && System.nanoTime() - since > WaitingPlaces.WITHOUT_PLACE.toNanos()) {
            return null;
          }
          LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
      }
      return null;
    } finally {
      if (hasPlace) {
        PLACES.leave(who);
      }
    }
  }

  /** True when a read does not wait, be it that it fails. */
  static boolean hasCome(Request sent) {
    sent.action(ActionCode.AVAILABLE, true);
    return sent.getAvailable() > 0;
  }
}

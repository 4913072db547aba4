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

  private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(2).toNanos();

  /** Nobody is waited for twice. */
  private static final String LATE = QuickBody.class.getName() + ".late";

  private static final int PIECE_BYTES = 8 << 10;

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
    Request sent = HangUp.response(request).getRequest();
    ServletInputStream in = request.getInputStream();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE_BYTES];
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() - deadline < 0) {
      if (in.available() > 0 || (!sent.isFinished() && hasCome(sent))) {
        int read = in.read(piece);
        if (read < 0) {
          return body.toByteArray();
        }
        body.write(piece, 0, read);
      } else if (sent.isFinished()) {
        return body.toByteArray();
      } else {
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      }
    }
    request.setAttribute(LATE, true);
    return null;
  }

  /** True when a read does not wait, be it that it fails. */
  private static boolean hasCome(Request sent) {
    sent.action(ActionCode.AVAILABLE, true);
    return sent.getAvailable() > 0;
  }
}

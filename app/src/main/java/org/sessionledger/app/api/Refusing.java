package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/** Answers a request that reaches no controller. */
public final class Refusing {

  /** So much of a body is read for nothing, so that the answer reaches its sender. */
  private static final int READ_BYTES_MAX = 64 << 10;

  /** And for so long. */
  private static final Duration READ_TIME = Duration.ofSeconds(2);

  private Refusing() {}

  /** The problem of a path that leads nowhere. */
  public static ApiProblem nowhere(HttpServletRequest request) {
    return Problems.noSuchPath(request.getRequestURI());
  }

  /** Writes a problem, and lets nobody hold the connection by a body that never ends. */
  public static void answer(
      HttpServletRequest request, HttpServletResponse response, ApiProblem problem)
      throws IOException {
    ResponseEntity<byte[]> answer = Answers.problem(problem.document());
    response.setStatus(answer.getStatusCode().value());
    answer.getHeaders().forEach((name, values) -> response.setHeader(name, values.get(0)));
    if (!isReadToItsEnd(request)) {
      response.setHeader(HttpHeaders.CONNECTION, "close");
      HangUp.readNoFurther(request);
    }
    byte[] body = answer.getBody();
    if (body != null) {
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }

  private static boolean isReadToItsEnd(HttpServletRequest request) {
    if (!QuickBody.isThere(request)) {
      return true;
    }
    if (QuickBody.isChunked(request)
        || request.getContentLengthLong() > READ_BYTES_MAX
        || request.getHeader(HttpHeaders.EXPECT) != null) {
      return false;
    }
    try {
      return QuickBody.read(request, READ_TIME) != null;
    } catch (IOException e) {
      return false; // It broke off.
    }
  }
}

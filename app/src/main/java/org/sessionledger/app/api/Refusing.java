package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
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
    if (Callers.orNull(request) == null) {
      endConnection(response);
    }
    if (!isReadToItsEnd(request)) {
      endConnection(response);
      HangUp.readNoFurther(request);
    }
    byte[] body = answer.getBody();
    if (body != null) {
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }

  /**
   * The connection ends with the answer. Whoever asks again and again over one and reads nothing
   * would have a thread wait for him.
   */
  public static void endConnection(HttpServletResponse response) {
    response.setHeader(HttpHeaders.CONNECTION, "close");
  }

  /** Writes what is left of an answer, as the web server does when a request is over. */
  public static void finish(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.isAsyncStarted() || HangUp.response(request).isErrorReportRequired()) {
      return; // Others have still to write.
    }
    try {
      response.getOutputStream().close();
    } catch (IllegalStateException e) {
      response.getWriter().close(); // It was written as text.
    }
  }

  /** Ends the connection without an answer, for whoever reads none. */
  public static void hangUp(HttpServletRequest request) {
    HangUp.of(request).run();
  }

  /**
   * Reads what an answered request left of its body, so that the answer reaches its sender. The web
   * server would do it with more patience: for as long as a byte comes now and then.
   */
  public static void readRest(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (HangUp.isReadToItsEnd(request)) {
      return;
    }
    if (request.getHeader(HttpHeaders.EXPECT) != null) {
      HangUp.readNoFurther(request);
      return;
    }
    response.flushBuffer();
    byte[] piece = new byte[READ_BYTES_MAX];
    try {
      InputStream in = new TimedBody(new WaitedBody(request));
      long left = WebServer.SWALLOWED_BYTES_MAX;
      for (int read = 0; read >= 0 && left > 0; left -= read) {
        read = in.read(piece);
      }
    } catch (IOException | ApiProblem e) {
      HangUp.readNoFurther(request); // It broke off, or takes too long.
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

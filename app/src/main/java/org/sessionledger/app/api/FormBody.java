package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.apache.tomcat.util.http.Parameters;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * Forms, whose fields are asked for before anybody knows who sent them. Whoever asks a request for
 * a field would otherwise wait for its body as the web server waits.
 */
public final class FormBody {

  /** Browsers send a form in one piece. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int BYTES_MAX = 64 << 10;

  private FormBody() {}

  /** True when the web server would read the body for its fields, or something else is in it. */
  public static boolean isThere(HttpServletRequest request) {
    return QuickBody.isThere(request);
  }

  /** What is no form, or is one where nobody takes it. */
  public static ApiProblem notTaken() {
    return Problems.ofStatus(
        HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
        "The console takes the forms of its pages, and no other body; send commands to"
            + " /v1/commands.");
  }

  /**
   * Reads a form, whose fields are the request's parameters from then on.
   *
   * @return why it is not taken; null when it is
   */
  public static @Nullable ApiProblem read(HttpServletRequest request) throws IOException {
    if (!isForm(request)) {
      return notTaken();
    }
    if (QuickBody.isChunked(request)) {
      return Problems.ofStatus(
          HttpServletResponse.SC_LENGTH_REQUIRED, "A form says how long it is, as browsers do.");
    }
    if (request.getContentLengthLong() > BYTES_MAX) {
      return Problems.ofStatus(
          HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, "A form is at most 64 KiB.");
    }
    byte[] body = QuickBody.read(request, PATIENCE);
    if (body == null) {
      return Problems.ofStatus(
          HttpServletResponse.SC_REQUEST_TIMEOUT,
          "The form came too slowly: it has " + PATIENCE.toSeconds() + " seconds.");
    }
    // The first question takes those of the address, and sees that the body was read.
    request.getParameter("");
    Parameters fields = HangUp.response(request).getRequest().getParameters();
    fields.processParameters(body, 0, body.length);
    return null;
  }

  private static boolean isForm(HttpServletRequest request) {
    String type = request.getContentType();
    return type != null
        && type.split(";", 2)[0]
            .strip()
            .equalsIgnoreCase(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
  }
}

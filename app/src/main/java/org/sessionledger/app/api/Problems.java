package org.sessionledger.app.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.Text;
import org.springframework.http.HttpStatus;

/** The problems that are no decisions. Each names what was wrong, where, and the way out. */
final class Problems {

  /** Seconds after which a client may try again; the header {@code Retry-After} says the same. */
  static final String RETRY_AFTER_SECONDS = "retryAfterSeconds";

  private static final int ECHO_MAX = 128;

  private Problems() {}

  static ApiProblem badParameter(String name, String problem) {
    return new ApiProblem(
        new ApiProblem(
                400,
                "bad-parameter",
                "A parameter is not right",
                "The parameter '" + echo(name) + "' " + problem + ".")
            .document()
            .put("parameter", echo(name)));
  }

  static ApiProblem badParameter(InvalidField e) {
    return new ApiProblem(
        new ApiProblem(
                400,
                "bad-parameter",
                "A parameter is not right",
                "The parameter " + e.getMessage() + ".")
            .document()
            .put("parameter", e.field()));
  }

  static ApiProblem badHeader(String name, String problem) {
    return new ApiProblem(
        new ApiProblem(
                400, "bad-header", "A header is not right", "The header " + name + " " + problem)
            .document()
            .put("header", name));
  }

  static ApiProblem unreadable(String problem) {
    return new ApiProblem(
        400,
        "unreadable",
        "The body is no command",
        "The body " + problem + ". Nothing of it was decided.");
  }

  static ApiProblem tooLarge(String problem) {
    return new ApiProblem(
        413, "too-large", "The body is over a size limit", problem + " Nothing of it was decided.");
  }

  static ApiProblem mediaType(String problem) {
    return new ApiProblem(
        415,
        "unsupported-media-type",
        "The body's media type is not supported",
        problem
            + " Send one command as application/json, or one command a line as"
            + " application/x-ndjson, in UTF-8.");
  }

  static ApiProblem unknownSession(String sessionKey) {
    return new ApiProblem(
        new ApiProblem(
                404,
                "unknown-session",
                "No session was ever opened under the key",
                "No session was ever opened under the key '"
                    + echo(sessionKey)
                    + "'; keys are compared to the letter, and an OpenSession command opens one.")
            .document()
            .put("sessionKey", sessionKey));
  }

  static ApiProblem unknownDecision(String decisionId) {
    return notFound(
        "unknown-decision",
        "No decision has this id",
        "No decision has the id '"
            + echo(decisionId)
            + "'; accepted commands have none, /v1/decisions lists the others.");
  }

  static ApiProblem notFound(String type, String title, String detail) {
    return new ApiProblem(404, type, title, detail);
  }

  static ApiProblem noSuchPath(String path) {
    return notFound(
        "not-found",
        "Nothing is at this path",
        "Nothing is at "
            + echo(path)
            + "; /v1/openapi.json lists what there is. A '/' inside a session key is written %2F.");
  }

  static ApiProblem conflict(String type, String title, String detail) {
    return new ApiProblem(409, type, title, detail);
  }

  static ApiProblem later(String type, String title, String detail) {
    return new ApiProblem(
        new ApiProblem(503, type, title, detail).document().put(RETRY_AFTER_SECONDS, 1));
  }

  /** What the web server itself answers, without a body of ours. */
  static ApiProblem ofStatus(int status, @Nullable String detail) {
    HttpStatus known = HttpStatus.resolve(status);
    String title = known == null ? "HTTP status " + status : known.getReasonPhrase();
    return new ApiProblem(
        status,
        title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-"),
        title,
        detail == null || detail.isBlank() ? advice(status) : detail);
  }

  private static String advice(int status) {
    return switch (status) {
      case 400 ->
          "The request line, a header or the path is not valid HTTP; reserved characters in a path"
              + " are percent-encoded.";
      case 408 -> "The request came too slowly; send it again.";
      case 404 -> "Nothing is at this path; /v1/openapi.json lists what there is.";
      case 405 -> "The path does not take this method; /v1/openapi.json lists what it takes.";
      case 414, 431 -> "The request line and headers are longer than 64 KiB; shorten them.";
      case 501 -> "The transfer coding is not known; send the body plain or chunked.";
      case 503 -> "The server is starting or stopping; try again shortly.";
      case 505 -> "The HTTP version is not known; speak HTTP/1.1.";
      default ->
          status < 500
              ? "The request cannot be answered; /v1/openapi.json tells what can."
              : "The ledger failed to answer; its log tells why. What was acknowledged is kept.";
    };
  }

  /** What a sender wrote, as far as a message repeats it. */
  static String echo(String text) {
    String cut = Text.cut(text, ECHO_MAX);
    return cut.length() == text.length() ? cut : cut + "…";
  }
}

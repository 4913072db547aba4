package org.sessionledger.app.openclaw.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import org.sessionledger.app.openclaw.Secret;
import org.sessionledger.app.openclaw.follow.GatewayError.Kind;

/** What a gateway says when it does not want to be followed, and what to do about it. */
final class Refusals {

  private static final int MESSAGE_MAX = 200;

  private Refusals() {}

  /**
   * @param frame the answer, {@code ok:false}
   * @param asked what was asked
   * @param token is not told, and no piece of it
   * @throws GatewayError when asking again would not help
   * @throws ConnectionLost when it may
   */
  static void raise(JsonNode frame, String asked, Secret token)
      throws GatewayError, ConnectionLost {
    JsonNode error = frame.path("error");
    String message = token.redactPieces(error.path("message").asText(""));
    String told =
        "the gateway refused "
            + asked
            + " ("
            + cut(token.redactPieces(error.path("code").asText("no code")))
            + (message.isBlank() ? "" : ": " + cut(message))
            + ")";
    String codes =
        error.path("code").asText("") + " " + error.path("details").path("code").asText("");
    if (codes.contains("RATE_LIMITED") || codes.contains("UNAVAILABLE")) {
      throw later(told, error);
    }
    Kind kind = kind(codes, message);
    if (kind == Kind.REFUSED && error.path("retryable").asBoolean(false)) {
      throw later(told, error);
    }
    throw error(kind, told);
  }

  private static ConnectionLost later(String told, JsonNode error) {
    return new ConnectionLost(ConnectionLost.NO_CODE, told, error.path("retryAfterMs").asLong(0));
  }

  /** A close in the middle of the handshake may be all that is said. */
  static void raiseClosed(ConnectionLost lost) throws GatewayError {
    if (lost.code() == 1_008 || lost.code() == 1_002) {
      Kind kind = kind("", lost.why());
      if (kind != Kind.REFUSED) {
        throw error(kind, lost.why());
      }
    }
  }

  static GatewayError error(Kind kind, String told) {
    String advice =
        switch (kind) {
          case WRONG_TOKEN ->
              "The token is not the gateway's: put what the gateway runs with (gateway.auth.token)"
                  + " into the token file.";
          case PROTOCOL_MISMATCH ->
              "This program speaks protocol 4, OpenClaw 2026.5.28 to 2026.9.6: check the gateway's"
                  + " version.";
          case MISSING_SCOPE ->
              "Following needs the scope operator.read, which a gateway gives to its own machine"
                  + " only: connect to 127.0.0.1, through a tunnel if need be.";
          case NOT_PAIRED ->
              "The gateway wants a paired device: connect to 127.0.0.1 with the gateway's own token,"
                  + " through a tunnel if need be.";
          default -> "Check that the address is a gateway's and its version is known.";
        };
    return new GatewayError(kind, capital(told) + ". " + advice);
  }

  private static Kind kind(String codes, String message) {
    String words = message.toLowerCase(Locale.ROOT);
    if (codes.contains("PROTOCOL") || words.contains("protocol mismatch")) {
      return Kind.PROTOCOL_MISMATCH;
    }
    if (codes.contains("SCOPE") || words.contains("missing scope")) {
      return Kind.MISSING_SCOPE;
    }
    if (codes.contains("PAIR")
        || codes.contains("DEVICE")
        || words.contains("pairing required")
        || words.contains("device identity")) {
      return Kind.NOT_PAIRED;
    }
    if (codes.contains("AUTH_") || words.contains("unauthorized")) {
      return Kind.WRONG_TOKEN;
    }
    return Kind.REFUSED;
  }

  private static String capital(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String cut(String text) {
    return text.length() <= MESSAGE_MAX ? text : text.substring(0, MESSAGE_MAX) + "…";
  }
}

package org.sessionledger.app.openclaw.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.sessionledger.app.openclaw.Secret;
import org.sessionledger.app.openclaw.follow.GatewayError.Kind;

/** How this program introduces itself to a gateway: as an operator that only reads. */
final class Handshake {

  /** The protocol of OpenClaw 2026.5.28 to 2026.9.6. */
  private static final int PROTOCOL = 4;

  private Handshake() {}

  /** What {@code connect} is asked with; the token is not in it yet. */
  static ObjectNode params(FollowOptions options) {
    ObjectNode params = JsonNodeFactory.instance.objectNode();
    params.put("minProtocol", PROTOCOL).put("maxProtocol", PROTOCOL);
    params
        .putObject("client")
        .put("id", "gateway-client")
        .put("version", options.clientVersion())
        .put("platform", System.getProperty("os.name", "java").toLowerCase(Locale.ROOT))
        .put("mode", "backend");
    params.put("role", "operator");
    params.putArray("scopes").add("operator.read");
    params.putArray("caps").add("tool-events");
    params.putArray("commands");
    params.putObject("permissions");
    params.putObject("auth").put("token", Secret.REDACTED);
    params.put("locale", "en-US").put("userAgent", "session-ledger/" + options.clientVersion());
    return params;
  }

  /** Puts the token where it was redacted; for the gateway only. */
  static void reveal(ObjectNode params, Secret token) {
    params.withObject("/auth").put("token", token.reveal());
  }

  static void check(JsonNode hello) throws GatewayError {
    int protocol = hello.path("protocol").asInt(PROTOCOL);
    if (!"hello-ok".equals(hello.path("type").asText())) {
      throw Refusals.error(Kind.REFUSED, "the answer to connect is no hello");
    }
    if (protocol != PROTOCOL) {
      throw Refusals.error(Kind.PROTOCOL_MISMATCH, "the gateway speaks protocol " + protocol);
    }
    JsonNode scopes = hello.path("auth").path("scopes");
    boolean reads = !scopes.isArray();
    for (JsonNode scope : scopes) {
      reads |=
          List.of("operator.read", "operator.write", "operator.admin").contains(scope.asText());
    }
    if (!reads) {
      throw Refusals.error(Kind.MISSING_SCOPE, "the gateway gave no scope to read");
    }
  }
}

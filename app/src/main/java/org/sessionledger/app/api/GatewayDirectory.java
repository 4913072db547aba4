package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.node.ArrayNode;

/** The gateways that the server follows, for {@code GET /v1/gateways}. */
@FunctionalInterface
public interface GatewayDirectory {

  /** How each of them does now, in the order of the configuration. */
  ArrayNode gateways();
}
